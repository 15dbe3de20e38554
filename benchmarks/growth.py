"""What a flag costs when ten thousand are stored, and when ten million are."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks import plot, seed
from benchmarks.flagging import Flagging, Round, readers, until_triaged
from benchmarks.progress import Progress
from benchmarks.report import RESULTS, Number
from benchmarks.seed import Newsroom
from benchmarks.stand import Stand, serving, stand, working

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
QUICK_SIZES = (10_000, 50_000)
CLIENTS = 8
SECONDS, QUICK_SECONDS = 5.0, 1.0
ROUNDS, QUICK_ROUNDS = 3, 1

# As triage leaves them: one open case for each article, and all its flags in it.
CASES = """
INSERT INTO cases (site_id, article_id, severity, reasons)
SELECT site_id, id, 3, ARRAY['misleading'] FROM articles
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """CPU per flag at each size, and the curve as a picture."""
    sizes = QUICK_SIZES if quick else SIZES
    curve: dict[int, list[float]] = {}
    with stand({"max_wal_size": "4GB"}) as s:
        room = seed.newsroom(s)
        s.admin.execute(CASES)
        with serving(s, "api", "moderation_service.api.server") as port, working(s):
            flag = readers(port, room, s.pids("api", "postgres", "valkey", "worker", "beat"))
            stored = 0
            for size in sizes:
                _fill(s, room, stored, size, progress)
                stored = size
                curve[size] = [r.cost for r in _rounds(s, flag, size, progress, quick=quick)]
    if not quick:
        plot.cost_per_flag(curve, RESULTS / "cost_per_flag.svg")
    medians = {size: statistics.median(costs) for size, costs in curve.items()}
    for size, cost in medians.items():
        spread = (min(curve[size]), max(curve[size]))
        yield Number(name=f"CPU per flag, {size:,} stored", value=cost, unit="ms", spread=spread)
    yield Number(
        name=f"CPU per flag, {sizes[-1]:,} stored against {sizes[0]:,}",
        value=medians[sizes[-1]] / medians[sizes[0]],
        at_most=1.25,
        note="flat means 1; triage included",
    )


def _fill(s: Stand, room: Newsroom, stored: int, size: int, progress: Progress) -> None:
    s.admin.execute("SET synchronous_commit = off")
    for done in seed.stored_flags(s.admin, room, first=stored, last=size - 1, in_cases=True):
        progress.say(f"growth: {done + 1:,} of {size:,} flags stored")
    progress.say(f"growth: vacuum at {size:,} flags")
    s.admin.execute("VACUUM ANALYZE flags")
    s.admin.execute("CHECKPOINT")


def _rounds(s: Stand, flag: Flagging, size: int, progress: Progress, *, quick: bool) -> list[Round]:
    seconds, rounds = (QUICK_SECONDS, QUICK_ROUNDS) if quick else (SECONDS, ROUNDS)
    progress.say(f"growth: flags on top of {size:,}")
    flag(CLIENTS, seconds, settle=lambda: until_triaged(s.admin))
    return [flag(CLIENTS, seconds, settle=lambda: until_triaged(s.admin)) for _ in range(rounds)]
