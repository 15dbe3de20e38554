"""The load generator against a server of three lines: it counts what was answered, and does not hide a refusal."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

from benchmarks import load
from benchmarks.flagging import request


class Server(http.server.ThreadingHTTPServer):
    """Answers every request with one status and notes what it was sent."""

    status = 202

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.bodies: list[bytes] = []


class Answer(http.server.BaseHTTPRequestHandler):
    """One connection, kept."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def plan(server: Server, rate: float | None = None) -> load.Plan:
    return load.Plan(
        port=server.server_port,
        clients=2,
        seconds=0.3,
        request=request("/", "key"),
        first_serial=1,
        articles=10,
        rate=rate,
    )


def test_every_answer_is_counted_and_every_reader_is_new(server: Server) -> None:
    outcome = load.run(plan(server))
    assert outcome.accepted == len(server.bodies) == len(set(server.bodies)) == len(outcome.latencies)


def test_at_a_rate_as_many_are_sent_as_the_rate_says(server: Server) -> None:
    assert load.run(plan(server, rate=100.0)).accepted == 30


def test_a_refusal_ends_the_measurement(server: Server) -> None:
    server.status = 429
    with pytest.raises(RuntimeError, match="did not accept"):
        load.run(plan(server))
