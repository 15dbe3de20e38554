"""A reader's browser, as far as a play needs one: it asks, waits, and keeps the connection. Standard library alone."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE = 10.0  # seconds to connect, and between two pieces of an answer


class AwayError(Exception):
    """Nobody answers at that address; the words say how."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: its status, the JSON in it (empty where there is none), and the seconds of Retry-After."""

    status: int
    body: Mapping[str, Any]
    retry_after: float | None


class Browser:
    """Requests to one address, with the headers that each of them has; safe from many threads."""

    def __init__(self, address: str, headers: Mapping[str, str] | None = None) -> None:
        parts = urlsplit(address)
        self._connect = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._host = parts.netloc
        self._path = parts.path.rstrip("/")
        self._headers = dict(headers or {})
        self._own = threading.local()
        self._open: set[http.client.HTTPConnection] = set()

    def close(self) -> None:
        """Close the connections of all threads, none of which asks any more."""
        while self._open:
            self._open.pop().close()

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request that may arrive twice, and wait for its answer.

        Raises:
            AwayError: none came; whether the request arrived is not known.
        """
        sent = None if body is None else json.dumps(body).encode()
        kind = {} if sent is None else {"Content-Type": "application/json"}
        request = (method, self._path + path, sent, {**self._headers, **kind, **(headers or {})})
        try:
            answer = self._over_kept(*request)
            return self._exchange(*request) if answer is None else answer
        except (OSError, http.client.HTTPException) as error:
            raise AwayError(f"{self._host} does not answer: {type(error).__name__}") from error

    def _over_kept(self, *request: Any) -> Answer | None:
        """The answer over the kept connection; None where there is none, or the server has shut it meanwhile."""
        if getattr(self._own, "connection", None) is None:
            return None
        try:
            return self._exchange(*request)
        except ConnectionError:
            return None

    def _exchange(self, *request: Any) -> Answer:
        """Ask over the connection that was kept, or a new one, and keep it if all goes well."""
        kept: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        connection, self._own.connection = kept or self._connect(self._host, timeout=PATIENCE), None
        self._open.add(connection)
        try:
            connection.request(*request)
            answer = connection.getresponse()
            told = Answer(answer.status, _json(answer.read(), answer), _seconds(answer.headers.get("Retry-After")))
        except (OSError, http.client.HTTPException):
            connection.close()
            self._open.discard(connection)
            raise
        self._own.connection = connection
        return told


def _json(read: bytes, answer: http.client.HTTPResponse) -> Mapping[str, Any]:
    if "json" not in answer.headers.get_content_subtype():
        return {}
    try:
        told = json.loads(read)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _seconds(told: str | None) -> float | None:
    return float(told) if told and told.isascii() and told.isdigit() else None
