"""The case page: the article with its flags, all that is known of the case, and the form that decides it."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from moderation_service import queries
from moderation_service.api.current import person, services, transaction
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import article, vocabulary
from moderation_service.console.desk.asked import cursor, plain
from moderation_service.console.desk.refusals import Refused
from moderation_service.console.desk.seen import seen_now, seen_then
from moderation_service.console.desk.steps import sent_step, steps_for, unplaced
from moderation_service.console.desk.still import unless_known
from moderation_service.console.desk.typed import Typed
from moderation_service.console.desk.undoable import just_made
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import page
from moderation_service.console.rules import sentence
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.errors import DomainError

FLAGS = 50


@blueprint.get("/cases/<row:case_id>")
@signed_in
def case(case_id: int) -> Response:
    """One case with all that a decider has to see; opening it claims nothing."""
    return case_page(case_id)


@blueprint.get("/cases/<row:case_id>/live")
@signed_in(quiet=True)
def case_live(case_id: int) -> Response:
    """Who holds the case now, what changed, and where its store stands; 304 while that is what the page has."""
    with transaction() as session:
        pulse = queries.case_pulse(session, case_id, person(), seen_then())
    return unless_known(page("desk/case_live.html", desk=pulse, queue=_queue(), words=vocabulary))


def case_page(
    case_id: int,
    *,
    typed: Typed | None = None,
    refused: DomainError | None = None,
    made: Decision | Proposal | None = None,
) -> Response:
    """The page; where a step was refused, with why, and with all that was typed: in its form, else as text.

    `made` is what just came of a ruling on another case, which the address tells otherwise.
    """
    with transaction() as session:
        case = queries.case_for(session, case_id, person())  # as long as it is held, nobody asks for it again
        desk = queries.case_desk(session, case, person(), seen_then() if refused else None)
        desk["news"] += queries.policy_news(session, refused.extra.get("changed", ())) if refused else []
        part = plain("part") or None
        flags = queries.case_flags(session, case_id, person(), cursor=cursor(), limit=FLAGS, part=part)
        context: dict[str, Any] = {
            "desk": desk,
            "flags": flags,
            "part": part,
            "related": queries.related_cases(session, case_id, person()) if desk["state"] == "open" else [],
            "made": just_made(session, made),
        }
    then, told = desk["flagged_revision"], Refused.because(refused) if refused else None
    steps = steps_for(desk, person())
    return page(
        "desk/case.html",
        200 if told is None else told.status,
        parts=article.shown(desk["article"]["parts"], desk["flags"]["parts"], desk["flags"]["quotations"]),
        astray=article.astray(desk["article"]["parts"], desk["flags"]["parts"], desk["flags"]["quotations"]),
        changes=article.changes(then["parts"], desk["article"]["parts"]) if then else [],
        pictures=article.pictures(desk["article"]["images"]),
        pictures_then=article.pictures(then["images"], but=desk["article"]["images"]) if then else [],
        typed=typed or Typed.at_first(desk),
        refused=told,
        steps=steps,
        sent_step=sent_step(),
        unplaced=unplaced(desk, steps, typed) if refused else None,
        seen=seen_now(desk),
        queue=_queue(),
        renew_seconds=max(services().settings.claim_seconds // 3, 5),
        sentence=sentence,
        words=vocabulary,
        **context,
    )


def _queue() -> str:
    """The queue that is worked through; empty where it is all of them."""
    return request.values.get("queue", "")
