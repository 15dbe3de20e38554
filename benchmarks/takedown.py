"""From a decision to its takedown read back from the built-in store, with workers that have nothing else to do."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psycopg

from benchmarks.deciding import deciding, open_cases
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.seed import one
from benchmarks.stand import serving, stand, working
from benchmarks.statistic import percentile

DECISIONS, QUICK_DECISIONS = 100, 15
PATIENCE = 30.0  # seconds

APPLIED = """
SELECT count(*) FROM enforcement_orders JOIN cases USING (article_id)
WHERE cases.id = %s AND enforcement_orders.state = 'applied'
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Seconds from sending the decision to the order's being applied, which means read back."""
    decisions = QUICK_DECISIONS if quick else DECISIONS
    with stand() as s:
        cases = open_cases(s, decisions)
        with (
            serving(s, "api", "moderation_service.api.server") as port,
            working(s),
            deciding(s, port) as decider,
        ):
            times = []
            for number, case_id in enumerate(cases):
                progress.say(f"takedown: {number + 1} of {decisions}")
                started = decider.take_down(case_id)
                _until_applied(s.admin, case_id, started)
                times.append(time.perf_counter() - started)
                decider.pause()
    yield Number(
        name="decision to read-back, p95",
        value=percentile(times[1:], 95) * 1000,
        unit="ms",
        at_most=250.0,
        note=f"p50 {percentile(times[1:], 50) * 1000:.0f} ms, most {max(times[1:]) * 1000:.0f} ms; "
        f"built-in store, idle worker, {len(times) - 1} decisions",
    )


def _until_applied(admin: psycopg.Connection, case_id: int, started: float) -> None:
    while not one(admin, APPLIED, case_id):
        if time.perf_counter() - started > PATIENCE:
            raise TimeoutError(f"the decision on case {case_id} is not applied after {PATIENCE:g} s")
        time.sleep(0.002)
