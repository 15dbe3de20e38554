"""Approving what somebody proposed: to decide the same, on what one saw oneself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision
from moderation_service.decisions.proposals import standing
from moderation_service.decisions.ruling import Ruling, moved_on
from moderation_service.decisions.service import latest
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.people import Person


def made_before(session: Session, case: Case, person: Person, *, case_version: int, revision: int) -> Decision | None:
    """The decision in force on a case, when this person's approval on what he saw is what it was made of.

    So an approval may be sent again; what he decided otherwise on the same version is no approval.
    """
    last = latest(session, case.id)
    if last is None or (last.moderator_id, last.case_version, last.revision) != (person.id, case_version, revision):
        return None
    events = cases.history(session, case.id, after_version=case_version)
    followed = [event.detail.get("proposal", {}).get("followed") for event in events if event.kind == "decided"]
    return last if followed[:1] == [True] else None


def the_same(session: Session, case: Case, *, case_version: int, revision: int) -> Ruling:
    """The ruling that approves what is proposed for a locked case, by who saw this version and this revision of it.

    Raises:
        Conflict: the case moved on, so that what he approves might be something else.
    """
    proposal = standing(session, case)
    if proposal is None or case.version != case_version:
        raise moved_on(session, case, latest(session, case.id), seen=case_version)
    return Ruling(
        action=Action(proposal.action),
        case_version=case_version,
        revision=revision,
        parts=tuple(proposal.parts),
        clause=proposal.clause,
        ground=proposal.ground,
        policy_id=proposal.policy_id,
        note=proposal.note,
    )
