"""The bars of the README: the share of each order by attack, with confidence intervals."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

from benchmarks.plot import GRID, INK, LINE
from benchmarks.queue_order.page import least_share
from benchmarks.queue_order.study import CASES, HIDING, ORDERS, Result
from benchmarks.queue_order.summary import share

COLORS = ("#d0d7de", "#afb8c1", "#8c959f", "#57606a", LINE, "#6cb0f5")
WIDTH = 0.8 / len(ORDERS)


def draw(results: Sequence[Result], path: Path) -> None:
    """Draw the means over all worlds; dotted lines mark what was aimed at."""
    matplotlib.use("svg")
    # The same numbers give the same file: nothing in it is drawn by lot or dated.
    matplotlib.rcParams.update({"svg.hashsalt": "moderation-service", "svg.fonttype": "none", "font.size": 11})
    from matplotlib import pyplot  # noqa: PLC0415  after the choice of what draws

    figure, axes = pyplot.subplots(figsize=(10, 4.2), layout="constrained")
    for place, (order, color) in enumerate(zip(ORDERS, COLORS, strict=True)):
        means = [share([r for r in results if r.case == case], order) for case in CASES]
        at = [n + (place - (len(ORDERS) - 1) / 2) * WIDTH for n in range(len(CASES))]
        label = order if order != HIDING else f"{order} (off by default)"
        axes.bar(at, [m.value for m in means], WIDTH * 0.92, color=color, label=label)
        gives = [m.give for m in means]
        axes.errorbar(at, [m.value for m in means], gives, fmt="none", ecolor=INK, elinewidth=1, capsize=2)
    for place, case in enumerate(CASES):
        axes.hlines(least_share(case), place - 0.45, place + 0.45, color=INK, linestyle=":", linewidth=1.2)
    axes.set_xticks(range(len(CASES)), [case.replace(" ", "\n", 1) for case in CASES])
    axes.set_ylim(0, 1)
    axes.set_ylabel("share of the clairvoyant's\nharm prevented", color=INK)
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper center", ncols=3, frameon=False)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
