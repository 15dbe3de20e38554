"""Run the benchmarks: all of them, or those that are named.

python -m benchmarks [--quick] [intake latency triage queue takedown webhooks readers growth backtest desk figures]
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks import (
    backtest,
    desk,
    figures,
    growth,
    intake,
    latency,
    machine,
    readers,
    report,
    takedown,
    triage,
    webhooks,
    worklist,
)
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import interruptible, stand

Measure = Callable[..., Iterator[Number]]
BENCHMARKS: dict[str, Measure] = {
    "intake": intake.measure,
    "latency": latency.measure,
    "triage": triage.measure,
    "queue": worklist.measure,
    "takedown": takedown.measure,
    "webhooks": webhooks.measure,
    "readers": readers.measure,
    "growth": growth.measure,
    "backtest": backtest.measure,
    "desk": desk.measure,
    "figures": figures.measure,
}


def main() -> None:
    """Run, print the table, and keep it when all were run."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure what the service can do.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(BENCHMARKS)}; none: all")
    parser.add_argument("--quick", action="store_true", help="a short version, to see that it works")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    with interruptible():
        _run(asked.names or list(BENCHMARKS), quick=asked.quick, keep=not asked.names)


def _run(names: list[str], *, quick: bool, keep: bool) -> None:
    progress, numbers = Progress(), []
    with stand() as s:
        facts = machine.describe(s.admin)
    for name in names:
        for number in BENCHMARKS[name](progress, quick=quick):
            numbers.append(number)
            progress.say(f"{number.name}: {number.measured()}")
    progress.clear()
    if keep:
        report.write(numbers, facts, quick=quick)
    sys.stdout.write(report.page(numbers, facts, quick=quick))


if __name__ == "__main__":
    main()
