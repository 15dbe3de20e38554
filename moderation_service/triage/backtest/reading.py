"""Short reads of one site's past, each a statement of its own, so that no transaction is open while Python computes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from moderation_service.db import connection_parameters, driver_url

SLICE = timedelta(days=1)

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of one site's past, from `start` up to but not including `end`."""

    site_id: int
    start: datetime
    end: datetime

    def slices(self) -> Iterator[Period]:
        """The period day by day."""
        start = self.start
        while start < self.end:
            end = min(start + SLICE, self.end)
            yield Period(self.site_id, start, end)
            start = end


def connect(url: str) -> Connection:
    """A connection for reads of any size; they are planned anew each time, since their sizes differ widely."""
    return psycopg.connect(driver_url(url), autocommit=True, prepare_threshold=None, **connection_parameters())


def rows(
    connection: Connection, query: str, period: Period, parameters: dict[str, Any] | None = None
) -> Sequence[tuple[Any, ...]]:
    """What a query about the period answers."""
    where = {"site": period.site_id, "start": period.start, "end": period.end}
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(query.encode(), where | (parameters or {})).fetchall()
