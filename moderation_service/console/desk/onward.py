"""What comes after a step: the next case, claimed already, and for some seconds the way to take the step back."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.api.current import person, services, transaction
from moderation_service.console.desk.asked import numbers
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _
from moderation_service.errors import Conflict
from moderation_service.policy.vocabulary import Action

UNDO_SECONDS = 10


def to_next(*, after: int | None = None) -> Response:
    """Claim the next case of the queue that is worked through, and open it; `after` is the case just decided."""
    queue = request.form.get("queue", "")[:63].replace("\0", "") or None
    kept = {name: value for name, value in (("decided", after), ("queue", queue)) if value}
    try:
        with transaction() as session:
            case = pipeline.claim_next(session, person(), services().settings, queue=queue)
    except Conflict as busy:
        flash("note", busy.message)
        return back_to("console.queue", **kept)
    if case is None:
        flash("note", _("Nothing is waiting."))
        return back_to("console.queue", **kept)
    return back_to("console.case", case_id=case.id, **kept)


def just_made(session: Session) -> dict[str, Any] | None:
    """The decision that this address says was just made, as long as it is offered to be undone."""
    decided = numbers("decided")
    made = queries.made_last(session, decided[0], person()) if decided else None
    if made is None or made["ago"] > UNDO_SECONDS:
        return None
    first_clearance = made["action"] == Action.CLEAR and made["supersedes_id"] is None
    return made | {"seconds": UNDO_SECONDS - made["ago"], "stands": first_clearance}
