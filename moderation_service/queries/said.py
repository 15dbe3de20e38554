"""What readers said, put together: of a page of cases by reason and over time, of one case by part and quotation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.queries.worklist import COUNTED_MOST

STRETCHES = 24
QUOTATIONS_MOST = 100

# From a case's first flag to now, or to when it was closed, in equal stretches of time. Seconds are plain floats:
# `extract` gives exact decimals, which take some times longer to divide.
_BY_REASON_AND_TIME = text("""
SELECT cases.id AS case_id, told.reason, told.stretch, told.flags
FROM cases CROSS JOIN LATERAL (
    SELECT reason, stretch, count(*) AS flags
    FROM (
        SELECT reason, least(:stretches, width_bucket(
            date_part('epoch', received_at), date_part('epoch', min(received_at) OVER ()),
            date_part('epoch', coalesce(cases.closed_at, clock_timestamp())) + 1, :stretches)) AS stretch
        FROM (
            SELECT reason, received_at FROM flags WHERE flags.article_id = cases.article_id
                AND flags.case_id = cases.id AND flags.withdrawn_at IS NULL LIMIT :most
        ) AS counted
    ) AS placed
    GROUP BY reason, stretch
) AS told
WHERE cases.id = ANY (:cases)
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

# The flags are walked through once, whatever is counted. Who sent them is told by their voices, one of each reader:
# unless a worker has still to judge them, as after a flag was taken back; and a late one counts as long as its flag has
# not gone on into another case. `level` tells by which columns a row was grouped; by fewer it is added up here, since
# each further set hashes every flag again.
_OF_CASE = text("""
SELECT *, CASE WHEN EXISTS (SELECT FROM unsettled_cases WHERE case_id = :case) THEN (
    SELECT count(DISTINCT reporter) FROM flags
    WHERE article_id = :article AND case_id = :case AND withdrawn_at IS NULL
) ELSE (
    SELECT count(*) FROM voices WHERE case_id = :case AND standing <> 'withdrawn' AND (standing <> 'late' OR (
        SELECT true FROM flags WHERE flags.article_id = :article AND flags.reporter = voices.reporter
            AND flags.case_id = :case AND withdrawn_at IS NULL LIMIT 1
    ))
) END AS reporters FROM (
    SELECT part, reason, revision, quotation, count(*) AS flags, max(id) AS newest,
           count(*) FILTER (WHERE channel = 'legal') AS legal,
           grouping(reason, quotation) AS level,
           row_number() OVER (PARTITION BY grouping(reason, quotation) ORDER BY count(*) DESC) AS place
    FROM flags WHERE article_id = :article AND case_id = :case AND withdrawn_at IS NULL
    GROUP BY GROUPING SETS ((part, reason, revision), (part, quotation), ())
) AS counted
WHERE level <> 2 OR jsonb_typeof(quotation) = 'object' AND place <= :quotations
ORDER BY level, flags DESC
""")
_OF_REASONS, _OF_QUOTATION, _OF_ALL = 0b01, 0b10, 0b11


def said_of_cases(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By case: `reasons` with their flags, the most given first; `over_time`, flags in each of 24 stretches.

    The first 1,000 flags of a case are looked at.
    """
    reasons: dict[int, Counter[str]] = {case_id: Counter() for case_id in case_ids}
    over_time = {case_id: [0] * STRETCHES for case_id in case_ids}
    bound = {"cases": list(case_ids), "stretches": STRETCHES, "most": COUNTED_MOST}
    for row in session.execute(_BY_REASON_AND_TIME, bound):
        reasons[row.case_id][row.reason] += row.flags
        over_time[row.case_id][row.stretch - 1] += row.flags
    return {
        case_id: {"reasons": _most_given(given), "over_time": over_time[case_id]} for case_id, given in reasons.items()
    }


def _most_given(reasons: Counter[str]) -> list[dict[str, Any]]:
    ordered = sorted(reasons.items(), key=lambda given: (-given[1], given[0]))
    return [{"reason": reason, "flags": flags} for reason, flags in ordered]


def decided_before(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By case, where its article was decided about: the last decision, in whichever case, and how many there were."""
    rows = session.execute(_BEFORE, {"cases": list(case_ids)}).mappings()
    return {row["id"]: dict(row) for row in rows}


def said_of_case(session: Session, article_id: int, case_id: int) -> dict[str, Any]:
    """What the flags of one case say: `total`, `reporters`, how many are `legal` notices, `by_reason`, and `parts`.

    `newest` is the number of the last one, `revision` the one that most are about. By part of the article there are
    `reasons`, the most given first, and `quotations`, the words quoted, each with its flags; of quotations, the
    `QUOTATIONS_MOST` that most flags point at, in all. `quotations` beside them are those of no part.
    """
    bound = {"article": article_id, "case": case_id, "quotations": QUOTATIONS_MOST}
    rows = session.execute(_OF_CASE, bound).all()
    said = [row for row in rows if row.level == _OF_REASONS]
    quoted = [row for row in rows if row.level == _OF_QUOTATION]
    (in_all,) = (row for row in rows if row.level == _OF_ALL)
    return {
        "total": in_all.flags,
        "reporters": in_all.reporters,
        "legal": in_all.legal,
        "by_reason": {given["reason"]: {"flags": given["flags"]} for given in _most_given(_added_up(said, "reason"))},
        "newest": in_all.newest or 0,
        "revision": _most_flagged(_added_up(said, "revision")),
        "parts": {
            part: {
                "reasons": _most_given(_added_up([row for row in said if row.part == part], "reason")),
                "quotations": _quotations(row for row in quoted if row.part == part),
            }
            for part in sorted({row.part for row in said} - {None})
        },
        "quotations": _quotations(row for row in quoted if row.part is None),
    }


def _added_up(rows: Iterable[Any], column: str) -> Counter[Any]:
    """By what stands in a column, the flags of these rows."""
    counted: Counter[Any] = Counter()
    for row in rows:
        counted[getattr(row, column)] += row.flags
    return counted


def _most_flagged(revisions: Counter[int]) -> int | None:
    """The revision that most flags are about, of several the newest."""
    return max(revisions, key=lambda revision: (revisions[revision], revision), default=None)


def _quotations(rows: Iterable[Any]) -> list[dict[str, Any]]:
    return [row.quotation | {"flags": row.flags} for row in rows]
