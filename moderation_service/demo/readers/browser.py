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

    def ask(
        self, method: str, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and wait for its answer.

        Raises:
            AwayError: none came; whether the request arrived is not known.
        """
        sent = None if body is None else json.dumps(body).encode()
        kind = {} if sent is None else {"Content-Type": "application/json"}
        connection = self._connection()
        try:
            connection.request(method, self._path + path, sent, {**self._headers, **kind, **(headers or {})})
            answer = connection.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise AwayError(f"{self._host} does not answer: {type(error).__name__}") from error
        return Answer(answer.status, _json(read, answer), _seconds(answer.headers.get("Retry-After")))

    def _connection(self) -> http.client.HTTPConnection:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._connect(self._host, timeout=PATIENCE)
        connection: http.client.HTTPConnection = self._own.connection
        return connection


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
