"""The circuit breaker: a rule that was changed lately and touches far more cases than anybody meant stops acting.

Not one that puts cases into the lane of danger to life: a reader who says that somebody may die is never one too many.
On a day of many such flags they have to be looked at one by one, and a breaker that trips would be the way to hide one
true warning behind twenty false ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage.rules.actions import Action, Escalate
from moderation_service.triage.rules.in_force import InForce

NEW_FOR = timedelta(hours=24)
ALWAYS_ALLOWED = 20  # cases
ONE_IN = 20  # of all cases that there were since the change: 5 %

TOUCHED = text("SELECT count(*) FROM rule_firings WHERE version_id = :version AND mode = 'live'")

# Counted no further than the answer depends on: a site may have very many cases.
CASES = text("""
SELECT count(*) FROM (
    (SELECT FROM cases WHERE state = 'open' AND (CAST(:site AS int) IS NULL OR site_id = :site)
     LIMIT :enough)
    UNION ALL
    (SELECT FROM cases WHERE state = 'closed' AND closed_at >= :since
     AND (CAST(:site AS int) IS NULL OR site_id = :site) LIMIT :enough)
) AS counted
""")


def trips(session: Session, rule: InForce, *, more: int, now: datetime) -> str | None:
    """Why a live version must not touch that many more cases; None when it may.

    It trips within a day of the version's making, when that touches more than 20 cases and more than 5 % of those in
    its scope that are open or were closed since; never when it is about danger to life.
    """
    if now - rule.changed_at >= NEW_FOR or any(map(_warns_of_danger, rule.rule.actions)):
        return None
    touched = session.execute(TOUCHED, {"version": rule.version_id}).scalar_one() + more
    if touched <= ALWAYS_ALLOWED:
        return None
    enough = touched * ONE_IN
    cases = session.execute(CASES, {"site": rule.site_id, "since": rule.changed_at, "enough": enough}).scalar_one()
    if cases >= enough:
        return None
    return f"It would touch {touched} of {cases} cases within a day of its last change: more than 20 and more than 5 %"


def _warns_of_danger(action: Action) -> bool:
    return isinstance(action, Escalate) and action.lane == "danger_to_life"
