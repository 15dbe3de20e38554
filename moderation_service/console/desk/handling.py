"""What is done with a case short of deciding it: next, claim, give back, skip, hand over, escalate, note, replay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import dead_letters, pipeline
from moderation_service.api.current import person, services, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import row_numbers
from moderation_service.console.desk.case import case_page
from moderation_service.console.desk.onward import queue_kept, to_next
from moderation_service.console.desk.typed import NOTE_LONGEST
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _
from moderation_service.dead_letters import ORDERS
from moderation_service.errors import Conflict, Forbidden, Invalid


@blueprint.post("/next")
@signed_in
def claim_next() -> Response:
    """Claim the first case that is free, and open it; the one that this was asked on is given back."""
    leaving = row_numbers(request.form.get("leaving", ""))
    return to_next(leaving=leaving[0] if leaving else None)


@blueprint.post("/cases/<row:case_id>/claim")
@signed_in
def claim(case_id: int) -> Response:
    """Take hold of this case."""
    return _done(case_id, lambda session: pipeline.claim(session, case_id, person(), services().settings))


@blueprint.post("/cases/<row:case_id>/renew")
@signed_in(quiet=True)
def renew(case_id: int) -> Response:
    """Hold on to the case while its page is looked at; for the page's script."""
    with transaction() as session:
        pipeline.renew_claim(session, case_id, person(), services().settings)
    return Response(status=204)


@blueprint.post("/cases/<row:case_id>/release")
@signed_in
def release(case_id: int) -> Response:
    """Give the case back to the queue."""
    return _done(case_id, lambda session: pipeline.release_claim(session, case_id, person()), said=_("Given back."))


@blueprint.post("/cases/<row:case_id>/skip")
@signed_in
def skip(case_id: int) -> Response:
    """Give the case back with a reason, and go on to the next one."""

    def step(session: Session, words: str) -> None:
        pipeline.claim(session, case_id, person(), services().settings)
        pipeline.skip(session, case_id, person(), words)

    return _done(case_id, _with_words(step), said=_("Skipped."), onward=True)


@blueprint.post("/cases/<row:case_id>/hand-over")
@signed_in
def hand_over(case_id: int) -> Response:
    """Pass the case to a named colleague, and go on to the next one."""

    def step(session: Session) -> Any:
        to = forms.text("to", longest=100)
        pipeline.claim(session, case_id, person(), services().settings)
        return pipeline.hand_over(session, case_id, person(), to, services().settings)

    return _done(case_id, step, said=_("Handed over."), onward=True)


@blueprint.post("/cases/<row:case_id>/escalate")
@signed_in
def escalate(case_id: int) -> Response:
    """Hand the case up to the seniors, and go on to the next one."""

    def step(session: Session, words: str) -> None:
        pipeline.claim(session, case_id, person(), services().settings)
        pipeline.escalate(session, case_id, person(), words)

    return _done(case_id, _with_words(step), said=_("Escalated: a senior decides."), onward=True)


@blueprint.post("/cases/<row:case_id>/notes")
@signed_in
def note(case_id: int) -> Response:
    """Leave a note for colleagues."""
    step = _with_words(lambda session, words: pipeline.note(session, case_id, person(), words))
    return _done(case_id, step, said=_("Noted."))


@blueprint.post("/cases/<row:case_id>/replay")
@signed_in
def replay_order(case_id: int) -> Response:
    """Give the case's order to the content store, which was given up on, another life; for seniors."""
    order_id = forms.number("order")
    return _done(
        case_id, lambda session: dead_letters.replay(session, ORDERS, order_id, person()), said=_("It is tried again.")
    )


def _with_words(step: Callable[[Session, str], Any]) -> Callable[[Session], Any]:
    return lambda session: step(session, forms.line("words", longest=NOTE_LONGEST))


def _done(case_id: int, step: Callable[[Session], Any], *, said: str = "", onward: bool = False) -> Response:
    """Take a step on a case; a refusal is said on its page, with what was typed."""
    try:
        with transaction() as session:
            step(session)
    except (Conflict, Forbidden, Invalid) as refused:
        return case_page(case_id, refused=refused)
    if said:
        flash("done", said)
    return to_next() if onward else back_to("console.case", case_id=case_id, **queue_kept())
