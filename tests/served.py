"""A door over a real port: what calls the service by HTTP finds it there, or finds it ill, or away."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.serving import make_server

from moderation_service.client import ModerationService
from tests.api.door import Door
from tests.at_once import LONGEST


@dataclass
class Asked:
    """A request as it came in."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Served:
    """The service on a port (0: any).

    `instead` are statuses that it answers in place of the next answers; None: of none.
    """

    door: Door
    port: int = 0
    instead: list[int | None] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._late: dict[str, tuple[threading.Event, threading.Event]] = {}
        self._server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def client(self, key: str | None = None, **options: Any) -> ModerationService:
        """A client of the door's site."""
        return ModerationService(self.address, key or self.door.newsroom.secret_key, **options)

    def close(self) -> None:
        """Be away from now on."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @contextmanager
    def late(self, path: str) -> Iterator[threading.Event]:
        """The next answer about `path` arrives when this ends; what is yielded is set once it is made."""
        made, sent = self._late[path] = threading.Event(), threading.Event()
        try:
            yield made
        finally:
            sent.set()

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        headers = {n[5:].replace("_", "-").title(): v for n, v in environ.items() if n.startswith("HTTP_")}
        self.asked.append(Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers))
        status = self.instead.pop(0) if self.instead else None
        if status is None:
            answer = self.door.app.wsgi_app(environ, start)
            made, sent = self._late.pop(environ["PATH_INFO"], (None, None))
            if made and sent:
                made.set()
                sent.wait(LONGEST)
            return answer
        self.door.app.wsgi_app(environ, lambda *_: lambda _: None)  # it is done, and the answer gets lost
        start(f"{status} As the test wants it", [("Content-Length", "0"), ("Location", "/elsewhere")])
        return []
