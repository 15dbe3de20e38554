"""The readers' script as one file: what it is, where it is, and how a page makes sure that it got this one."""

from __future__ import annotations

import base64
import gzip
import hashlib
from functools import cache
from html import escape
from pathlib import Path

FOLDER = Path(__file__).parent
FILE = FOLDER / "static" / "flag-content.js"


@cache
def content() -> bytes:
    """The script."""
    return FILE.read_bytes()


@cache
def compressed() -> bytes:
    """The script, as small as gzip makes it."""
    return gzip.compress(content(), 9, mtime=0)


@cache
def digest() -> str:
    """What of the script stands in the address that always means this very one: 16 hexadecimal digits."""
    return hashlib.sha384(content()).hexdigest()[:16]


@cache
def integrity() -> str:
    """The value of the attribute `integrity` (W3C Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content()).digest()).decode()


def address(public_url: str) -> str:
    """The address of this very script, at a service that readers reach at `public_url`."""
    return f"{public_url.rstrip('/')}/widget/v1/{digest()}/flag-content.js"


def newest(public_url: str) -> str:
    """The address of the newest script, whichever that is; for pages that check no integrity."""
    return f"{public_url.rstrip('/')}/widget/v1/flag-content.js"


def tag(public_url: str, key: str) -> str:
    """The tag that a site's pages load the script with; `key` is the site's publishable one."""
    return (
        f'<script async src="{escape(address(public_url))}"\n'
        f'  integrity="{integrity()}" crossorigin="anonymous"\n'
        f'  data-key="{escape(key)}"></script>'
    )
