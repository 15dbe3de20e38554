"""Pages: cursor and limit in, rows and a `Link` to the next page out (RFC 8288)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request
from marshmallow import Schema

from moderation_service.api.fields import Text, Whole
from moderation_service.queries import Page

LIMIT_MOST = 100


class PageQuerySchema(Schema):
    """Which page."""

    cursor = Text(longest=500, load_default=None, metadata={"description": "From the `Link` of the page before."})
    limit = Whole(least=1, most=LIMIT_MOST, load_default=25, from_text=True)


def answer(name: str, page: Page) -> tuple[dict[str, Any], int, dict[str, str]]:
    """A page as flask-smorest wants it: the body, the status, the headers."""
    body = {name: page.rows, "next_cursor": page.next}
    if page.next is None:
        return body, 200, {}
    arguments = {**request.args.to_dict(), "cursor": page.next}
    return body, 200, {"Link": f'<{request.base_url}?{urlencode(arguments)}>; rel="next"'}
