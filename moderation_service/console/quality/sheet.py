"""The figures of the quality page as the lines of a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moderation_service.csv_text import Cell, as_csv
from moderation_service.decisions.agreement import Agreement

HEADER = ("of", "who or what", "cases", "agreed", "agreed in full")
INTERVALS = ("share", "share from", "share to", "kappa", "kappa from", "kappa to")


def written(found: dict[str, Any]) -> str:
    """All together, each moderator, each clause; shares are parts of 1."""
    return as_csv(HEADER + INTERVALS, _rows(found))


def _rows(found: dict[str, Any]) -> Iterator[list[Cell]]:
    yield ["all", "", *_figures(found["overall"])]
    for own in found["moderators"]:
        yield ["moderator", own["name"], *_figures(own["agreement"])]
    for own in found["clauses"]:
        yield ["clause", own["clause"], *_figures(own["agreement"])]


def _figures(found: Agreement) -> list[Cell]:
    nothing = (None, None)
    exact = (found.share, *(found.share_interval or nothing), found.kappa, *(found.kappa_interval or nothing))
    rounded = [None if value is None else round(value, 4) for value in exact]
    return [found.n, found.agreed, found.in_full, *rounded]
