"""What can go wrong, in words of the domain; `api/problems.py` turns each into an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

MOST_TOLD = 3  # faults in the words of an error


class DomainError(Exception):
    """Something a caller asked for cannot be done; `extra` joins the problem details."""

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.message = message
        self.extra = extra


class Invalid(DomainError):
    """What was sent is well-formed but not true; `field` names where."""

    def __init__(self, message: str, *, field: str, **extra: Any) -> None:
        super().__init__(message, **extra)
        self.field = field
        self.faults: Sequence[Invalid] = [self]


class SeveralInvalid(Invalid):
    """Several things that were sent are not true, and nothing is left of it; `faults` are all of them."""

    def __init__(self, faults: Sequence[Invalid]) -> None:
        super().__init__("; ".join(fault.message for fault in faults[:MOST_TOLD]), field=faults[0].field)
        self.faults = faults


class NotFound(DomainError):
    """There is no such thing, or it is not the caller's to see."""


class Conflict(DomainError):
    """What the caller believed is no longer so."""


class Forbidden(DomainError):
    """The caller is known, and may not do this."""


class Unauthenticated(DomainError):
    """The caller is not known."""


class RateLimited(DomainError):
    """Too many, too fast; `retry_after` is in seconds."""

    def __init__(self, message: str, *, retry_after: int, **extra: Any) -> None:
        super().__init__(message, **extra)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part that is needed does not answer; the same call may work in a moment."""


class IdempotencyMismatch(DomainError):
    """An Idempotency-Key came again with another request."""


class Crossed(Conflict):
    """Another request is at the same thing at this moment; the same call may work in the next."""


class StillRunning(Crossed):
    """The first request with this Idempotency-Key has not ended."""
