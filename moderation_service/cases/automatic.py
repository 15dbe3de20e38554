"""What rules change on cases: derived anew each time from the firings that hold, so taking one back restores the case.

All of it under the locks of the cases' sites (`triage.terms.lock`), which are taken before any case is locked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.cases.effects import Effect, lane_of, resolve
from moderation_service.policy.vocabulary import Role
from moderation_service.triage import judging, order
from moderation_service.triage.priority import Escalation
from moderation_service.triage.rules import firings

READ = text("""
SELECT id, (SELECT batch_now()) AS now, version, escalation, escalated_by_hand, escalation_before, queue,
       severity, severity_set, chance, reach, urgency, needs_role, needs_second, deadline_at,
       hidden_at IS NOT NULL AS hidden
FROM cases WHERE id = ANY (:cases) AND state = 'open' ORDER BY id FOR NO KEY UPDATE
""")

WRITE = text("""
UPDATE cases SET escalation = wanted.escalation, queue = wanted.queue, severity_set = wanted.severity,
                 urgency = wanted.urgency, needs_role = wanted.role, needs_second = wanted.second,
                 deadline_at = wanted.deadline, version = version + 1
FROM unnest(CAST(:ids AS bigint[]), CAST(:escalations AS int[]), CAST(:queues AS text[]),
            CAST(:severities AS smallint[]), CAST(:urgencies AS float8[]), CAST(:roles AS text[]),
            CAST(:seconds AS bool[]), CAST(:deadlines AS timestamptz[]))
    AS wanted (id, escalation, queue, severity, urgency, role, second, deadline)
WHERE cases.id = wanted.id
""")

# Whoever may not decide a case any more does not hold it any longer.
DROP_CLAIMS = text("""
DELETE FROM claims USING cases
WHERE cases.id = claims.case_id AND cases.id = ANY (:cases) AND NOT EXISTS (
    SELECT FROM memberships WHERE memberships.moderator_id = claims.moderator_id AND role IN ('senior', 'admin')
    AND (memberships.site_id IS NULL OR memberships.site_id = cases.site_id))
""")

# Only what a person cleared on this very revision, and nobody decided otherwise since, can be repeated: no rule answers
# for a text that no person has read. And nobody's work is closed under his hands.
KEEPS_OPEN = text("""
SELECT id, CASE
    WHEN escalated_by_hand THEN 'a person escalated the case'
    WHEN hidden_at IS NOT NULL THEN 'the case hides its article'
    WHEN EXISTS (SELECT FROM claims WHERE claims.case_id = cases.id AND claims.expires_at > now())
        THEN 'somebody holds the case'
    WHEN EXISTS (SELECT FROM proposals WHERE proposals.case_id = cases.id)
        THEN 'a verdict on the case waits for a second person'
    WHEN (SELECT decisions.action = 'clear' AND earlier.decided_revision >= articles.current_revision
          FROM decisions JOIN cases earlier ON earlier.id = decisions.case_id
          JOIN articles ON articles.id = decisions.article_id
          WHERE decisions.article_id = cases.article_id AND earlier.state = 'closed' AND earlier.closed_as IS NULL
          ORDER BY decisions.id DESC LIMIT 1) IS NOT TRUE
        THEN 'no person has cleared what the article says now'
END AS because
FROM cases WHERE id = ANY (:cases)
""")
CLOSE = text("""
UPDATE cases SET state = 'closed', closed_as = 'repeat', closed_at = now(), version = version + 1
WHERE id = ANY (:cases)
""")

# In the order in which a decision locks them: the case, then its article. Whoever opens a case holds the article's key.
LOCK_CLOSED = text("""
SELECT id FROM cases WHERE id = ANY (:cases) AND state = 'closed' AND closed_as = 'repeat' ORDER BY id
FOR NO KEY UPDATE
""")
LOCK_ARTICLES = text("""
SELECT id FROM articles WHERE id IN (SELECT article_id FROM cases WHERE id = ANY (:cases)) ORDER BY id FOR UPDATE
""")
# Those whose article has an open case all the same, and that one.
OUTRUN = text("""
SELECT closed.id, closed.version, newer.id AS newer FROM cases closed
JOIN cases newer ON newer.article_id = closed.article_id AND newer.state = 'open'
WHERE closed.id = ANY (:cases) AND closed.state = 'closed' AND closed.closed_as = 'repeat' ORDER BY closed.id
""")
REOPEN = text("""
UPDATE cases SET state = 'open', closed_as = NULL, closed_at = NULL, version = version + 1
WHERE id IN (SELECT DISTINCT ON (article_id) id FROM cases WHERE id = ANY (:cases) ORDER BY article_id, id DESC)
  AND NOT EXISTS (SELECT FROM cases newer WHERE newer.article_id = cases.article_id AND newer.state = 'open')
RETURNING id
""")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What holds on a case now, and the version that it led to; `raised` is into a higher lane than before.

    `kept_open` says why a case is not closed that a rule wants closed.
    """

    case_id: int
    version: int
    effect: Effect
    raised: bool
    closed: bool
    hidden: bool
    kept_open: str | None


def apply(session: Session, case_ids: Collection[int]) -> list[Outcome]:
    """Bring those of these cases that are open to what the rules ask of them together; what holds on each.

    A lane that no rule gave stays: what a person put a case into, what it had before there were rules, what its
    deadline or its having been hidden too long came to.
    """
    cases = session.execute(READ, {"cases": list(case_ids)}).all()
    acting = firings.acting(session, [case.id for case in cases])
    wanted = [(case, effect, _columns(case, effect)) for case in cases for effect in [resolve(acting.get(case.id, ()))]]
    changed = [(case, columns) for case, _, columns in wanted if columns != _present(case)]
    _write(session, changed)
    kept_open = _close(session, [case.id for case, effect, _ in wanted if effect.closes])
    closed = {case_id for case_id, because in kept_open.items() if because is None}
    moved = {case.id for case, _ in changed}
    return [
        Outcome(
            case_id=case.id,
            version=case.version + (case.id in moved) + (case.id in closed),
            effect=effect,
            raised=columns["escalations"] > case.escalation,
            closed=case.id in closed,
            hidden=case.hidden,
            kept_open=kept_open.get(case.id),
        )
        for case, effect, columns in wanted
    ]


def reopen(session: Session, case_ids: Collection[int]) -> list[int]:
    """Open those of these cases again that were closed as repeats; which those were.

    One whose article has an open case stays closed; of several of one article only the newest is opened. What of the
    others (see `outrun`) was said there has to be heard in the open one.
    """
    closed = session.scalars(LOCK_CLOSED, {"cases": list(case_ids)}).all()
    if not closed:
        return []
    session.execute(LOCK_ARTICLES, {"cases": closed})
    return sorted(session.scalars(REOPEN, {"cases": closed}))


def outrun(session: Session, case_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Those of these cases that are closed as repeats while their article has an open case: their version, and which.

    After `reopen`, which locks them.
    """
    return {row.id: (row.version, row.newer) for row in session.execute(OUTRUN, {"cases": list(case_ids)})}


def _columns(case: Any, effect: Effect) -> dict[str, Any]:
    """What a case's columns should say."""
    too_long = case.escalation == Escalation.HIDDEN_TOO_LONG
    severity = effect.severity or case.severity
    same = severity == (case.severity_set or case.severity)
    return {
        "escalations": case.escalation if too_long else int(lane_of(case, effect, now=case.now)),
        "queues": effect.queue,
        "severities": effect.severity,
        "urgencies": case.urgency if same else order.index(case.chance, severity, case.reach, hidden=case.hidden),
        "roles": Role.SENIOR.value if case.escalated_by_hand else effect.needs_role.value,
        "seconds": effect.needs_second,
        "deadlines": effect.deadline_at,
    }


def _present(case: Any) -> dict[str, Any]:
    """What they say."""
    return {
        "escalations": case.escalation,
        "queues": case.queue,
        "severities": case.severity_set,
        "urgencies": case.urgency,
        "roles": case.needs_role,
        "seconds": case.needs_second,
        "deadlines": case.deadline_at,
    }


def _write(session: Session, changed: Sequence[tuple[Any, dict[str, Any]]]) -> None:
    if not changed:
        return
    parameters = {name: [columns[name] for _, columns in changed] for name in changed[0][1]}
    session.execute(WRITE, {"ids": [case.id for case, _ in changed], **parameters})
    raised = [case.id for case, columns in changed if columns["roles"] == Role.SENIOR != case.needs_role]
    if raised:
        session.execute(DROP_CLAIMS, {"cases": raised})


def _close(session: Session, case_ids: Sequence[int]) -> dict[int, str | None]:
    """Close these cases, which are locked, as repeats; by case, why one stays open, None where it was closed."""
    if not case_ids:
        return {}
    found = {row.id: row.because for row in session.execute(KEEPS_OPEN, {"cases": list(case_ids)})}
    closed = sorted(case_id for case_id, because in found.items() if because is None)
    session.execute(CLOSE, {"cases": closed})
    for case_id in closed:
        judging.note(session, case_id)
    return found
