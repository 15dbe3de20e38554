"""One try to send a notice, with no transaction open, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from moderation_service.config import Settings
from moderation_service.notifications.channels import (
    FatalChannelError,
    Message,
    RetryableChannelError,
    channel_of,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: no `error` when it was taken over; else whether it is `fatal`, and how long to wait."""

    error: str = ""
    fatal: bool = False
    after: timedelta = timedelta()


def attempt(channel: str, message: Message, settings: Settings) -> Outcome:
    """Send a message over the channel of that name; every failure is an answer, none an exception."""
    try:
        send = channel_of(channel)
        send(message, settings)
    except RetryableChannelError as error:
        return Outcome(str(error), after=error.after)
    except FatalChannelError as error:
        return Outcome(str(error), fatal=True)
    except Exception as error:
        # A channel's own defect must be counted and become a dead letter, not come back for ever.
        log.exception("channel.broke", channel=channel, uid=str(message.uid))
        return Outcome(f"{type(error).__name__}: {error}")
    return Outcome()
