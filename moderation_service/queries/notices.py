"""Notices, with what a person needs to act on each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.leases import among
from moderation_service.notifications.models import Notice
from moderation_service.queries.cursor import Page, page_by_id
from moderation_service.sites.models import Site


def notice_page(
    session: Session, *, sites: list[int] | None, state: str, cursor: str | None, limit: int, saying: str = ""
) -> Page:
    """Notices in one state (pending, held, sent or dead) whose last error says this, oldest first.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = select(Notice, Site.slug).join(Site, Site.id == Notice.site_id)
    query = query.where(*among(Notice, state, sites, saying))
    return page_by_id(session, query, Notice.id, _row, cursor=cursor, limit=limit)


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
