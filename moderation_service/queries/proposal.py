"""What the first of two persons proposed for a case, as the second one sees it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.decisions import proposals
from moderation_service.decisions.models import Proposal
from moderation_service.queries.news import clause_news
from moderation_service.sites.people import Person, names_of


def proposal_on(session: Session, case: Case) -> dict[str, Any] | None:
    """The proposal that waits for a second person; None where there is none, or the article changed since.

    `news` is what became of its clause, which whoever approves it has to know.
    """
    proposal = proposals.standing(session, case)
    if proposal is None:
        return None
    told = _described(session, proposal)
    return told | {"news": clause_news(session, case.site_id, proposal.clause, proposal.policy_id)}


def proposed_last(session: Session, case_id: int, person: Person) -> dict[str, Any] | None:
    """What this person proposed on a case, while it waits there for another one; `ago` in seconds."""
    row = session.execute(_PROPOSED_LAST, {"case": case_id, "person": person.id}).mappings().one_or_none()
    return None if row is None else dict(row)


_PROPOSED_LAST = text("""
SELECT proposals.case_id, coalesce(articles.title, articles.url) AS title,
       extract(epoch FROM now() - proposals.proposed_at)::float AS ago
FROM proposals JOIN cases ON cases.id = proposals.case_id
JOIN articles ON articles.id = cases.article_id AND articles.current_revision = proposals.revision
WHERE proposals.case_id = :case AND proposals.moderator_id = :person
""")


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
        "policy_id": proposal.policy_id,
        "clause": proposal.clause,
        "ground": proposal.ground,
        "note": proposal.note,
        "revision": proposal.revision,
        "proposed_at": proposal.proposed_at,
        "because": proposal.because,
        "together": proposal.together,
    }
