"""What rules did: how often and how rightly of late, on which cases, and what taking it back would undo."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

DAYS = 30
JUDGED_MOST = 1000  # cases of a rule whose verdicts are looked up
_SINCE = "fired_at >= date_trunc('day', now(), 'UTC') - (:days - 1) * interval '1 day'"
_HERE = "(CAST(:sites AS int[]) IS NULL OR site_id = ANY (:sites))"

_BY_DAY = text(f"""
SELECT rule_id, count(*) AS times,
       extract(day FROM date_trunc('day', now(), 'UTC') - date_trunc('day', fired_at, 'UTC'))::int AS ago
FROM rule_firings WHERE rule_id = ANY (:rules) AND {_SINCE} AND {_HERE}
GROUP BY rule_id, ago
""")  # noqa: S608  (put together of our own fragments)

_JUDGED = text(f"""
SELECT rules.id, count(verdict.action) AS decided, count(*) FILTER (WHERE verdict.action = 'takedown') AS upheld
FROM unnest(CAST(:rules AS int[])) AS rules (id)
CROSS JOIN LATERAL (
    SELECT DISTINCT case_id FROM (
        SELECT case_id FROM rule_firings WHERE rule_id = rules.id AND {_SINCE} AND {_HERE}
        ORDER BY fired_at DESC LIMIT :most) AS newest
) AS touched
LEFT JOIN LATERAL (
    SELECT action FROM decisions WHERE decisions.case_id = touched.case_id ORDER BY id DESC LIMIT 1
) AS verdict ON true
GROUP BY rules.id
""")  # noqa: S608  (put together of our own fragments)

_UNDONE = text("""
SELECT count(*) AS firings,
       count(*) FILTER (WHERE cases.state = 'open' OR cases.closed_as = 'repeat') AS cases,
       (SELECT count(*) FROM reporters WHERE muted = 'asked' AND muted_by_version = :version) AS muted
FROM rule_firings JOIN cases ON cases.id = rule_firings.case_id
WHERE version_id = :version AND mode = 'live' AND reverted_at IS NULL
""")


def rule_records(
    session: Session, rule_ids: Sequence[int], *, sites: Collection[int] | None
) -> dict[int, dict[str, Any]]:
    """By rule, its last 30 days (of UTC) on these sites (None: on all), live and shadow alike.

    `days` are firings a day, oldest first; of the cases it fired on, at most the newest 1,000, `decided` counts those
    with a verdict and `upheld` those that were taken down.
    """
    bound = {"rules": list(rule_ids), "days": DAYS, "sites": None if sites is None else list(sites)}
    records: dict[int, dict[str, Any]] = {
        rule_id: {"days": [0] * DAYS, "decided": 0, "upheld": 0} for rule_id in rule_ids
    }
    for row in session.execute(_BY_DAY, bound):
        records[row.rule_id]["days"][DAYS - 1 - row.ago] = row.times
    for row in session.execute(_JUDGED, bound | {"most": JUDGED_MOST}):
        records[row.id] |= {"decided": row.decided, "upheld": row.upheld}
    return records


def to_take_back(session: Session, version_id: int) -> dict[str, int]:
    """What taking a version back would undo: its firings, on how many undecided cases, and readers it muted."""
    return dict(session.execute(_UNDONE, {"version": version_id}).mappings().one())
