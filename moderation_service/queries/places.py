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

# So many of a case's voices are looked at; a story flagged by a hundred thousand is explained as fast as any other.
VOICES_MOST = 1000

PLACES = text("""
SELECT cases.*, speakers.recorded, speakers.new, speakers.fresh, speakers.trusted, speakers.muted, speakers.records
FROM cases
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE kind = 'recorded') AS recorded, count(*) FILTER (WHERE kind = 'new') AS new,
           count(*) FILTER (WHERE kind = 'fresh') AS fresh, count(*) FILTER (WHERE kind = 'trusted') AS trusted,
           count(*) FILTER (WHERE kind = 'muted') AS muted,
           (array_agg(ARRAY[upheld, upheld + rejected] ORDER BY weight DESC, upheld DESC)
            FILTER (WHERE kind = 'recorded'))[1 : :named] AS records
    FROM (
        SELECT voice.weight, upheld, rejected, CASE
            WHEN muted IS NOT NULL THEN 'muted' WHEN trusted THEN 'trusted' WHEN upheld + rejected > 0 THEN 'recorded'
            WHEN account_since > first_flag_at - interval '24 hours' THEN 'fresh' ELSE 'new' END AS kind
        FROM (SELECT * FROM voices
              WHERE voices.case_id = cases.id AND standing NOT IN ('withdrawn', 'late') LIMIT :most) AS voice
        JOIN reporters ON reporters.reporter = voice.reporter
    ) AS speaker
) AS speakers
WHERE cases.id = ANY (:cases)
""")


def priorities(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """By case, its `priority`, the place in the queue, and `why`, which says it in other languages than the API's."""
    rows = session.execute(PLACES, {"cases": case_ids, "most": VOICES_MOST, "named": RECORDS_NAMED}).all()
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
        speakers=Speakers(row.recorded, records, row.new, row.fresh, row.trusted, row.muted),
        terms=terms,
    )
