"""Decisions: made by who holds the case, on what was seen, never edited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions import proposals
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.ruling import Ruling, cited, require_seen, says_the_same
from moderation_service.errors import Forbidden
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person


@dataclass(frozen=True, slots=True)
class Before:
    """What was decided last and what is proposed on a locked case; as long as it is locked nobody changes either."""

    last: Decision | None
    proposal: Proposal | None


def before(session: Session, case: Case) -> Before:
    """The verdicts that a further one on a locked case meets."""
    return Before(latest(session, case.id), proposals.standing(session, case))


def decide(session: Session, case: Case, person: Person, ruling: Ruling, met: Before | None = None) -> Decision:
    """Decide a locked case, or supersede its last decision; closes it and ends the claim.

    `met` is what was decided and proposed before, where the caller has read it.

    Raises:
        Conflict: the case or the article moved on since the moderator looked; says who and what.
        Forbidden: the moderator does not hold the case, has not the role it takes (any more), may not overrule the
            colleague who decided it, or is not the second of the two persons it takes, who agree, or else a senior.
        Invalid: a part or clause does not exist, or a takedown lacks its clause or ground.
    """
    met = met or before(session, case)
    last, proposal = met.last, met.proposal
    require_seen(session, case, ruling, last)
    claims.require_to_decide(session, case, person)
    needed = proposals.needed(session, case, ruling, proposal)
    if needed is not None:
        proposals.require_second(case, person, ruling, proposal)
    if proposal is None or not proposals.agrees(proposal, ruling):
        require_may_supersede(last, person)  # who agrees overrules nobody: who proposed it might
    clause = cited(session, case, ruling)
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
        detail=_told(decision, proposal, needs_second=needed is not None),
        evidence=audit.evidence(Decision, Decision.id == decision.id),
    )
    proposals.drop(session, case)
    return decision


def _told(decision: Decision, proposal: Proposal | None, *, needs_second: bool) -> dict[str, Any]:
    told = {"decision": decision.id, "action": decision.action, "supersedes": decision.supersedes_id}
    if proposal is None:
        return told
    about = {
        "moderator_id": proposal.moderator_id,
        "followed": proposals.is_followed(proposal, decision),
        # Two persons did not agree: somebody of a higher role decided between what was proposed and something else.
        "tie_break": needs_second and not proposals.agrees(proposal, decision),
    }
    return told | {"proposal": about}


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


def sent_before(last: Decision | None, person: Person, ruling: Ruling) -> Decision | None:
    """The decision in force on a case, when a person's ruling is what it was made of. Pure."""
    if last is None or (last.moderator_id, last.case_version) != (person.id, ruling.case_version):
        return None
    return last if says_the_same(last, ruling) else None


def repeated(session: Session, case_id: int) -> Decision | None:
    """The decision in force on the case that another was closed as a repeat of; None if it was not closed as one."""
    case_repeated = (
        select(Decision.case_id)
        .join(Case, Case.article_id == Decision.article_id)
        .where(Case.id == case_id, Case.state == "closed", Case.closed_as == "repeat")
        .where(Decision.case_id < case_id, Decision.decided_at <= Case.closed_at)
        .order_by(Decision.id.desc())
        .limit(1)
    )
    found = session.scalar(case_repeated)
    return None if found is None else latest(session, found)


def in_force(session: Session, article_id: int) -> Sequence[Decision]:
    """The decision in force of each case of an article."""
    return session.scalars(
        select(Decision)
        .where(Decision.article_id == article_id)
        .order_by(Decision.case_id, Decision.id.desc())
        .ext(distinct_on(Decision.case_id))
    ).all()
