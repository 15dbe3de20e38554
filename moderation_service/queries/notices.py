"""Notices, with what a person needs to act on each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.notifications.models import Notice
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.sites.models import Site


def notice_page(session: Session, *, sites: list[int] | None, state: str, cursor: str | None, limit: int) -> Page:
    """Notices in one state (pending, sent or dead), oldest first.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    (after,) = decode(cursor, int) if cursor is not None else (0,)
    query = (
        select(Notice, Site.slug)
        .join(Site, Site.id == Notice.site_id)
        .where(Notice.state == state, Notice.id > after)
        .order_by(Notice.id)
        .limit(limit + 1)
    )
    if sites is not None:
        query = query.where(Notice.site_id.in_(sites))
    rows = session.execute(query).all()
    page = [_row(*row) for row in rows[:limit]]
    return Page(page, encode([page[-1]["id"]]) if len(rows) > limit else None)


def _row(notice: Notice, site: str) -> dict[str, Any]:
    return {
        "id": notice.id,
        "site": site,
        "channel": notice.channel,
        "recipient": notice.recipient,
        "kind": notice.kind,
        "subject": notice.subject,
        "state": notice.state,
        "attempts": notice.attempts,
        "last_error": notice.last_error,
        "created_at": notice.created_at,
        "due_at": notice.due_at,
        "sent_at": notice.sent_at,
    }
