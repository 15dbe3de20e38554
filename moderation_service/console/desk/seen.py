"""What a page of a case showed, as the page itself tells it: `version.revision.flag`, or without a flag."""

from __future__ import annotations

from typing import Any

from flask import request

from moderation_service.console.desk.asked import row_numbers
from moderation_service.queries import Seen


def seen_now(desk: dict[str, Any]) -> str:
    """What a page of this case shows, in an address and in its form."""
    return f"{desk['version']}.{desk['article']['revision']}.{desk['flags']['newest']}"


def seen_then() -> Seen | None:
    """What the page showed that this request comes from, if it tells."""
    found = row_numbers(request.values.get("seen", ""))
    return Seen(*found) if len(found) in {2, 3} else None
