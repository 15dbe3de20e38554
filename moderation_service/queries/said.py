"""What readers said, put together: of a page of cases by reason and over time, of one case by part and quotation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.queries.worklist import COUNTED_MOST

STRETCHES = 24
QUOTATIONS_MOST = 100

# From a case's first flag to now, or to when it was closed, in equal stretches of time.
_BY_REASON_AND_TIME = text("""
WITH counted AS (
    SELECT cases.id AS case_id, flags.reason, flags.reporter, least(:stretches, width_bucket(
        extract(epoch FROM flags.received_at), extract(epoch FROM min(flags.received_at) OVER case_flags),
        extract(epoch FROM coalesce(cases.closed_at, clock_timestamp())) + 1, :stretches)) AS stretch
    FROM cases CROSS JOIN LATERAL (
        SELECT reason, reporter, received_at FROM flags WHERE flags.article_id = cases.article_id
            AND flags.case_id = cases.id AND flags.withdrawn_at IS NULL LIMIT :most
    ) AS flags
    WHERE cases.id = ANY (:cases) WINDOW case_flags AS (PARTITION BY cases.id)
)
SELECT case_id, reason, stretch, count(*) AS flags, count(DISTINCT reporter) AS readers
FROM counted GROUP BY GROUPING SETS ((case_id, reason), (case_id, stretch)) ORDER BY flags DESC, reason
""")

_BEFORE = text("""
SELECT cases.id, made.action, cardinality(made.parts) AS parts, made.decided_at, made.times
FROM cases CROSS JOIN LATERAL (
    SELECT *, count(*) OVER () AS times
    FROM (SELECT * FROM decisions WHERE decisions.article_id = cases.article_id ORDER BY id DESC LIMIT 100) AS latest
    ORDER BY latest.id DESC LIMIT 1
) AS made
WHERE cases.id = ANY (:cases)
""")

_OF_PARTS = text("""
SELECT part, reason, quotation, grouping(reason) AS of_quotation, count(*) AS flags, count(DISTINCT reporter) AS readers
FROM flags
WHERE article_id = :article AND case_id = :case AND withdrawn_at IS NULL AND part IS NOT NULL
GROUP BY GROUPING SETS ((part, reason), (part, quotation)) ORDER BY flags DESC, reason
""")


def said_of_cases(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By case: `reasons` with flags and readers, the most given first; `over_time`, flags in each of 24 stretches.

    The first 1,000 flags of a case are looked at.
    """
    said: dict[int, dict[str, Any]] = {case_id: {"reasons": [], "over_time": [0] * STRETCHES} for case_id in case_ids}
    bound = {"cases": list(case_ids), "stretches": STRETCHES, "most": COUNTED_MOST}
    for row in session.execute(_BY_REASON_AND_TIME, bound):
        if row.reason is None:
            said[row.case_id]["over_time"][row.stretch - 1] = row.flags
        else:
            said[row.case_id]["reasons"].append({"reason": row.reason, "flags": row.flags, "readers": row.readers})
    return said


def decided_before(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By case, where its article was decided about: the last decision, in whichever case, and how many there were."""
    rows = session.execute(_BEFORE, {"cases": list(case_ids)}).mappings()
    return {row["id"]: dict(row) for row in rows}


def said_of_parts(session: Session, article_id: int, case_id: int) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """By part of the article: `reasons` as above, and `quotations`, the words quoted, each with its flags.

    Of quotations, the `QUOTATIONS_MOST` that most flags point at.
    """
    said: dict[str, dict[str, list[dict[str, Any]]]] = {}
    quoted = 0
    for row in session.execute(_OF_PARTS, {"article": article_id, "case": case_id}):
        part = said.setdefault(row.part, {"reasons": [], "quotations": []})
        counts = {"flags": row.flags, "readers": row.readers}
        if not row.of_quotation:
            part["reasons"].append({"reason": row.reason} | counts)
        elif row.quotation is not None and quoted < QUOTATIONS_MOST:
            quoted += 1
            part["quotations"].append(row.quotation | counts)
    return said
