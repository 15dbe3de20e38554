"""How often rules were right: of the cases they fired on, how many were taken down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.decisions.agreement import wilson
from moderation_service.queries.figures.period import Period

RULES_MOST = 50

# A case counts once, however many versions of a rule fired on it. The verdict is that of the decision in force today,
# looked up once for each case, not for each rule that fired on it.
_PRECISION = text("""
WITH fired AS MATERIALIZED (
    SELECT DISTINCT rule_id, mode, case_id FROM rule_firings
    WHERE rule_id IN (SELECT id FROM rules) AND fired_at >= :since AND fired_at < :until AND site_id = ANY (:sites)
),
verdicts AS (
    SELECT DISTINCT ON (case_id) case_id, action FROM decisions
    WHERE case_id IN (SELECT case_id FROM fired) ORDER BY case_id, id DESC
)
SELECT rules.name AS rule, sites.slug AS site, fired.mode, count(*) AS cases,
       count(*) FILTER (WHERE verdicts.action = 'takedown') AS takedowns,
       count(*) FILTER (WHERE verdicts.action = 'clear') AS clearances
FROM fired JOIN rules ON rules.id = fired.rule_id LEFT JOIN sites ON sites.id = rules.site_id
LEFT JOIN verdicts ON verdicts.case_id = fired.case_id
GROUP BY rules.id, sites.slug, fired.mode ORDER BY cases DESC, rules.position, rule, fired.mode LIMIT :most
""")


def rule_precision(session: Session, sites: Sequence[int], period: Period) -> list[dict[str, Any]]:
    """By `rule` (of a `site`, or of all) and `mode`: `cases` it fired on in the period, and what came of them.

    `precision` is the share of takedowns among those decided, as a backtest has it, and lies between `low` and `high`
    (95 %, Wilson); None where none is decided. Of the rules those `RULES_MOST` that fired on most cases.
    """
    bound = {"since": period.since, "until": period.until, "sites": list(sites), "most": RULES_MOST}
    return [dict(row) | _precision(**row) for row in session.execute(_PRECISION, bound).mappings()]


def _precision(takedowns: int, clearances: int, **_others: Any) -> dict[str, float | None]:
    decided = takedowns + clearances
    if not decided:
        return {"precision": None, "low": None, "high": None}
    low, high = wilson(takedowns, decided)
    return {"precision": takedowns / decided, "low": low, "high": high}
