"""What can go wrong with a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ClientError(Exception):
    """A call came to nothing."""


class ServiceAway(ClientError):
    """The service cannot be reached, does not answer in time, or is ill or still busy with the same request.

    What was asked may be asked again; a flag under the same idempotency key.
    """


class Refused(ClientError):
    """The service answered, and would not; its problem details (RFC 9457) say why.

    `errors` has what is wrong with each field, as `detail` and `pointer`; `problem` all that was told.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        errors = problem.get("errors")
        self.errors: list[Mapping[str, str]] = errors if isinstance(errors, list) else []
        super().__init__(f"{status}: {problem.get('detail') or problem.get('title') or 'no reason was told'}")


class TooOften(Refused):
    """A limit is reached; `retry_after` is in how many seconds it may be tried again."""

    def __init__(self, status: int, problem: Mapping[str, Any], retry_after: int) -> None:
        super().__init__(status, problem)
        self.retry_after = retry_after
