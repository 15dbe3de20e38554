"""The console's static files, under addresses that carry a digest of them all."""

from __future__ import annotations

from pathlib import Path

from flask import url_for

from moderation_service.api.static_files import digest_of

STATIC = Path(__file__).parent / "static"


def asset(name: str) -> str:
    """The address of a static file, which browsers keep for as long as they like."""
    return url_for("console.static", digest=digest(), filename=name)


def digest() -> str:
    """What of the files' names and contents stands in their addresses."""
    return digest_of(STATIC)
