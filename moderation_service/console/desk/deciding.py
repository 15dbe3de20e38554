"""Deciding a case, undoing what one decided, and taking a proposal back."""

from __future__ import annotations

from flask import Response, request

from moderation_service import pipeline
from moderation_service.api.current import person, services, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.case import case_page
from moderation_service.console.desk.onward import queue_kept, to_next
from moderation_service.console.desk.typed import Typed
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _, later
from moderation_service.decisions.models import Proposal
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound
from moderation_service.policy.vocabulary import Action

# What undoing led to, by the action that stands now.
UNDONE = {
    Action.CLEAR: later("Undone: a further decision clears the article. You hold the case, to decide it anew."),
    Action.TAKEDOWN: later("Undone: a further decision brings back the takedown before. You hold the case."),
}


@blueprint.post("/cases/<row:case_id>/decision")
@signed_in
def decide(case_id: int) -> Response:
    """Decide, and go on to the next case; a refusal comes back as the page with what changed and all that was typed."""
    typed = Typed.now()
    try:
        with transaction() as session:
            ruling = typed.ruling(forms.number("case_version"), forms.number("article_revision"))
            made = pipeline.claim_and_decide(session, case_id, person(), ruling, services().settings)
    except (Conflict, Forbidden, Invalid) as refused:
        return case_page(case_id, typed=typed, refused=refused)
    if isinstance(made, Proposal):
        flash("note", _("Proposed: another person decides."))
        return to_next(made)
    # Who decides a closed case anew came for this one, and not to work through the queue.
    stays = "stay" in request.form
    return back_to("console.case", case_id=case_id, decided=case_id) if stays else to_next(made)


@blueprint.post("/cases/<row:case_id>/undo")
@signed_in
def undo(case_id: int) -> Response:
    """Bring back what held before the decision just made, by a further one, and open its case again, held."""
    try:
        with transaction() as session:
            made = pipeline.undo(session, case_id, person(), forms.number("decision"), services().settings)
    except (Conflict, Forbidden, Invalid) as refused:
        return case_page(case_id, refused=refused)
    if made is None:
        flash("note", _("You hold the case again. The clearance stands until you decide anew."))
    elif isinstance(made, Proposal):
        flash("note", _("It takes two persons to undo this: proposed, and another person decides."))
    else:
        flash("done", _(UNDONE[Action(made.action)]))
    return back_to("console.case", case_id=case_id, **queue_kept())


@blueprint.post("/cases/<row:case_id>/proposal/withdraw")
@signed_in
def withdraw_proposal(case_id: int) -> Response:
    """Take one's own proposal back; where a colleague decided meanwhile, his page of the case says so."""
    try:
        with transaction() as session:
            pipeline.withdraw_proposal(session, case_id, person())
    except (Conflict, Forbidden, NotFound) as refused:
        return case_page(case_id, refused=refused)
    flash("done", _("Your proposal is taken back."))
    came_from_list = request.form.get("to") == "approvals"
    return back_to("console.approvals") if came_from_list else back_to("console.case", case_id=case_id, **queue_kept())
