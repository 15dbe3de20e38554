"""One request to the service: within a time limit, tried again where that can do no harm, its refusals as errors."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import requests

from .errors import Refused, ServiceAway, TooOften

Told = TypeVar("Told")

Limits = tuple[float, float]  # seconds to connect, and between two pieces of the answer

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between two tries

UNANSWERED = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


class Transport:
    """Requests with a key, from any thread; each has connections of its own, which it keeps open."""

    def __init__(
        self, address: str, key: str, *, timeout: Limits, tries: int, session: Callable[[], requests.Session]
    ) -> None:
        self._address = address.rstrip("/")
        self._headers = {"User-Agent": "moderation-service-client"}
        self._key = key
        self._timeout = timeout
        self._tries = tries
        self._new_session = session
        self._own = threading.local()

    def once(self, method: str, path: str, **what: Any) -> requests.Response:
        """Send a request that must not be sent twice.

        Raises:
            ServiceAway: no answer came, or none that says more than that the service is ill.
            Refused: it was refused.
        """
        return _judged(self._sent(method, path, **what))

    def again(self, method: str, path: str, *, expected: tuple[int, ...] = (), **what: Any) -> requests.Response:
        """Send a request that may arrive twice, as often as is worth it; see `once`.

        Answers of the statuses `expected` are no refusals.
        """
        for attempt in range(1, self._tries):
            try:
                return _judged(self._sent(method, path, **what), expected)
            except ServiceAway:
                # Not all at the same moment: those who were cut off together would come back together.
                apart = random.uniform(0.5, 1)  # noqa: S311  (nobody gains by guessing it)
                time.sleep(apart * min(FIRST_PAUSE * 4 ** (attempt - 1), LONGEST_PAUSE))
        return _judged(self._sent(method, path, **what), expected)

    def _sent(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **what: Any) -> Any:
        if not hasattr(self._own, "session"):
            self._own.session = self._new_session()
        try:
            return self._own.session.request(
                method,
                self._address + path,
                headers={**self._headers, **(headers or {})},
                timeout=self._timeout,
                auth=self._sign,
                # Nowhere else than to the service: the key is in the headers.
                allow_redirects=False,
                **what,
            )
        except UNANSWERED as error:
            raise ServiceAway(f"The moderation service does not answer: {type(error).__name__}") from error

    def _sign(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Set the key last: what a .netrc of the machine says of the host would take the place of a header."""
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _judged(answer: requests.Response, expected: tuple[int, ...] = ()) -> requests.Response:
    status = answer.status_code
    if status in expected or 200 <= status < 300:
        return answer
    if status >= 500 or status == 408 or (status == 409 and "Retry-After" in answer.headers):
        # The last: something else is at it at this moment, such as an earlier try that was not waited for.
        raise ServiceAway(f"The moderation service answered {status}")
    problem = problem_of(answer)
    if status == 429:
        raise TooOften(status, problem, seconds_of(answer, otherwise=60))
    raise Refused(status, problem)


def told(answer: requests.Response, read: Callable[[Any], Told]) -> Told:
    """What `read` makes of the JSON of an answer.

    Raises:
        ServiceAway: it can make nothing of it; something between us answered in the service's place.
    """
    try:
        return read(answer.json())
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise _of_another(answer) from error


def require_problem(answer: requests.Response) -> None:
    """Make sure that it is the service which says that something is not there.

    Raises:
        ServiceAway: it is not; gateways say so too, of a service that they do not find.
    """
    if not answer.headers.get("Content-Type", "").startswith("application/problem+json"):
        raise _of_another(answer)


def _of_another(answer: requests.Response) -> ServiceAway:
    return ServiceAway(f"What answered {answer.status_code} is not the moderation service")


def problem_of(answer: requests.Response) -> dict[str, Any]:
    """The problem details of an answer; its status and words alone, where something between us answered."""
    try:
        members = answer.json()
    except ValueError:
        members = None
    return members if isinstance(members, dict) else {"status": answer.status_code, "title": answer.reason}


def seconds_of(answer: requests.Response, *, otherwise: int) -> int:
    """What Retry-After says in seconds; `otherwise` where it says none."""
    told = answer.headers.get("Retry-After", "")
    return int(told) if told.isascii() and told.isdigit() else otherwise
