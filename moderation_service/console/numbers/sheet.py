"""A figure as a table: what its columns are, and its rows as the file that people take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from moderation_service.csv_text import Cell, as_csv

Row = Mapping[str, Any]


class Kind(StrEnum):
    """What the values of a column are, and so how they are written."""

    MOMENT = "moment"
    TEXT = "text"
    WORD = "word"  # one of `figures.WORDS`, translated where it is shown
    COUNT = "count"
    SECONDS = "seconds"
    SHARE = "share"  # of 1


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `name` is its key in a row and its heading in the file.

    What is `drawn` makes the chart. What is `only_in_file` the page says in another way.
    """

    name: str
    label: str
    kind: Kind = Kind.COUNT
    drawn: bool = False
    only_in_file: bool = False

    @property
    def counts(self) -> bool:
        """Whether there is something in it as soon as something happened."""
        return self.kind is Kind.COUNT and not self.only_in_file

    @property
    def is_number(self) -> bool:
        """Whether its values are to stand under each other digit by digit."""
        return self.kind in {Kind.COUNT, Kind.SECONDS, Kind.SHARE}


def written(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """The table as CSV: moments as ISO 8601 in UTC, lengths of time in seconds, shares of 1; nothing where none is."""
    return as_csv([column.name for column in columns], [[_cell(row[c.name]) for c in columns] for row in rows])


def _cell(value: Any) -> Cell:
    return value.isoformat() if isinstance(value, datetime) else value
