"""The load: a process of its own that sends ready-made requests over kept connections, and tells what it cost.

A client library would cost as much as the server it measures. Here a request is one formatted line of bytes, an answer
is read by its status and its length, and one thread waits for all connections at once.

    python -m benchmarks.load < plan.json > outcome.json
"""

from __future__ import annotations

import dataclasses
import json
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ANSWER_TIMEOUT = 30.0  # seconds without any answer after which a run is given up


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to send: to which port, over how many connections, for how long.

    `request` is the whole request, latin-1, with two `%d` fields: the flag's serial number and the article's number
    (a serial number is used twice: as the reporter's id and as the Idempotency-Key). With a `rate` (requests a
    second) requests leave on time whatever the answers do; without one each connection sends as soon as it can.
    """

    port: int
    clients: int
    seconds: float
    request: str
    first_serial: int
    articles: int
    rate: float | None = None
    keep_receipts: bool = False


@dataclass(kw_only=True)
class Outcome:
    """What came of it: answers by status, seconds from first request to last answer, and the generator's own CPU.

    `latencies` are in seconds, from when a request was due to its answer; `receipts` pair a receipt with the moment of
    its answer in seconds since 1970.
    """

    statuses: dict[str, int]
    seconds: float
    cpu: float
    latencies: list[float]
    receipts: list[tuple[str, float]] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many flags were recorded as new."""
        return self.statuses.get("202", 0)

    @property
    def rate(self) -> float:
        """Accepted flags a second."""
        return self.accepted / self.seconds


def run(plan: Plan) -> Outcome:
    """Carry out a plan in a process of its own.

    Raises:
        RuntimeError: the server answered anything but 202, or nothing at all.
    """
    command = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(
        command,
        input=json.dumps(dataclasses.asdict(plan)),
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[1],
    )
    if done.returncode:
        raise RuntimeError(f"the load generator failed:\n{done.stderr[-2000:]}")
    outcome = Outcome(**json.loads(done.stdout))
    if set(outcome.statuses) != {"202"}:
        raise RuntimeError(f"the server did not accept every flag: {outcome.statuses}")
    return outcome


class _Connection:
    """One kept connection, with at most one request in flight."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.due = 0.0
        self.received = b""

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        # A request of a kilobyte always fits into the empty buffer of a connection that waits for nothing.
        if self.socket.send(request) != len(request):
            raise RuntimeError("a request did not fit into its socket's buffer")

    def read(self) -> bytes | None:
        """The whole answer once all of it is there."""
        chunk = self.socket.recv(65536)
        if not chunk:
            raise RuntimeError("the server closed a connection")
        self.received += chunk
        head = self.received.find(b"\r\n\r\n")
        if head < 0:
            return None
        at = self.received.lower().index(b"content-length:", 0, head) + 15
        length = int(self.received[at : self.received.index(b"\r", at)])
        if len(self.received) < head + 4 + length:
            return None
        answer, self.received = self.received, b""
        return answer


class _Generator:
    """One run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._request = plan.request.encode("latin-1")
        self._serial = plan.first_serial
        self._selector = selectors.DefaultSelector()
        self._idle: deque[_Connection] = deque()
        self._busy = 0
        self._statuses: Counter[str] = Counter()
        self._latencies: list[float] = []
        self._receipts: list[tuple[str, float]] = []
        for _ in range(plan.clients):
            self._connect()

    def _connect(self) -> None:
        connection = _Connection(self._plan.port)
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        self._idle.append(connection)

    def run(self) -> Outcome:
        before = _own_cpu()
        started = time.perf_counter()
        (self._closed_loop if self._plan.rate is None else self._open_loop)(started)
        while self._busy:
            self._collect(ANSWER_TIMEOUT)
        seconds = time.perf_counter() - started
        return Outcome(
            statuses=dict(self._statuses),
            seconds=seconds,
            cpu=_own_cpu() - before,
            latencies=self._latencies,
            receipts=self._receipts,
        )

    def _closed_loop(self, started: float) -> None:
        end = started + self._plan.seconds
        while (now := time.perf_counter()) < end:
            while self._idle:
                self._send(self._idle.popleft(), now)
            self._collect(ANSWER_TIMEOUT)

    def _open_loop(self, started: float) -> None:
        assert self._plan.rate is not None
        for place in range(int(self._plan.rate * self._plan.seconds)):
            due = started + place / self._plan.rate
            while (wait := due - time.perf_counter()) > 0:
                self._collect(wait, give_up=False)
            if not self._idle:
                self._connect()  # whoever comes next does not wait for the answers of those before
            self._send(self._idle.popleft(), due)

    def _send(self, connection: _Connection, due: float) -> None:
        serial, article = self._serial, self._serial * 7919 % self._plan.articles
        self._serial += 1
        connection.send(self._request % (serial, serial, article), due)
        self._busy += 1

    def _collect(self, timeout: float, *, give_up: bool = True) -> None:
        ready = self._selector.select(timeout)
        if not ready and give_up:
            raise RuntimeError(f"the server answered nothing for {timeout:g} s")
        for key, _ in ready:
            answer = key.data.read()
            if answer is not None:
                self._note(key.data, answer)

    def _note(self, connection: _Connection, answer: bytes) -> None:
        self._latencies.append(time.perf_counter() - connection.due)
        self._statuses[answer[9:12].decode()] += 1
        if self._plan.keep_receipts:
            at = answer.index(b'"receipt": "') + 12
            self._receipts.append((answer[at : at + 36].decode(), time.time()))
        self._idle.append(connection)
        self._busy -= 1


def _own_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Read a plan, carry it out, write the outcome."""
    plan: dict[str, Any] = json.load(sys.stdin)
    json.dump(dataclasses.asdict(_Generator(Plan(**plan)).run()), sys.stdout)


if __name__ == "__main__":
    main()
