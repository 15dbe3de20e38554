"""The decision just made, for as long as it can be taken back by a key."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person
from moderation_service.console.desk.asked import numbers
from moderation_service.policy.vocabulary import Action

UNDO_SECONDS = 10


def just_made(session: Session, after: int | None = None) -> dict[str, Any] | None:
    """The decision that was just made on the case `after`, or on the one that this address names.

    None when it is not offered to be undone any more.
    """
    decided = numbers("decided") if after is None else [after]
    made = queries.made_last(session, decided[0], person()) if decided else None
    if made is None or made["ago"] > UNDO_SECONDS:
        return None
    first_clearance = made["action"] == Action.CLEAR and made["supersedes_id"] is None
    return made | {"seconds": UNDO_SECONDS - made["ago"], "stands": first_clearance}
