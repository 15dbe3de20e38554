"""How commands read what comes in pages."""

from __future__ import annotations

from typing import Any, Protocol

from moderation_service.queries import Page

PAGE = 500


class PageOf(Protocol):
    """A query that answers a page at a time."""

    def __call__(self, *, cursor: str | None, limit: int) -> Page:
        """The page after the cursor."""


def every_row(page_of: PageOf) -> list[dict[str, Any]]:
    """The rows of all pages."""
    page = page_of(cursor=None, limit=PAGE)
    rows = page.rows
    while page.next is not None:
        page = page_of(cursor=page.next, limit=PAGE)
        rows += page.rows
    return rows
