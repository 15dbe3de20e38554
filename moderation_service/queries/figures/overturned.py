"""How many decisions did not stand: overturned by a colleague, or changed by who made them.

A decision counts in the step in which it was made, whenever it was superseded; by what says the same (the same action
on the same parts) it is not overturned.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from moderation_service.queries.figures.course import Course, read, statement
from moderation_service.queries.figures.period import Period

_OVERTURNED = statement(
    """SELECT decisions.decided_at AS at, later.moderator_id <> decisions.moderator_id AS by_another
        FROM decisions LEFT JOIN decisions later ON later.case_id = decisions.case_id
             AND later.supersedes_id = decisions.id
             AND (later.action <> decisions.action
                  OR NOT (later.parts @> decisions.parts AND later.parts <@ decisions.parts))
        WHERE {of_period}""",
    """count(*) AS decisions, count(*) FILTER (WHERE by_another) AS overturned,
       count(*) FILTER (WHERE NOT by_another) AS changed,
       count(*) FILTER (WHERE by_another)::float / count(*) AS overturned_share,
       count(*) FILTER (WHERE NOT by_another)::float / count(*) AS changed_share""",
)
_EMPTY = {"decisions": 0, "overturned": 0, "changed": 0, "overturned_share": None, "changed_share": None}


def overturned(session: Session, sites: Sequence[int], period: Period) -> Course:
    """`decisions`; those `overturned` by a colleague, and those `changed` by who made them; and the share of each."""
    return read(session, _OVERTURNED, period, sites, empty=_EMPTY)
