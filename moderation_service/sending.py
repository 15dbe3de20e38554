"""How what somebody is to be told reaches him, a step per function: noted, leased, sent, settled."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.notifications import attempts
from moderation_service.notifications import service as notifications
from moderation_service.notifications.delivery import Outcome, attempt
from moderation_service.notifications.letters import posting
from moderation_service.notifications.webhooks import endpoints, relaying


def relay_events(session: Session, settings: Settings) -> int:
    """Make notices of what happened since, for the sites' own systems; how many events that took."""
    return relaying.relay(session, settings.public_url)


def lease_notice(session: Session, settings: Settings) -> notifications.Lease | None:
    """A worker takes a notice; it calls the receiver only after this is committed."""
    notifications.give_up_silent(session, settings)
    duration = timedelta(seconds=settings.notification_lease_seconds)
    while (lease := notifications.lease_next(session, duration=duration)) is not None:
        if posting.still_stands(session, lease, settings):
            return lease
        notifications.drop(session, lease)
    return None


def deliver(lease: notifications.Lease, settings: Settings) -> Outcome:
    """Hand a notice over to its receiver; no transaction is open around this."""
    return attempt(lease.channel, lease.message, settings)


def settle_notice(session: Session, lease: notifications.Lease, outcome: Outcome, settings: Settings) -> None:
    """Write down what came of a try: sent, to be tried again, or a dead letter."""
    fatal = outcome.fatal
    if outcome.gone and lease.endpoint_id is not None:
        endpoints.disable_gone(session, lease.endpoint_id, lease.message.recipient)
        fatal = False  # it waits for the endpoint, as all that comes after it does
    if outcome.error:
        notifications.fail(session, lease, outcome.error, fatal=fatal, after=outcome.after, settings=settings)
    else:
        notifications.confirm(session, lease)
    attempts.note(session, lease.notice_id, outcome)
