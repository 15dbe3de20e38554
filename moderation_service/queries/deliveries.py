"""A site's webhooks: where they go, how that goes, and every try of each delivery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service.notifications.channels.signing import message_id
from moderation_service.notifications.models import Endpoint, Notice, NoticeAttempt
from moderation_service.queries.cursor import Page, decode, encode


def endpoint_rows(session: Session, site_id: int, only: int | None = None) -> list[dict[str, Any]]:
    """A site's endpoints, oldest first, with what waits for each; or the one of that number, if the site has it."""
    query = select(Endpoint).where(Endpoint.site_id == site_id).order_by(Endpoint.id)
    if only is not None:
        query = query.where(Endpoint.id == only)
    endpoints = session.scalars(query).all()
    counts = _counts(session, [endpoint.id for endpoint in endpoints])
    return [_endpoint(endpoint) | counts.get(endpoint.id, {"waiting": 0, "dead": 0}) for endpoint in endpoints]


def _endpoint(endpoint: Endpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "url": endpoint.url,
        "description": endpoint.description,
        "types": endpoint.types,
        "enabled": endpoint.disabled_at is None,
        "disabled_at": endpoint.disabled_at,
        "disabled_because": endpoint.disabled_because,
        "created_at": endpoint.created_at,
    }


def _counts(session: Session, endpoint_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    waiting = func.count().filter(Notice.state.in_(("pending", "held")))
    query = select(Notice.endpoint_id, waiting, func.count().filter(Notice.state == "dead"))
    untaken = Notice.endpoint_id.in_(endpoint_ids), Notice.state != "sent"
    rows = session.execute(query.where(*untaken).group_by(Notice.endpoint_id))
    return {endpoint_id: {"waiting": waits, "dead": dead} for endpoint_id, waits, dead in rows if endpoint_id}


def delivery_page(
    session: Session, endpoint_id: int, *, state: str | None = None, cursor: str | None, limit: int
) -> Page:
    """What an endpoint was sent or is to be sent, in one state or in any, the newest first, with every try.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = select(Notice).where(Notice.endpoint_id == endpoint_id).order_by(Notice.id.desc()).limit(limit + 1)
    if state is not None:
        query = query.where(Notice.state == state)
    if cursor is not None:
        (before,) = decode(cursor, int)
        query = query.where(Notice.id < before)
    found = session.scalars(query).all()
    shown = found[:limit]
    tries = _tries(session, [notice.id for notice in shown])
    rows = [_delivery(notice) | {"attempts": tries.get(notice.id, [])} for notice in shown]
    return Page(rows, encode([shown[-1].id]) if len(found) > limit else None)


def _delivery(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "webhook_id": message_id(notice.uid),
        "type": notice.kind,
        "data": notice.body,
        "state": notice.state,
        "at": notice.created_at,
        "due_at": notice.due_at if notice.state == "pending" else None,
        "sent_at": notice.sent_at,
    }


def _tries(session: Session, notice_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By notice, its tries, oldest first."""
    tries: dict[int, list[dict[str, Any]]] = {}
    query = select(NoticeAttempt).where(NoticeAttempt.notice_id.in_(notice_ids)).order_by(NoticeAttempt.id)
    for row in session.scalars(query):
        told = {name: getattr(row, name) for name in ("at", "duration_ms", "status", "error", "answer")}
        tries.setdefault(row.notice_id, []).append(told)
    return tries
