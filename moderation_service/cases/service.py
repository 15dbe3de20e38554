"""Cases: opened for flags, escalated, closed by a decision; and their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.errors import Conflict, NotFound
from moderation_service.intake.service import FlaggedArticle
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.priority import Escalation

# Locked in one order, before anything else is read: a decision being made on one of these cases ends first.
LOCK_OPEN = text("""
SELECT article_id, version FROM cases WHERE state = 'open' AND article_id = ANY (:articles) ORDER BY id FOR UPDATE
""")

NEWEST_CLOSED = text("""
SELECT DISTINCT ON (article_id) article_id, id, reasons, decided_revision
FROM cases WHERE state = 'closed' AND article_id = ANY (:articles)
ORDER BY article_id, id DESC
""")

OPEN = text("""
INSERT INTO cases (site_id, article_id, severity, reasons)
SELECT site_id, article_id, severity, string_to_array(reasons, ' ')
FROM unnest(CAST(:sites AS int[]), CAST(:articles AS bigint[]), CAST(:severities AS smallint[]),
            CAST(:reasons AS text[])) AS flagged (site_id, article_id, severity, reasons)
ORDER BY article_id
ON CONFLICT (article_id) WHERE state = 'open' DO UPDATE SET
    severity = greatest(cases.severity, excluded.severity),
    reasons = ARRAY(SELECT DISTINCT unnest(cases.reasons || excluded.reasons) ORDER BY 1),
    version = cases.version + (NOT excluded.reasons <@ cases.reasons)::int
RETURNING id, article_id, version, reasons, xmax = 0 AS is_new
""")

ESCALATE = text("""
UPDATE cases SET escalation = wanted.escalation, version = cases.version + 1
FROM unnest(CAST(:cases AS bigint[]), CAST(:escalations AS int[])) AS wanted (id, escalation)
WHERE cases.id = wanted.id AND cases.state = 'open' AND cases.escalation < wanted.escalation
RETURNING cases.id, cases.version, cases.escalation
""")


@dataclass(frozen=True, slots=True)
class Touched:
    """A case that a batch of flags opened or joined."""

    case_id: int
    article_id: int
    reasons: frozenset[str]
    is_open: bool


def attach(session: Session, flagged: Sequence[FlaggedArticle]) -> list[Touched]:
    """For each flagged article, the case its flags belong to: the open one, a new one, or the one decided already.

    A decided case speaks for the revisions up to the one it was decided on and for the reasons it was decided on:
    flags that bring neither a newer revision nor a new reason attach to it and do not open another.
    """
    articles = [article.article_id for article in flagged]
    versions = {article_id: version for article_id, version in session.execute(LOCK_OPEN, {"articles": articles})}
    answered = _answered_already(session, [a for a in flagged if a.article_id not in versions])
    fresh = [a for a in flagged if a.article_id not in answered]
    return list(answered.values()) + _open(session, fresh, versions)


def _answered_already(session: Session, flagged: Sequence[FlaggedArticle]) -> dict[int, Touched]:
    flags = {article.article_id: article for article in flagged}
    return {
        row.article_id: Touched(row.id, row.article_id, frozenset(row.reasons), is_open=False)
        for row in session.execute(NEWEST_CLOSED, {"articles": list(flags)})
        if set(flags[row.article_id].reasons) <= set(row.reasons)
        and flags[row.article_id].newest_revision <= row.decided_revision
    }


def _open(session: Session, flagged: Sequence[FlaggedArticle], versions: Mapping[int, int]) -> list[Touched]:
    if not flagged:
        return []
    rows = session.execute(
        OPEN,
        {
            "sites": [a.site_id for a in flagged],
            "articles": [a.article_id for a in flagged],
            "severities": [a.severity for a in flagged],
            "reasons": [" ".join(a.reasons) for a in flagged],
        },
    ).all()
    opened = [row.id for row in rows if row.is_new]
    told_more = [row for row in rows if not row.is_new and row.version > versions.get(row.article_id, 1)]
    _record(
        session,
        [(row.id, row.version, "opened", {"reasons": sorted(row.reasons)}) for row in rows if row.is_new],
    )
    _record(
        session,
        [(row.id, row.version, "reason_added", {"reasons": sorted(row.reasons)}) for row in told_more],
    )
    audit.append_batch(session, action="cases.opened", kind="cases", ids=opened)
    audit.append_batch(session, action="cases.reason_added", kind="cases", ids=[row.id for row in told_more])
    return [Touched(row.id, row.article_id, frozenset(row.reasons), is_open=True) for row in rows]


def escalate_all(session: Session, wanted: Mapping[int, Escalation]) -> list[int]:
    """Raise each of these open cases to an escalation; the ids of those that were lower before."""
    if not wanted:
        return []
    rows = session.execute(ESCALATE, {"cases": list(wanted), "escalations": [int(e) for e in wanted.values()]}).all()
    _record(
        session,
        [(row.id, row.version, "escalated", {"because": Escalation(row.escalation).name.lower()}) for row in rows],
    )
    audit.append_batch(session, action="cases.escalated", kind="cases", ids=[row.id for row in rows])
    return [row.id for row in rows]


def _record(session: Session, events: Sequence[tuple[int, int, str, dict[str, Any]]]) -> None:
    if events:
        session.execute(
            insert(CaseEvent),
            [
                {
                    "case_id": case_id,
                    "case_version": version,
                    "actor": audit.SYSTEM,
                    "kind": kind,
                    "detail": detail,
                }
                for case_id, version, kind, detail in events
            ],
        )


def record_event(session: Session, case: Case, *, actor: str, kind: str, detail: Mapping[str, Any]) -> None:
    """Add to a case's history what a person did, and the same to the audit trail."""
    session.add(CaseEvent(case_id=case.id, case_version=case.version, actor=actor, kind=kind, detail=dict(detail)))
    session.flush()
    audit.append(
        session,
        actor=actor,
        action=f"case.{kind}",
        subject=f"case:{case.id}",
        site_id=case.site_id,
        after={"version": case.version, "state": case.state},
        detail={"version": case.version},
    )


def lock(session: Session, case_id: int) -> Case:
    """The case, locked against every other change until this transaction ends.

    Raises:
        NotFound: there is none.
    """
    case = session.get(Case, case_id, with_for_update=True, populate_existing=True)
    if case is None:
        raise NotFound("There is no such case")
    return case


def close(session: Session, case: Case, *, revision: int) -> None:
    """Close a case on a decision about that revision; a closed one stays closed on the newer."""
    case.state = "closed"
    case.decided_revision = max(revision, case.decided_revision or 0)
    case.closed_at = func.now()
    case.version += 1
    session.flush()


def escalate(session: Session, case: Case, *, actor: str, note: str) -> None:
    """Hand a case up: seniors decide it, before other work.

    Raises:
        Conflict: it is decided already.
    """
    if case.state != "open":
        raise Conflict("This case is decided already", case_version=case.version)
    case.escalation = max(case.escalation, Escalation.MODERATOR)
    case.needs_role = Role.SENIOR
    case.version += 1
    session.flush()
    record_event(session, case, actor=actor, kind="escalated", detail={"because": "moderator", "note": note})


def note(session: Session, case: Case, *, actor: str, words: str) -> None:
    """Add a note to a case's history; it cannot be taken out again."""
    record_event(session, case, actor=actor, kind="noted", detail={"note": words})


def history(session: Session, case_id: int, *, after_version: int = 0) -> list[CaseEvent]:
    """What happened to a case, oldest first; only what led past `after_version` when it is given."""
    return list(
        session.scalars(
            select(CaseEvent)
            .where(CaseEvent.case_id == case_id, CaseEvent.case_version > after_version)
            .order_by(CaseEvent.id)
        )
    )
