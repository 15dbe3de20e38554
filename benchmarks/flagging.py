"""Readers who flag: each a new one, on an article that is known, with a publishable key and all headers."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from benchmarks import load
from benchmarks.cpu import Meter
from benchmarks.seed import ORIGIN, Newsroom, one

BODY = (
    '{"reporter":"reader-%012d","article":{"external_id":"a%08d"},"target":{"kind":"part","part":"p2"},'
    '"reason":"misleading","comment":"The figures in this paragraph contradict the source that it names.",'
    '"locale":"en-GB"}'
)
HEAD = (
    "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: */*\r\n"
    "Authorization: Bearer {key}\r\nOrigin: {origin}\r\nContent-Type: application/json\r\n"
    'Idempotency-Key: "flag-%012d"\r\nContent-Length: {length}\r\n\r\n'
)
_BLOCK = 10_000_000  # serial numbers that one run may use
_first_serials = itertools.count(_BLOCK, _BLOCK)


def request(path: str, key: str) -> str:
    """A request with places for its serial number (twice) and its article's number."""
    return HEAD.format(path=path, key=key, origin=ORIGIN, length=len(BODY % (0, 0))) + BODY


@dataclass(frozen=True)
class Round:
    """One run of the load, and what it cost the servers, in CPU seconds by process tree."""

    outcome: load.Outcome
    cpu: dict[str, float]

    @property
    def rate(self) -> float:
        """Accepted flags a second."""
        return self.outcome.rate

    @property
    def cost(self) -> float:
        """CPU milliseconds of all servers for one accepted flag."""
        return sum(self.cpu.values()) / self.outcome.accepted * 1000

    def cost_of(self, name: str) -> float:
        """CPU milliseconds of one process tree for one accepted flag."""
        return self.cpu[name] / self.outcome.accepted * 1000


@dataclass(frozen=True, kw_only=True)
class Flagging:
    """Readers at one server: where, with which key, on how many articles."""

    port: int
    key: str
    articles: int
    pids: dict[str, int]
    path: str = "/v1/flags"

    def __call__(self, clients: int, seconds: float, *, settle: Callable[[], None] = lambda: None) -> Round:
        """One round; what `settle` waits for at its end is paid by it too."""
        meter = Meter(self.pids)
        outcome = load.run(self.plan(clients, seconds))
        settle()
        return Round(outcome, meter.read())

    def plan(self, clients: int, seconds: float) -> load.Plan:
        """What the generator is told."""
        return load.Plan(
            port=self.port,
            clients=clients,
            seconds=seconds,
            request=request(self.path, self.key),
            first_serial=next(_first_serials),
            articles=self.articles,
        )


@dataclass(frozen=True)
class Comparison:
    """The ratio of two things measured in turns: the median of the rounds' ratios, and the least and the greatest."""

    ours: list[Round]
    theirs: list[Round]

    @property
    def ratio(self) -> float:
        """Of the medians of accepted flags a second."""
        return median_rate(self.ours) / median_rate(self.theirs)

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the greatest ratio of neighbouring rounds."""
        ratios = [a.rate / b.rate for a, b in zip(self.ours, self.theirs, strict=True)]
        return min(ratios), max(ratios)


def in_turns(ours: Callable[[], Round], theirs: Callable[[], Round], rounds: int) -> Comparison:
    """Measure two things A B B A A B ..., so that a machine that changes its speed changes it for both."""
    comparison = Comparison([], [])
    for number in range(rounds):
        turns = [(ours, comparison.ours), (theirs, comparison.theirs)]
        for measure, kept in turns if number % 2 else reversed(turns):
            kept.append(measure())
    return comparison


def median_rate(rounds: list[Round]) -> float:
    """Accepted flags a second, the median of the rounds."""
    return statistics.median(r.rate for r in rounds)


def until_triaged(admin: psycopg.Connection, *, patience: float = 120.0) -> None:
    """Wait until no flag waits for triage.

    Raises:
        TimeoutError: some still do after `patience` seconds.
    """
    end = time.monotonic() + patience
    while one(admin, "SELECT count(*) FROM untriaged_flags"):
        if time.monotonic() > end:
            raise TimeoutError("the worker does not get done with the flags")
        time.sleep(0.05)


def readers(port: int, room: Newsroom, pids: dict[str, int], *, articles: int | None = None) -> Flagging:
    """Readers of a newsroom, on all its articles or on the first few."""
    return Flagging(port=port, key=room.key, articles=articles or room.articles, pids=pids)
