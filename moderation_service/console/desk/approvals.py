"""The approvals page: what waits for a second person, approved by one key or disagreed with on the case page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.api.current import person, services, transaction
from moderation_service.api.several import one_by_one
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import article, vocabulary
from moderation_service.console.desk.asked import cursor, numbers
from moderation_service.console.desk.refusals import Refused, refusals
from moderation_service.console.desk.still import unless_known
from moderation_service.console.desk.ticked import Result, results, ticked
from moderation_service.console.desk.undoable import just_made
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import ngettext
from moderation_service.db import utcnow
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.errors import Invalid
from moderation_service.queries import Seen

ROWS = 50


@blueprint.get("/approvals")
@signed_in
def approvals() -> Response:
    """Proposals that wait for this person or anybody like him, the longest waiting first, and after them his own."""
    return _approvals_page()


@blueprint.get("/approvals/live")
@signed_in(quiet=True)
def approvals_live() -> Response:
    """How many wait for him, and whether that is more than he has seen; 304 while that is what the page has."""
    with transaction() as session:
        waiting = queries.approvals_count(session, person())
    (seen_so_far,) = numbers("seen")[:1] or (waiting,)
    return unless_known(page("desk/approvals_live.html", waiting=waiting, new=max(waiting - seen_so_far, 0)))


@blueprint.post("/approvals")
@signed_in
def approve() -> Response:
    """Decide what colleagues proposed, each on what was seen of it; what has changed since is left, and said."""
    try:
        seen = ticked()
    except Invalid as wrong:
        return _approvals_page(wrong=wrong)
    settings, who = services().settings, person()

    def step(session: Session, id: int) -> Decision | Proposal:
        return pipeline.approve(session, id, who, settings, case_version=seen[id].version, revision=seen[id].revision)

    came = list(results(seen, one_by_one(seen, step)))
    done = sum(one.is_settled for one in came)
    if done < len(came):
        return _approvals_page(came=came, seen=seen)
    flash("done", ngettext("Approved, and decided so.", "%(n)s approved, and decided so.", done) % {"n": done})
    # Undo is offered for what it would undo whole.
    return back_to("console.approvals", **({"decided": next(iter(seen))} if done == 1 else {}))


def _approvals_page(
    *, came: Sequence[Result] = (), seen: Mapping[int, Seen] | None = None, wrong: Invalid | None = None
) -> Response:
    """The page; after a step that was refused somewhere, with why."""
    with transaction() as session:
        waiting = queries.waiting_approvals(session, person(), cursor=cursor(), limit=ROWS)
        named = {row["case_id"]: None for row in waiting.rows} | {one.case_id: None for one in came}
        shown = queries.cases_together(session, list(named), person())
        context: dict[str, Any] = {
            "count": queries.approvals_count(session, person()),
            "refused": refusals(session, came, seen),
            "now": utcnow(session),
            "made": just_made(session),
        }
    told = Refused.because(wrong) if wrong else None
    status = {one["why"].status for one in context["refused"].values()} | ({told.status} if told else set())
    return page(
        "desk/approvals.html",
        max(status, default=200),
        groups=_groups(waiting.rows),
        next=waiting.next,
        cases={row["id"]: row | {"shown": article.shown(row["parts"], row["said"])} for row in shown},
        done=sum(one.is_settled for one in came),
        wrong=told,
        excerpt=article.excerpt,
        words=vocabulary,
        **context,
    )


def _groups(waiting: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Those sent as one verdict together, each other by itself; they stand in that order already."""
    return [list(group) for _, group in groupby(waiting, key=lambda row: row["together"] or row["case_id"])]
