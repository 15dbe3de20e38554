"""Answers are sent compressed to whoever takes it: files as small as can be, pages as fast as is worth it.

A page shows what an address says beside its secret, the token of its forms, and its compressed length could tell one
from the other (BREACH, https://breachattack.com). So `csrf.token` writes that token anew for every page; and cookies
are `SameSite=Lax`, which keeps other sites from asking for pages of a person's session unseen.
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request

from moderation_service.console.assets import STATIC

SHORTEST = 500  # bytes; what is shorter fits into one packet anyway
TYPES = ("text/", "image/svg+xml", "application/json")
FILE_LEVEL, PAGE_LEVEL = 9, 4


def compress(answer: Response) -> Response:
    """Compress an answer of the console, where that helps and is asked for."""
    if answer.status_code == 304 or not str(answer.mimetype).startswith(TYPES):
        return answer
    answer.vary.add("Accept-Encoding")
    if answer.status_code != 200 or not request.accept_encodings.quality("gzip"):
        return answer
    if request.endpoint == "console.static":
        body = _file((request.view_args or {})["filename"])
        answer.close()
        answer.direct_passthrough = False
    elif answer.content_length is None or answer.content_length >= SHORTEST:
        body = gzip.compress(answer.get_data(), PAGE_LEVEL, mtime=0)
    else:
        return answer
    _weaken(answer)
    answer.set_data(body)
    answer.content_encoding = "gzip"
    return answer


@lru_cache(maxsize=128)
def _file(name: str) -> bytes:
    return gzip.compress((STATIC / name).read_bytes(), FILE_LEVEL, mtime=0)


def _weaken(answer: Response) -> None:
    """Say that the answer has other bytes than one of the same tag that was not compressed (RFC 9110, 8.8.3.3)."""
    tag, _ = answer.get_etag()
    if tag is not None:
        answer.set_etag(tag, weak=True)
