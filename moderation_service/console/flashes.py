"""Words that wait for the next page: in a signed cookie, so that a redirect can say what was done."""

from __future__ import annotations

from flask import Response, g, request

from moderation_service.console import cookies

KINDS = ("done", "note", "failed")
SECONDS = 60
LONGEST = 300  # characters of one message: all of them have to fit into a cookie
MOST = 3


def flash(kind: str, words: str) -> None:
    """Say something on the next page; `kind` is one of `KINDS`."""
    if kind not in KINDS:
        raise ValueError(kind)
    g.setdefault("flashes", []).append((kind, words[:LONGEST]))


def take() -> list[tuple[str, str]]:
    """What is to be said on this page: what was kept for it, and what came up while it was made."""
    g.flashes_taken = True
    return [*_kept(), *g.pop("flashes", [])]


def save(answer: Response) -> Response:
    """Keep what no page has said yet, and forget what one has."""
    if g.get("flashes"):
        kept = [] if g.get("flashes_taken") else _kept()
        cookies.write_signed(answer, cookies.FLASH, [*kept, *g.flashes][-MOST:], seconds=SECONDS)
    elif g.get("flashes_taken") and cookies.FLASH in request.cookies:
        cookies.drop(answer, cookies.FLASH)
    return answer


def _kept() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = cookies.read_signed(cookies.FLASH, seconds=SECONDS) or []
    return [(kind, words) for kind, words in found]
