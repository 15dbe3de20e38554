"""How long a bar is. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def lengths(values: Sequence[float | None], *, full: float | None = None) -> list[float]:
    """Each value as a part of `full` (None: of the greatest), in per cent."""
    whole = full or max((value or 0 for value in values), default=0) or 1
    return [round(100 * (value or 0) / whole, 2) for value in values]
