"""The places of some cases in the queue, each with the sentence that explains it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage import terms as site_terms
from moderation_service.triage.explain import RECORDS_NAMED, Place, Speakers, Why
from moderation_service.triage.order import Terms
from moderation_service.triage.priority import priority
from moderation_service.triage.voices import fresh

# So many of a case's voices are looked at; a story flagged by a hundred thousand is explained as fast as any other.
VOICES_MOST = 250

# All voices of all cases are joined in one go: who speaks in several of them is looked up once.
_PLACES = """
WITH speakers AS (
    SELECT case_id, kind, count(*) AS voices,
           (array_agg(ARRAY[upheld, upheld + rejected] ORDER BY weight DESC, upheld DESC)
            FILTER (WHERE kind = 'recorded'))[1 : :named] AS records
    FROM (
        SELECT voice.case_id, voice.weight, upheld, rejected, CASE
            WHEN muted IS NOT NULL THEN 'muted' WHEN trusted THEN 'trusted' WHEN upheld + rejected > 0 THEN 'recorded'
            WHEN {fresh} THEN 'fresh' ELSE 'new' END AS kind
        FROM unnest(CAST(:cases AS bigint[])) AS asked (case_id)
        CROSS JOIN LATERAL (
            SELECT * FROM voices
            WHERE voices.case_id = asked.case_id AND standing NOT IN ('withdrawn', 'late') LIMIT :most
        ) AS voice
        JOIN reporters ON reporters.reporter = voice.reporter
    ) AS speaker
    GROUP BY case_id, kind
)
SELECT cases.*, coalesce(told.counts, '{{}}') AS counts, told.records
FROM cases
LEFT JOIN (
    SELECT case_id, jsonb_object_agg(kind, voices) AS counts, max(records) AS records FROM speakers GROUP BY case_id
) AS told ON told.case_id = cases.id
WHERE cases.id = ANY (:cases)
"""
PLACES = text(_PLACES.format(fresh=fresh("account_since", "first_flag_at")))


def priorities(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By case, its `priority`, the place in the queue, and `why`, which says it in other languages than the API's."""
    rows = session.execute(PLACES, {"cases": list(case_ids), "most": VOICES_MOST, "named": RECORDS_NAMED}).all()
    terms = site_terms.in_force(session, {row.site_id for row in rows})
    whys = {row.id: _why(row, terms[row.site_id]) for row in rows}
    return {
        row.id: {
            "priority": priority(escalation=row.escalation, index=row.urgency, why=whys[row.id]),
            "why": whys[row.id],
        }
        for row in rows
    }


def _why(row: Any, terms: Terms) -> Why:
    records = [(upheld, decided) for upheld, decided in row.records or ()]
    looked_at = sum(row.counts.values())
    return Why(
        place=Place(
            weight=row.weight,
            voices=row.voices,
            chance=row.chance,
            severity=row.severity_set or row.severity,
            views=row.views,
            velocity=row.velocity,
            reach=row.reach,
            hidden=row.state == "open" and row.hidden_at is not None,
        ),
        speakers=Speakers(
            records=records, looked_at=looked_at if looked_at == VOICES_MOST < row.voices else None, **row.counts
        ),
        terms=terms,
    )
