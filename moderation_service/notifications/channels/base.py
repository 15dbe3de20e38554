"""What every channel can do, and how it may fail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from moderation_service.config import Settings


@dataclass(frozen=True, slots=True)
class Answered:
    """What the other side said, as it came: a status, and the words that went with it."""

    status: int
    words: str


class ChannelError(Exception):
    """A message was not taken over; `answered` is what the other side said to it, if anything."""

    def __init__(self, message: str, *, answered: Answered | None = None) -> None:
        super().__init__(message)
        self.answered = answered


class RetryableChannelError(ChannelError):
    """The recipient may be reached later; not before `after`, if he said so."""

    def __init__(self, message: str, *, after: timedelta = timedelta(), answered: Answered | None = None) -> None:
        super().__init__(message, answered=answered)
        self.after = after


class FatalChannelError(ChannelError):
    """The recipient will not be reached however often it is tried; a person has to look."""


class GoneError(FatalChannelError):
    """The recipient has said that he wants nothing more, this or any other."""


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

    def __call__(self, message: Message, settings: Settings) -> Answered | None:
        """Return once the other side has taken the message over, with what it said if that says anything.

        Raises:
            ChannelError: it has not; retryable or fatal.
        """
