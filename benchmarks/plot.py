"""The curve of the README: CPU per flag against the number of flags stored."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

INK, LINE, GRID = "#1b1f23", "#0b6bcb", "#d8dee4"


def cost_per_flag(curve: Mapping[int, Sequence[float]], path: Path) -> None:
    """Draw the medians, in milliseconds by number of stored flags, with bars from the least to the greatest."""
    matplotlib.use("svg")
    # The same numbers give the same file: nothing in it is drawn by lot or dated.
    matplotlib.rcParams.update({"svg.hashsalt": "moderation-service", "svg.fonttype": "none", "font.size": 11})
    from matplotlib import pyplot  # noqa: PLC0415  after the choice of what draws

    sizes = list(curve)
    medians = [statistics.median(costs) for costs in curve.values()]
    below = [middle - min(costs) for middle, costs in zip(medians, curve.values(), strict=True)]
    above = [max(costs) - middle for middle, costs in zip(medians, curve.values(), strict=True)]
    figure, axes = pyplot.subplots(figsize=(7, 3.6), layout="constrained")
    axes.errorbar(sizes, medians, yerr=(below, above), color=LINE, marker="o", linewidth=2, capsize=4)
    for size, middle in zip(sizes, medians, strict=True):
        axes.annotate(f"{middle:.2f}", (size, middle), textcoords="offset points", xytext=(10, 6), ha="left")
    axes.set_xscale("log")
    axes.set_xticks(sizes, [_short(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlim(sizes[0] / 1.5, sizes[-1] * 2)
    axes.set_ylim(0, max(map(max, curve.values())) * 1.35)
    axes.set_xlabel("flags stored", color=INK)
    axes.set_ylabel("CPU per accepted flag, ms", color=INK)
    axes.grid(axis="y", color=GRID)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(exist_ok=True)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def _short(size: int) -> str:
    return f"{size // 1_000_000} million" if size >= 1_000_000 else f"{size:,}"
