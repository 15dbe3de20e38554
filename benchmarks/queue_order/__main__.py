"""Compare orders of the queue in invented worlds.

python -m benchmarks.queue_order [--quick] [--seeds N]
"""

from __future__ import annotations

import argparse
import sys

from benchmarks.progress import Progress
from benchmarks.queue_order import page, plot, study
from benchmarks.queue_order.settings import SETTINGS
from benchmarks.report import RESULTS

SEEDS, QUICK_SEEDS = 10, 3


def main() -> None:
    """Run, print the page, and keep it with its plot; a quick run keeps nothing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue_order", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few seeds, to see that it works; keeps nothing")
    parser.add_argument("--seeds", type=int, metavar="N", help=f"how many worlds of each kind (else {SEEDS})")
    asked = parser.parse_args()
    if asked.seeds is not None and not 2 <= asked.seeds < study.TUNED_ON.start:
        parser.error(f"between 2 seeds, for there to be an interval, and {study.TUNED_ON.start - 1}")
    count = asked.seeds or (QUICK_SEEDS if asked.quick else SEEDS)
    _run(range(1, count + 1), quick=asked.quick)


def _run(seeds: range, *, quick: bool) -> None:
    progress, results = Progress(), []
    for done, some in enumerate(study.run(seeds), start=1):
        results += some
        progress.say(f"{done} of {len(seeds) * len(SETTINGS)} sites worked through")
    progress.clear()
    written = page.page(results, seeds=seeds, quick=quick)
    if not quick:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "queue_order.md").write_text(written, encoding="utf-8")
        plot.draw(results, RESULTS / "queue_order.svg")
    sys.stdout.write(written)


if __name__ == "__main__":
    main()
