"""A small drawing of flags over time: the points of a line in a box of 96 by 20. Pure."""

from __future__ import annotations

from collections.abc import Sequence

WIDTH, HEIGHT = 96, 20


def points(counts: Sequence[int]) -> str:
    """The `points` of an SVG polyline through these counts, the greatest at the top, with room for its stroke."""
    highest = max(counts, default=0) or 1
    step = WIDTH / max(len(counts) - 1, 1)
    return " ".join(
        f"{place * step:.1f},{HEIGHT - 1 - count / highest * (HEIGHT - 2):.1f}" for place, count in enumerate(counts)
    )
