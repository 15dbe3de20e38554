"""Decisions: made by who holds the case, on what was seen, never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.articles.service import part_ids
from moderation_service.audit import service as audit
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision
from moderation_service.errors import Conflict, Forbidden, Invalid
from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyClause
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.people import Person, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a moderator sends: the verdict, and the case version and article revision it rests on.

    No `parts` means the whole article; `clause` and `ground` belong to a takedown.
    """

    action: Action
    case_version: int
    revision: int
    parts: tuple[str, ...] = ()
    clause: str | None = None
    ground: str | None = None
    note: str | None = None


def decide(session: Session, case: Case, person: Person, ruling: Ruling) -> Decision:
    """Decide a locked case, or supersede its last decision; closes it and ends the claim.

    Raises:
        Conflict: the case or the article moved on since the moderator looked; says who and what.
        Forbidden: the moderator does not hold the case, or may not overrule the colleague who decided it.
        Invalid: a part or clause does not exist, or a takedown lacks its clause or ground.
    """
    last = latest(session, case.id)
    _check_seen(session, case, ruling, last)
    claims.require(session, case, person)
    require_may_supersede(last, person)
    clause = _check_verdict(session, case, ruling)
    decision = Decision(
        site_id=case.site_id,
        case_id=case.id,
        article_id=case.article_id,
        revision=ruling.revision,
        case_version=ruling.case_version,
        moderator_id=person.id,
        action=ruling.action,
        parts=list(ruling.parts),
        policy_id=clause.policy_id if clause else None,
        clause=clause.code if clause else None,
        ground=ruling.ground if clause else None,
        dsa_category=clause.dsa_category if clause else None,
        note=ruling.note,
        supersedes_id=last.id if last else None,
    )
    session.add(decision)
    cases.close(session, case, revision=ruling.revision)
    claims.drop(session, case)
    cases.record_event(
        session,
        case,
        actor=person.actor,
        kind="decided",
        detail={"decision": decision.id, "action": decision.action, "supersedes": decision.supersedes_id},
        evidence=audit.evidence(Decision, Decision.id == decision.id),
    )
    return decision


def require_may_supersede(last: Decision | None, person: Person) -> None:
    """Nothing, when this person may decide after `last`.

    Raises:
        Forbidden: it is a colleague's, and his role is too low to overrule it.
    """
    if last is not None and last.moderator_id != person.id and not person.may(Role.SENIOR, last.site_id):
        raise Forbidden("To overrule a colleague's decision takes the role senior")


def latest(session: Session, case_id: int) -> Decision | None:
    """The decision in force on a case, if it has one."""
    return session.scalar(select(Decision).where(Decision.case_id == case_id).order_by(Decision.id.desc()).limit(1))


def in_force(session: Session, article_id: int) -> Sequence[Decision]:
    """The decision in force of each case of an article."""
    return session.scalars(
        select(Decision)
        .where(Decision.article_id == article_id)
        .order_by(Decision.case_id, Decision.id.desc())
        .ext(distinct_on(Decision.case_id))
    ).all()


def _check_seen(session: Session, case: Case, ruling: Ruling, last: Decision | None) -> None:
    if ruling.case_version != case.version:
        raise _moved_on(session, case, ruling, last)
    # Shared lock: a new revision that is being written is waited for, or waits until this is decided.
    revision = session.execute(
        select(Article.current_revision).where(Article.id == case.article_id).with_for_update(read=True)
    ).scalar_one()
    if ruling.revision != revision:
        raise Conflict(
            f"The article changed: you looked at revision {ruling.revision}, it is at {revision}",
            case_version=case.version,
            article_revision=revision,
            changed=[{"kind": "article_revised", "revision": revision}],
        )


def _moved_on(session: Session, case: Case, ruling: Ruling, last: Decision | None) -> Conflict:
    events = cases.history(session, case.id, after_version=ruling.case_version)
    who = names_of(session, [last.moderator_id]).get(last.moderator_id) if last else None
    decided = last is not None and last.case_version >= ruling.case_version
    message = f"{who} decided this case: {last.action}" if decided and last else "This case changed since you looked"
    return Conflict(
        message,
        case_version=case.version,
        changed=[{"kind": e.kind, "by": e.actor, "at": e.at.isoformat(), **e.detail} for e in events],
    )


def _check_verdict(session: Session, case: Case, ruling: Ruling) -> PolicyClause | None:
    if ruling.action == Action.CLEAR:
        if ruling.parts:
            raise Invalid("Parts belong to a takedown", field="parts")
        return None
    if ruling.clause is None:
        raise Invalid("A takedown cites a clause of the policy", field="clause")
    if ruling.ground is None:
        raise Invalid("A takedown says its ground: terms or law", field="ground")
    unknown = set(ruling.parts) - set(part_ids(session, case.article_id, ruling.revision) or ())
    if unknown:
        raise Invalid(f"Revision {ruling.revision} has no part {sorted(unknown)[0]!r}", field="parts")
    return policy.cite(session, case.site_id, ruling.clause, ruling.ground)
