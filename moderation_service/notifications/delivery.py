"""One try to send a notice, with no transaction open, and what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from moderation_service.config import Settings
from moderation_service.notifications.channels import (
    Answered,
    FatalChannelError,
    GoneError,
    Message,
    RetryableChannelError,
    channel_of,
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try: no `error` when it was taken over; else whether it is `fatal`, and how long to wait.

    `gone` says that the recipient wants nothing more at all; `answered` is what he said, `took` how long it took.
    """

    error: str = ""
    fatal: bool = False
    gone: bool = False
    after: timedelta = timedelta()
    answered: Answered | None = None
    took: timedelta = timedelta()


def attempt(channel: str, message: Message, settings: Settings) -> Outcome:
    """Send a message over the channel of that name; every failure is an answer, none an exception."""
    began = time.monotonic()
    outcome = _tried(channel, message, settings)
    return replace(outcome, took=timedelta(seconds=time.monotonic() - began))


def _tried(channel: str, message: Message, settings: Settings) -> Outcome:
    try:
        send = channel_of(channel)
        answered = send(message, settings)
    except RetryableChannelError as error:
        return Outcome(str(error), after=error.after, answered=error.answered)
    except FatalChannelError as error:
        gone = isinstance(error, GoneError)
        return Outcome(str(error), fatal=True, gone=gone, answered=error.answered)
    except Exception as error:
        # A channel's own defect must be counted and become a dead letter, not come back for ever.
        log.exception("channel.broke", channel=channel, uid=str(message.uid))
        return Outcome(f"{type(error).__name__}: {error}")
    return Outcome(answered=answered)
