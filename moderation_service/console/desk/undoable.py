"""What was just decided or proposed, for as long as it can be taken back by a key."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person
from moderation_service.console.desk.asked import numbers
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.policy.vocabulary import Action

UNDO_SECONDS = 10


def just_made(session: Session, made: Decision | Proposal | None = None) -> dict[str, Any] | None:
    """What came of the ruling just sent, or of the one on the case that this address names; a proposal `waits`.

    None when it is not offered to be undone any more.
    """
    decided, proposed = (numbers("decided"), numbers("proposed")) if made is None else _named(made)
    if proposed:
        return _fresh(queries.proposed_last(session, proposed[0], person()), waits=True)
    found = queries.made_last(session, decided[0], person()) if decided else None
    first_clearance = found is not None and found["action"] == Action.CLEAR and found["supersedes_id"] is None
    return _fresh(found, stands=first_clearance)


def _named(made: Decision | Proposal) -> tuple[list[int], list[int]]:
    return ([made.case_id], []) if isinstance(made, Decision) else ([], [made.case_id])


def _fresh(found: dict[str, Any] | None, **told: bool) -> dict[str, Any] | None:
    if found is None or found["ago"] > UNDO_SECONDS:
        return None
    return found | {"seconds": UNDO_SECONDS - found["ago"]} | told
