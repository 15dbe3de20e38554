"""Approving what somebody proposed: to decide the same, on what one saw oneself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.decisions.proposals import standing
from moderation_service.decisions.ruling import Ruling, moved_on
from moderation_service.decisions.service import latest
from moderation_service.policy.vocabulary import Action


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
        note=proposal.note,
    )
