"""What was sent, or given up on, sent to an endpoint once more, under the ids that it has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict, NotFound
from moderation_service.notifications.models import Endpoint, Notice
from moderation_service.notifications.webhooks.endpoints import send_again, waiting


def replay_one(session: Session, endpoint: Endpoint, notice_id: int, *, actor: str) -> None:
    """Send one again, or at once where it waits for its next try.

    Raises:
        NotFound: the endpoint was never to be sent this.
        Conflict: it is disabled.
    """
    if _replay(session, endpoint, Notice.id == notice_id, actor=actor) == 0:
        raise NotFound(f"There is no delivery {notice_id} to this endpoint")


def replay(session: Session, endpoint: Endpoint, since: datetime | None, *, actor: str) -> int:
    """Send all that happened since then, taken before or not, or with None what was given up on; how many.

    Of what happened since then, that which waits for its next try is sent at once too.

    Raises:
        Conflict: the endpoint is disabled.
    """
    if since is None:
        return _replay(session, endpoint, Notice.state == "dead", actor=actor)
    which = Notice.state.in_(("sent", "dead")) | waiting(endpoint)
    return _replay(session, endpoint, which, Notice.created_at >= since, actor=actor)


def _replay(session: Session, endpoint: Endpoint, *which: ColumnElement[bool], actor: str) -> int:
    if endpoint.disabled_at is not None:
        raise Conflict("This endpoint is disabled; what waits for it is sent when it is enabled")
    count = send_again(session, endpoint, *which)
    audit.append(
        session,
        actor=actor,
        action="webhook_endpoint.replayed",
        subject=f"webhook_endpoint:{endpoint.id}",
        site_id=endpoint.site_id,
        detail={"notices": count},
    )
    return count
