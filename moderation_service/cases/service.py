"""Cases: opened for flags, escalated, closed by a decision; and their history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, false, func, select
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.errors import Conflict, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.priority import Escalation


def record_event(
    session: Session,
    case: Case,
    *,
    actor: str,
    kind: str,
    detail: Mapping[str, Any],
    evidence: ColumnElement[bytes] | None = None,
) -> None:
    """Add to a case's history what a person did, and the same to the audit trail, with the digest of its evidence."""
    session.add(CaseEvent(case_id=case.id, case_version=case.version, actor=actor, kind=kind, detail=dict(detail)))
    session.flush()
    audit.append(
        session,
        actor=actor,
        action=f"case.{kind}",
        subject=f"case:{case.id}",
        site_id=case.site_id,
        after={"version": case.version, "state": case.state} if evidence is None else evidence,
        detail={"version": case.version},
    )


def lock(session: Session, case_id: int) -> Case:
    """The case, locked against every other change until this transaction ends.

    Its key stays free (FOR NO KEY UPDATE): a worker that holds an order can still write what came of it into the
    history of the case, while whoever decides the case waits for that order.

    Raises:
        NotFound: there is none.
    """
    case = session.get(Case, case_id, with_for_update={"key_share": True}, populate_existing=True)
    if case is None:
        raise NotFound("There is no such case")
    return case


def sites_of(session: Session, case_ids: Sequence[int]) -> set[int]:
    """The sites that these cases are on."""
    return set(session.scalars(select(Case.site_id).where(Case.id.in_(case_ids)).distinct()))


@dataclass(frozen=True, slots=True)
class Past:
    """When a case was decided first, None before that, and whether its article was ever hidden until its review."""

    decided_at: datetime | None
    was_hidden: bool


def past(session: Session, case_id: int) -> Past:
    """What a case's history says of it.

    A decision's own moment is when its transaction began; that of its event is when it held the case.
    """
    decided_at = func.min(CaseEvent.at).filter(CaseEvent.kind == "decided")
    was_hidden = func.coalesce(func.bool_or(CaseEvent.kind == "hidden"), false())
    return Past(*session.execute(select(decided_at, was_hidden).where(CaseEvent.case_id == case_id)).one())


def close(session: Session, case: Case, *, revision: int) -> None:
    """Close a case on a decision about that revision; a closed one stays closed on the newer."""
    case.state, case.closed_as = "closed", None
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
    case.escalated_by_hand = True
    case.needs_role = Role.SENIOR
    case.version += 1
    session.flush()
    record_event(session, case, actor=actor, kind="escalated", detail={"because": "moderator", "note": note})


def note(session: Session, case: Case, *, actor: str, words: str) -> None:
    """Add a note to a case's history; it cannot be taken out again."""
    record_event(session, case, actor=actor, kind="noted", detail={"note": words})


# Callers send any number they like as the version, and not all fit the column.
_HISTORY = (
    select(CaseEvent)
    .where(CaseEvent.case_id == bindparam("case"), CaseEvent.case_version > bindparam("after", type_=BigInteger))
    .order_by(CaseEvent.id)
)


def history(session: Session, case_id: int, *, after_version: int = 0) -> list[CaseEvent]:
    """What happened to a case, oldest first; only what led past `after_version` when it is given."""
    return list(session.scalars(_HISTORY, {"case": case_id, "after": after_version}))
