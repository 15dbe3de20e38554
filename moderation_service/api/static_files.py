"""Static files under addresses that carry a digest of them all: another content has another address.

Of all, and in the path: scripts import each other by relative names, and so get the digest without a word of it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

FOREVER = "public, max-age=31536000, immutable"


@cache
def digest_of(folder: Path) -> str:
    """What of the files' names and contents stands in their addresses."""
    told = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        told.update(f"{path.relative_to(folder)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return told.hexdigest()[:12]
