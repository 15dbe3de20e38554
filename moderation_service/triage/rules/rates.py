"""How often a rule fired, hour by hour or day by day, live and in shadow.

Firings are counted, not what came of them: an action that was refused (see `deeds`) counts like one that was done.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import text
from sqlalchemy.orm import Session


class Step(StrEnum):
    """How long each bar of a rate is."""

    HOUR = "hour"
    DAY = "day"


MOST_BARS = 366


@dataclass(frozen=True, slots=True)
class Bar:
    """How often a rule fired from `at` until the next bar; days and hours are those of UTC."""

    at: datetime
    live: int
    shadow: int


# The bounds stand in both, so that the index on rule and time is walked no further than the first bar.
_FIRED = text("""
SELECT bar.at, count(fired.id) FILTER (WHERE fired.mode = 'live') AS live,
       count(fired.id) FILTER (WHERE fired.mode = 'shadow') AS shadow
FROM generate_series(date_trunc(:step, now()) - (:bars - 1) * CAST('1 ' || :step AS interval),
                     date_trunc(:step, now()), CAST('1 ' || :step AS interval)) AS bar (at)
LEFT JOIN (
    SELECT id, mode, date_trunc(:step, fired_at) AS at FROM rule_firings
    WHERE rule_id = :rule_id AND fired_at >= date_trunc(:step, now()) - (:bars - 1) * CAST('1 ' || :step AS interval)
    AND (CAST(:sites AS int[]) IS NULL OR site_id = ANY (:sites))
) AS fired ON fired.at = bar.at
GROUP BY bar.at ORDER BY bar.at
""")


def rate(
    session: Session, rule_id: int, *, step: Step = Step.HOUR, bars: int = 24, sites: Collection[int] | None = None
) -> list[Bar]:
    """The last `bars` hours or days up to now, oldest first, quiet ones too; on these sites, or (None) on all."""
    wanted = {"rule_id": rule_id, "step": step.value, "bars": bars, "sites": None if sites is None else list(sites)}
    return [Bar(row.at, row.live, row.shadow) for row in session.execute(_FIRED, wanted)]
