"""Triage: waiting flags put into cases, set by set."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Iterator

from benchmarks import seed
from benchmarks.cpu import Meter
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, stand
from moderation_service import pipeline

FLAGS = 100_000
ARTICLES = 5_000
ROUNDS = 3

QUEUE = "INSERT INTO untriaged_flags SELECT id, received_at FROM flags WHERE triaged_at IS NULL"
NO_LONGER_OPEN = "UPDATE cases SET state = 'closed', decided_revision = 0, closed_at = now() WHERE state = 'open'"


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Flags a second, each round opening a case for every article."""
    flags, rounds = (FLAGS // 5, 1) if quick else (FLAGS, ROUNDS)
    rates, costs = [], []
    with stand() as s:
        room = seed.newsroom(s, articles=ARTICLES)
        for number in range(rounds):
            progress.say(f"triage: round {number + 1} of {rounds}, {flags:,} flags on {ARTICLES:,} articles")
            first = number * flags
            deque(seed.stored_flags(s.admin, room, first=first, last=first + flags - 1, in_cases=False), maxlen=0)
            s.admin.execute(QUEUE)
            s.admin.execute(NO_LONGER_OPEN)
            s.admin.execute("VACUUM ANALYZE")
            seconds, cpu = _triage_all(s, flags)
            rates.append(flags / seconds)
            costs.append(cpu / flags * 1e6)
    yield Number(
        name="triage, set-based",
        value=statistics.median(rates),
        unit="flags/s",
        at_least=40_000,
        spread=(min(rates), max(rates)),
        note=f"{flags:,} waiting on {ARTICLES:,} articles, each opening a case; "
        f"{statistics.median(costs):.0f} us CPU of PostgreSQL per flag",
    )


def _triage_all(s: Stand, flags: int) -> tuple[float, float]:
    """Seconds, and PostgreSQL's CPU seconds, until nothing waits."""
    database = s.database()
    meter, started, done = Meter(s.pids("postgres")), time.perf_counter(), 0
    while done < flags:
        with database.transaction() as session:
            done += pipeline.triage(session, limit=s.settings.triage_batch)
    seconds = time.perf_counter() - started
    database.close()
    return seconds, meter.read()["postgres"]
