"""What comes after a step: the next case, claimed already."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.api.current import person, services, transaction
from moderation_service.cases.models import Case
from moderation_service.console.desk.case import case_page
from moderation_service.console.pages import back_to, flash, swapped_in, swaps
from moderation_service.console.words import _
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.errors import Conflict


def to_next(made: Decision | Proposal | None = None) -> Response:
    """Claim the next case of the queue that is worked through, and open it; `made` is what just came of a ruling."""
    after = made.case_id if isinstance(made, Decision) else None  # which the next page offers to undo
    queue = request.form.get("queue", "")[:63].replace("\0", "") or None
    kept: dict[str, Any] = {name: value for name, value in (("decided", after), ("queue", queue)) if value}
    try:
        with transaction() as session:
            case = _claimed(session, made, queue)
    except Conflict as busy:
        flash("note", busy.message)
        return back_to("console.queue", **kept)
    if case is None:
        flash("note", _("Nothing is waiting."))
        return back_to("console.queue", **kept)
    if swaps():
        return swapped_in(case_page(case.id, after=after), url_for("console.case", case_id=case.id, **kept))
    return back_to("console.case", case_id=case.id, **kept)


def _claimed(session: Session, made: Decision | Proposal | None, queue: str | None) -> Case | None:
    if made is None:
        return pipeline.claim_next(session, person(), services().settings, queue=queue)
    return pipeline.claim_after(session, made, person(), services().settings, queue=queue)
