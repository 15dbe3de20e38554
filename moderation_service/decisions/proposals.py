"""Cases that take two persons who agree: the first proposes a verdict, another one decides on the same.

Who sees it otherwise proposes in his turn, and the case waits for somebody who agrees with him; a senior may decide
against a proposal, for two who disagree would go on for ever. A proposal speaks for the revision it was made on: when
the article says something else, a first person is needed again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.ruling import Ruling, cited, require_seen
from moderation_service.errors import Forbidden, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person


def standing(session: Session, case: Case) -> Proposal | None:
    """What somebody proposed for an open case on the article as it is now, if anybody did."""
    if case.state != "open":
        return None
    return session.scalar(
        select(Proposal)
        .join(Article, Article.id == case.article_id)
        .where(Proposal.case_id == case.id, Proposal.revision == Article.current_revision)
        .execution_options(populate_existing=True)
    )


def is_due(session: Session, case: Case, person: Person, ruling: Ruling) -> bool:
    """Whether a ruling on a case is a proposal: the first of two, or one that disagrees with a colleague's."""
    if case.state != "open" or not case.needs_second:
        return False
    proposal = standing(session, case)
    if proposal is None:
        return True
    return proposal.moderator_id != person.id and not _may_decide_on(proposal, case, person, ruling)


def _may_decide_on(proposal: Proposal, case: Case, person: Person, ruling: Ruling) -> bool:
    return agrees(proposal, ruling) or person.may(Role.SENIOR, case.site_id)


def agrees(proposal: Proposal, verdict: Ruling | Decision) -> bool:
    """Whether a verdict leaves readers the same as what was proposed, be it for another reason."""
    return proposal.action == verdict.action and set(proposal.parts) == set(verdict.parts)


def propose(session: Session, case: Case, person: Person, ruling: Ruling) -> Proposal:
    """Propose a verdict on a locked, open case and hand it on; whatever was proposed before is replaced.

    It is held to all that a decision is held to, so that whoever agrees has nothing to mend.

    Raises:
        Conflict: the case or the article moved on since the moderator looked.
        Forbidden: the moderator does not hold the case.
        Invalid: a part or clause does not exist, or a takedown lacks its clause or ground.
    """
    require_seen(session, case, ruling, None)
    claims.require(session, case, person)
    clause = cited(session, case, ruling)
    disagreement = _disagreement(standing(session, case), person, ruling)
    verdict = {
        "action": ruling.action.value,
        "parts": list(ruling.parts),
        "clause": clause.code if clause else None,
        "ground": ruling.ground if clause else None,
        "note": ruling.note,
        "revision": ruling.revision,
    }
    values = verdict | {"moderator_id": person.id, "proposed_at": func.now()}
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
    _own(session, case, person)
    return propose(session, case, person, ruling)


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


def seconded(session: Session, case: Case, person: Person, ruling: Ruling) -> Proposal | None:
    """The proposal on which this person may now decide a case; None where one person is enough.

    Raises:
        Forbidden: it takes two persons, and he would be the first of them, or both; or they disagree.
    """
    proposal = standing(session, case)
    if case.state != "open" or not case.needs_second:
        return proposal
    if proposal is None:
        raise Forbidden("This case takes two persons: one proposes, another decides")
    if proposal.moderator_id == person.id:
        raise Forbidden("You proposed what to decide here, so another person decides; you may withdraw or replace it")
    if not _may_decide_on(proposal, case, person, ruling):
        raise Forbidden("This case takes two persons who agree, and a colleague proposed something else")
    return proposal


def is_followed(proposal: Proposal, decision: Decision) -> bool:
    """Whether a decision does what was proposed, for the same reason."""
    same_reason = (proposal.clause, proposal.ground) == (decision.clause, decision.ground)
    return same_reason and agrees(proposal, decision)


def drop(session: Session, case: Case) -> None:
    """End whatever proposal there is on a case."""
    session.execute(delete(Proposal).where(Proposal.case_id == case.id))


def _own(session: Session, case: Case, person: Person) -> None:
    proposal = standing(session, case)
    if proposal is None:
        raise NotFound("Nothing is proposed for this case")
    if proposal.moderator_id != person.id:
        raise Forbidden("A colleague proposed this; decide as you see it")
