"""What the first of two persons proposed for a case, as the second one sees it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.decisions import proposals
from moderation_service.decisions.models import Proposal
from moderation_service.sites.people import names_of


def proposal_on(session: Session, case: Case) -> dict[str, Any] | None:
    """The proposal that waits for a second person; None where there is none, or the article changed since."""
    proposal = proposals.standing(session, case)
    return None if proposal is None else _described(session, proposal)


def proposal_detail(session: Session, proposal: Proposal) -> dict[str, Any]:
    """A proposal just made, and the case version it led to."""
    case = session.get_one(Case, proposal.case_id)
    return _described(session, proposal) | {"case_id": case.id, "case_version": case.version}


def _described(session: Session, proposal: Proposal) -> dict[str, Any]:
    return {
        "by": names_of(session, [proposal.moderator_id]).get(proposal.moderator_id),
        "moderator_id": proposal.moderator_id,
        "action": proposal.action,
        "parts": proposal.parts,
        "clause": proposal.clause,
        "ground": proposal.ground,
        "note": proposal.note,
        "revision": proposal.revision,
        "proposed_at": proposal.proposed_at,
        "because": proposal.because,
        "together": proposal.together,
    }
