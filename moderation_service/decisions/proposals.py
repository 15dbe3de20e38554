"""Verdicts that take two persons who agree: the first proposes one, another one decides on the same.

Either a rule wants two on a case, whatever they decide; or the policy does, for some takedowns. It is the same for a
case that was decided before: what a rule had two decide takes two to decide anew, and so to undo. What was proposed for
the policy's sake waits for another person though the policy changes meanwhile.

Who sees it otherwise proposes in his turn, and the case waits for somebody who agrees with him; a senior may decide
against a proposal, for two who disagree would go on for ever. A proposal speaks for the revision it was made on: when
the article says something else, a first person is needed again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.content import Origin
from moderation_service.articles.models import Article
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.ruling import Ruling, cited, require_seen, says_the_same
from moderation_service.errors import Forbidden, NotFound
from moderation_service.policy import service as policy
from moderation_service.policy.vocabulary import Action, Role, SecondFor
from moderation_service.sites.people import Person

_STANDING = (
    select(Proposal)
    .join(Article, Article.id == bindparam("article"))
    .where(Proposal.case_id == bindparam("case"), Proposal.revision == Article.current_revision)
    .execution_options(populate_existing=True)
)


def standing(session: Session, case: Case) -> Proposal | None:
    """What somebody proposed for a case on the article as it is now, if anybody did."""
    return session.scalar(_STANDING, {"article": case.article_id, "case": case.id})


def needed(session: Session, case: Case, ruling: Ruling, proposal: Proposal | None) -> SecondFor | None:
    """Why a ruling on a locked case takes two persons who agree; None when one is enough. `proposal` stands there.

    What stands there for the policy's sake makes every other verdict take two as well, even a clearance, which waits
    for nobody by itself: nobody overrules alone what a colleague proposed, but for a senior (see `due`).

    Where no rule wants two, one is enough to undo what he decided: what that brings back was decided on the same
    revision (see `undoing`), in the policy's way then.
    """
    if case.needs_second:
        return SecondFor.RULE
    if ruling.restores is not None:
        return None
    if proposal is not None and proposal.because != SecondFor.RULE:
        return SecondFor(proposal.because)
    if ruling.action != Action.TAKEDOWN:
        return None
    origin = session.execute(select(Article.origin).where(Article.id == case.article_id)).scalar_one()
    others = ruling.together.cases - 1 if ruling.together else 0
    in_force = policy.in_force(session, case.site_id)
    return policy.takedown_waits(in_force, editorial=origin == Origin.EDITORIAL, others=others)


def due(session: Session, case: Case, person: Person, ruling: Ruling, proposal: Proposal | None) -> SecondFor | None:
    """Why a ruling is a proposal, the first of two or one that disagrees with the one there; None when it decides."""
    because = needed(session, case, ruling, proposal)
    if because is None or proposal is None:
        return because
    decides = proposal.moderator_id == person.id or _may_decide_on(proposal, case, person, ruling)
    return None if decides else because


def _may_decide_on(proposal: Proposal, case: Case, person: Person, ruling: Ruling) -> bool:
    return agrees(proposal, ruling) or person.may(Role.SENIOR, case.site_id)


def agrees(proposal: Proposal, verdict: Ruling | Decision) -> bool:
    """Whether a verdict leaves readers the same as what was proposed, be it for another reason."""
    return proposal.action == verdict.action and set(proposal.parts) == set(verdict.parts)


def propose(session: Session, case: Case, person: Person, ruling: Ruling, because: SecondFor) -> Proposal:
    """Propose a verdict on a locked case and hand it on; whatever was proposed before is replaced.

    It is held to all that a decision is held to, so that whoever agrees has nothing to mend.

    Raises:
        Conflict: the case or the article moved on since the moderator looked.
        Forbidden: the moderator does not hold the case, or his role is too low for it by now.
        Invalid: a part or clause does not exist, or a takedown lacks its clause or ground.
    """
    require_seen(session, case, ruling, None)
    claims.require_to_decide(session, case, person)
    clause = cited(session, case, ruling)
    disagreement = _disagreement(standing(session, case), person, ruling)
    verdict = {
        "action": ruling.action.value,
        "parts": list(ruling.parts),
        "policy_id": clause.policy_id if clause else None,
        "clause": clause.code if clause else None,
        "ground": ruling.ground if clause else None,
        "note": ruling.note,
        "revision": ruling.revision,
        "because": because.value,
    }
    together = ruling.together.uid if ruling.together else None
    values = verdict | {"moderator_id": person.id, "proposed_at": func.now(), "together": together}
    session.execute(
        insert(Proposal)
        .values(case_id=case.id, **values)
        .on_conflict_do_update(index_elements=["case_id"], set_=values)
    )
    claims.drop(session, case)
    case.version += 1
    session.flush()
    # The row goes when the case is decided; what was proposed stays in the history.
    cases.record_event(session, case, actor=person.actor, kind="proposed", detail=verdict | disagreement)
    return session.get_one(Proposal, case.id, populate_existing=True)


def _disagreement(replaced: Proposal | None, person: Person, ruling: Ruling) -> dict[str, Any]:
    """Whose proposal one replaces that says something else, and what it said, for the history."""
    if replaced is None or replaced.moderator_id == person.id or agrees(replaced, ruling):
        return {}
    told = {"moderator_id": replaced.moderator_id, "action": replaced.action, "parts": replaced.parts}
    return {"disagrees_with": told}


def replace(session: Session, case: Case, person: Person, ruling: Ruling) -> Proposal:
    """Propose something else than one did before.

    Raises:
        NotFound: nothing is proposed.
        Conflict, Forbidden, Invalid: as `propose`; Forbidden also when it is a colleague's.
    """
    because = SecondFor(_own(session, case, person).because)
    return propose(session, case, person, ruling, because)


def withdraw(session: Session, case: Case, person: Person) -> None:
    """Take one's own proposal back; the case waits for a first person again.

    Raises:
        NotFound: nothing is proposed.
        Forbidden: it is a colleague's.
    """
    _own(session, case, person)
    drop(session, case)
    case.version += 1
    session.flush()
    cases.record_event(session, case, actor=person.actor, kind="proposal_withdrawn", detail={})


def require_second(case: Case, person: Person, ruling: Ruling, proposal: Proposal | None) -> None:
    """Nothing, when this person may be the second of the two that a case takes.

    Raises:
        Forbidden: he would be the first of them, or both; or they disagree.
    """
    if proposal is None:
        raise Forbidden("This case takes two persons: one proposes, another decides")
    if proposal.moderator_id == person.id:
        raise Forbidden("You proposed what to decide here, so another person decides; you may withdraw or replace it")
    if not _may_decide_on(proposal, case, person, ruling):
        raise Forbidden("This case takes two persons who agree, and a colleague proposed something else")


def sent_before(proposal: Proposal | None, case: Case, person: Person, ruling: Ruling) -> Proposal | None:
    """The proposal that stands on a case, when a person's ruling is what it was made of. Pure."""
    if proposal is None or (proposal.moderator_id, case.version) != (person.id, ruling.case_version + 1):
        return None
    return proposal if says_the_same(proposal, ruling) else None


def is_followed(proposal: Proposal, decision: Decision) -> bool:
    """Whether a decision does what was proposed, for the same reason."""
    same_reason = (proposal.clause, proposal.ground) == (decision.clause, decision.ground)
    return same_reason and agrees(proposal, decision)


def drop(session: Session, case: Case) -> None:
    """End whatever proposal there is on a case."""
    session.execute(delete(Proposal).where(Proposal.case_id == case.id))


def _own(session: Session, case: Case, person: Person) -> Proposal:
    proposal = standing(session, case)
    if proposal is None:
        raise NotFound("Nothing is proposed for this case")
    if proposal.moderator_id != person.id:
        raise Forbidden("A colleague proposed this; decide as you see it")
    return proposal
