"""What became of the cases of a period, and what the live rules did in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation_service.triage.backtest.reading import Connection, Period, rows

AT_ONCE = 5_000  # cases that one statement looks up

FATES = """
SELECT cases.id, cases.opened_at, coalesce(articles.external_id, articles.url),
       coalesce(last.action, CASE WHEN cases.closed_at < %(end)s THEN 'no verdict' ELSE 'open' END)
FROM cases JOIN articles ON articles.id = cases.article_id
LEFT JOIN LATERAL (
    SELECT action FROM decisions
    WHERE decisions.case_id = cases.id AND decided_at < %(end)s ORDER BY id DESC LIMIT 1
) AS last ON true
WHERE cases.id = ANY (%(cases)s)
"""

LIVE = """
SELECT case_id, fired_at, actions FROM rule_firings
WHERE rule_id IN (SELECT id FROM rules) AND site_id = %(site)s AND mode = 'live'
  AND fired_at >= %(start)s AND fired_at < %(end)s
ORDER BY fired_at, id
"""


@dataclass(frozen=True, slots=True)
class Fate:
    """A case as it stood at the end of the period; `verdict` is takedown, clear, open, or no verdict (of a person)."""

    opened_at: datetime
    article: str
    verdict: str


@dataclass(frozen=True, slots=True)
class LiveFiring:
    """What a live rule asked for on a case; a firing counts, whether or not each of its actions could be done."""

    case_id: int
    at: datetime
    actions: Sequence[dict[str, Any]]


def fates(connection: Connection, period: Period, case_ids: Sequence[int]) -> Iterator[dict[int, Fate]]:
    """Part by part, by case, what became of it by the end of the period."""
    for start in range(0, len(case_ids), AT_ONCE):
        found = rows(connection, FATES, period, {"cases": case_ids[start : start + AT_ONCE]})
        yield {case_id: Fate(opened_at, article, verdict) for case_id, opened_at, article, verdict in found}


def live_firings(connection: Connection, period: Period) -> list[LiveFiring]:
    """What the live rules did in the period, in its order; what was taken back later was done all the same."""
    return [LiveFiring(*row) for row in rows(connection, LIVE, period)]
