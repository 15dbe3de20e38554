"""Notices: noted with their cause, leased, sent, or given up on loudly."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service import leases
from moderation_service.backoff import is_hopeless, pause
from moderation_service.config import Settings
from moderation_service.db import utcnow
from moderation_service.notifications.attempts import harmless
from moderation_service.notifications.channels import Message
from moderation_service.notifications.models import Notice, WebhookEvent
from moderation_service.notifications.secrets import signing_secrets
from moderation_service.notifications.webhooks import endpoints

LONGEST_PAUSE = timedelta(days=1)
SPARED_MOST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send one notice for a while; void as soon as its `fence` is not the newest."""

    notice_id: int
    fence: int
    channel: str
    message: Message
    endpoint_id: int | None = None


def enqueue(
    session: Session,
    *,
    site_id: int,
    channel: str,
    recipient: str,
    kind: str,
    key: str,
    subject: str,
    facts: Mapping[str, Any],
) -> int | None:
    """Note in the transaction of its cause what somebody is to be told; its id, None when `key` was noted before.

    Nothing is checked here, so that a bad address ends in a dead letter and not in the loss of its cause.
    """
    statement = (
        insert(Notice)
        .values(
            site_id=site_id,
            channel=channel,
            recipient=recipient,
            kind=kind,
            key=key,
            subject=subject,
            body=dict(facts),
            wanted_at=func.clock_timestamp(),
            due_at=func.clock_timestamp(),
        )
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(Notice.id)
    )
    return session.scalar(statement)


def give_up_silent(session: Session, settings: Settings) -> None:
    """Make dead letters of notices that ended every worker that tried them."""
    for notice in leases.silent(session, Notice, tries=settings.notification_tries):
        notice.state, notice.leased_until = "dead", None
        notice.last_error = "every worker that tried ended without a word"
    session.flush()


def lease_next(session: Session, *, duration: timedelta) -> Lease | None:
    """Take the notice that is due longest and held by nobody; None when nothing is due."""
    while (notice := leases.lease_due(session, Notice, duration=duration)) is not None:
        address = endpoints.address(session, notice)
        if address is not None:
            return _leased(session, notice, address)
    return None


def _leased(session: Session, notice: Notice, address: str) -> Lease:
    message = Message(
        uid=notice.uid,
        recipient=address,
        kind=notice.kind,
        subject=notice.subject,
        facts=notice.body,
        created_at=notice.created_at,
        secrets=signing_secrets(session, notice.site_id) if notice.channel == "webhook" else (),
    )
    return Lease(notice.id, notice.fence, notice.channel, message, notice.endpoint_id)


def drop(session: Session, lease: Lease) -> None:
    """Delete a notice that nobody waits for any longer."""
    session.execute(delete(Notice).where(Notice.id == lease.notice_id, Notice.fence == lease.fence))


def confirm(session: Session, lease: Lease) -> None:
    """Note that the other side has taken the notice over; a worker that lost its lease is not heard."""
    notice = leases.still_held(session, Notice, lease.notice_id, lease.fence)
    if notice is None:
        return
    notice.state, notice.leased_until, notice.last_error = "sent", None, None
    notice.sent_at = func.clock_timestamp()
    _hasten(session, notice)
    session.flush()


def fail(
    session: Session, lease: Lease, error: str, *, fatal: bool, settings: Settings, after: timedelta = timedelta()
) -> None:
    """Note a failed try: another one later, not before `after`, or a dead letter that waits for a person."""
    notice = leases.still_held(session, Notice, lease.notice_id, lease.fence)
    if notice is None:
        return
    notice.leased_until = None
    notice.last_error = harmless(error)
    now = utcnow(session)
    if fatal or _is_hopeless(notice, now, settings):
        notice.state = "dead"
    else:
        own = _next_pause(notice, settings)
        notice.due_at = now + max(own, after)
        _spare(session, notice, until=now + max(min(own, SPARED_MOST), after))
    session.flush()


def _is_hopeless(notice: Notice, now: datetime, settings: Settings) -> bool:
    longest = timedelta(hours=settings.notification_hours)
    return is_hopeless(notice.attempts, now - notice.wanted_at, tries=settings.notification_tries, longest=longest)


def _next_pause(notice: Notice, settings: Settings) -> timedelta:
    base = timedelta(seconds=settings.notification_base_seconds)
    return pause(notice.attempts, base=base, random=random.random, longest=LONGEST_PAUSE)


def _spare(session: Session, failed: Notice, *, until: datetime) -> None:
    """Let what else waits for this recipient wait a while too: one who is away is asked once, not once for each notice.

    Without it a thousand notices to a receiver that hangs would keep everybody else's waiting for hours. No longer than
    some minutes, if he does not ask for it: it may be this one notice that he cannot take.
    """
    _set_due(session, failed, Notice.due_at < until, due_at=literal(until))


def _hasten(session: Session, taken: Notice) -> None:
    """Let what else waits for this recipient go at once: he is back.

    Those that he has failed to take themselves are among them when the one that he took was one of those too. Else it
    may be that he takes all others, and they would use up their tries with each of these.
    """
    waiting = Notice.due_at > func.clock_timestamp()
    untried = Notice.attempts == 0
    which = waiting if taken.attempts > 1 else waiting & untried
    _set_due(session, taken, which, due_at=func.clock_timestamp())


def _set_due(session: Session, notice: Notice, which: ColumnElement[bool], *, due_at: ColumnElement[datetime]) -> None:
    """Change when the other notices to a recipient are due; those that a worker has in its hands are left alone."""
    others = (
        select(Notice.id)
        .where(Notice.state == "pending", _goes_with(notice), Notice.id != notice.id, which)
        .where(Notice.leased_until.is_(None) | (Notice.leased_until <= func.clock_timestamp()))
        .order_by(Notice.id)
        .with_for_update(skip_locked=True)
    )
    statement = update(Notice).where(Notice.id.in_(others)).values(due_at=due_at)
    session.execute(statement.execution_options(synchronize_session=False))


def _goes_with(notice: Notice) -> ColumnElement[bool]:
    """Whether another notice has the same recipient; an endpoint is one, wherever it was when the notice was made."""
    if notice.endpoint_id is not None:
        return Notice.endpoint_id == notice.endpoint_id
    return (Notice.channel == notice.channel) & (Notice.recipient == notice.recipient)


def forget(session: Session, *, older_than: timedelta) -> None:
    """Delete what was sent so long ago, or held for a disabled endpoint since, with the tries; it holds addresses.

    Of what happened to articles only the numbers stay.
    """
    since = func.clock_timestamp() - literal(older_than)
    sent = (Notice.state == "sent") & (Notice.sent_at < since)
    held = (Notice.state == "held") & (Notice.created_at < since)
    session.execute(delete(Notice).where(sent | held).execution_options(synchronize_session=False))
    told = WebhookEvent.sequence.is_not(None) & ~exists().where(Notice.event_id == WebhookEvent.id)
    events = delete(WebhookEvent).where(WebhookEvent.at < since, told)
    session.execute(events.execution_options(synchronize_session=False))
