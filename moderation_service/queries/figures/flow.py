"""How many flags came and how many decisions were made.

A flag counts when it was received, also if its reader took it back later. Every decision counts, those too that
supersede others.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.queries.figures.course import Course
from moderation_service.queries.figures.period import Period

# A walk along an index for each step: of a million flags no row is read, and none is sorted into its step.
_FLOW = text("""
SELECT step.at,
       (SELECT count(*) FROM flags WHERE site_id = ANY (:sites)
        AND received_at >= step.at AND received_at < step.until) AS flags,
       (SELECT count(*) FROM decisions WHERE site_id = ANY (:sites)
        AND decided_at >= step.at AND decided_at < step.until) AS decisions
FROM unnest(CAST(:starts AS timestamptz[]), CAST(:ends AS timestamptz[])) AS step (at, until) ORDER BY step.at
""")


def flow(session: Session, sites: Sequence[int], period: Period) -> Course:
    """`flags` and `decisions`, counted."""
    bounds = list(pairwise([period.before, *period.starts, period.until]))
    bound = {"sites": list(sites), "starts": [at for at, _ in bounds], "ends": [until for _, until in bounds]}
    before, *steps = [dict(row) for row in session.execute(_FLOW, bound).mappings()]
    total = {name: sum(step[name] for step in steps) for name in ("flags", "decisions")}
    return Course(steps, total, before)
