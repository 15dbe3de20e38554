"""What every channel can do, and how it may fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from moderation_service.config import Settings


class RetryableChannelError(Exception):
    """The recipient may be reached later; not before `after`, if he said so."""

    def __init__(self, message: str, *, after: timedelta = timedelta()) -> None:
        super().__init__(message)
        self.after = after


class FatalChannelError(Exception):
    """The recipient will not be reached however often it is tried; a person has to look."""


@dataclass(frozen=True, slots=True)
class Message:
    """One notice as a channel sends it; `uid` is the same in each try, so that a repeat can be told from a new one.

    `secrets` are what a signing channel signs with, the newest first.
    """

    uid: UUID
    recipient: str
    kind: str
    subject: str
    facts: dict[str, Any]
    created_at: datetime
    secrets: tuple[bytes, ...] = field(default=(), repr=False)


class Channel(Protocol):
    """A way to reach somebody: sends a message, any number of times, and has time limits of its own."""

    def __call__(self, message: Message, settings: Settings) -> None:
        """Return once the other side has taken the message over; raise one of the two errors when it has not."""
