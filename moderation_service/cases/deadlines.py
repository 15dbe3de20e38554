"""Deadlines that rules set: a case whose time is over goes before those that nothing presses."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.cases import arrivals
from moderation_service.triage.priority import Escalation

# Those that somebody is working on at this moment are left to the next look.
PRESS = text("""
UPDATE cases SET escalation = :lane, version = version + 1
WHERE id = ANY (ARRAY(
    SELECT id FROM cases WHERE state = 'open' AND deadline_at <= now() AND escalation < :lane
    ORDER BY id LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED
)) RETURNING id, version
""")


def press(session: Session) -> list[int]:
    """Put cases whose deadline has passed into the lane of rules, unless they are in a higher one; which they are."""
    pressed = session.execute(PRESS, {"lane": int(Escalation.RULE)}).all()
    detail = {"because": "deadline_passed"}
    arrivals.record_events(
        session, [arrivals.system_event(case.id, case.version, "escalated", detail) for case in pressed]
    )
    return [case.id for case in pressed]
