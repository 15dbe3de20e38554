"""A small drawing of counts over days: two series as stacked bars in a box of 600 by 90. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 600, 90


class Rect(NamedTuple):
    """A rectangle of the drawing."""

    x: float
    y: float
    width: float
    height: float


def stacked(days: Sequence[tuple[int, int]]) -> list[tuple[Rect, Rect]]:
    """For each day its two counts, the second standing on the first; the highest day fills the box."""
    highest = max((lower + upper for lower, upper in days), default=0) or 1
    step = WIDTH / max(len(days), 1)
    return [
        _bar(place * step, step * 0.8, lower / highest, upper / highest) for place, (lower, upper) in enumerate(days)
    ]


def _bar(x: float, width: float, lower: float, upper: float) -> tuple[Rect, Rect]:
    first, second = round(lower * HEIGHT, 1), round(upper * HEIGHT, 1)
    x, width = round(x, 1), round(width, 1)
    return Rect(x, HEIGHT - first, width, first), Rect(x, round(HEIGHT - first - second, 1), width, second)
