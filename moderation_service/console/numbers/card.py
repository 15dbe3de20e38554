"""A figure with what was found, as its card on the page shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from moderation_service.console.numbers.figure import Figure, Found
from moderation_service.console.numbers.sheet import Column, Kind, Row


class Headline(NamedTuple):
    """A number that stands at the top, with that of the period before where there is one; `bars` are per cent."""

    label: str
    column: Column
    now: float | None
    before: float | None
    bars: list[float]


class Bar(NamedTuple):
    """The bar of a row; of a share also from where to where the true one lies. All in per cent of the longest."""

    length: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as it is shown; `found` is None where it took too long to count."""

    figure: Figure
    found: Found | None

    @property
    def columns(self) -> list[Column]:
        """Those of the table on the page."""
        return [column for column in self.figure.columns if not column.only_in_file]

    @property
    def drawn(self) -> list[Column]:
        """Those that make the chart."""
        return [column for column in self.figure.columns if column.drawn]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not any(row[column.name] for column in self.figure.columns if column.counts for row in self._rows)

    def headlines(self) -> Iterator[Headline]:
        """The numbers of this figure that stand at the top of the page."""
        total, before = (self.found.total, self.found.before) if self.found else ({}, {})
        for name, label in self.figure.headline.items():
            column = next(column for column in self.figure.columns if column.name == name)
            both = total.get(name), before.get(name)
            yield Headline(label, column, *both, _lengths(both))

    def bars(self) -> list[Bar | None]:
        """One for each row; that of the whole team would make the others short, and has none."""
        (column,) = self.drawn
        if column.kind is Kind.SHARE:
            return [Bar(*_lengths([row[column.name], row["low"], row["high"]], full=1)) for row in self._rows]
        values = [None if row.get("who") == "team" else row[column.name] for row in self._rows]
        lengths = zip(values, _lengths(values), strict=True)
        return [None if value is None else Bar(length) for value, length in lengths]

    @property
    def _rows(self) -> list[Row]:
        return list(self.found.rows) if self.found else []


def _lengths(values: Sequence[float | None], *, full: float | None = None) -> list[float]:
    """Each value as a part of `full` (None: of the greatest), in per cent."""
    whole = full or max((value or 0 for value in values), default=0) or 1
    return [round(100 * (value or 0) / whole, 2) for value in values]
