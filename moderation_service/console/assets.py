"""Static files under addresses that carry their digest: another content has another address."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import url_for

STATIC = Path(__file__).parent / "static"


def asset(name: str) -> str:
    """The address of a static file, which browsers keep for as long as they like."""
    return url_for("console.static", filename=name, v=digest(name))


@cache
def digest(name: str) -> str:
    """What of a file's content stands in its address; `name` is that of a file there is."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
