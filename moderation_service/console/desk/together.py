"""Cases that belong together, side by side, and one verdict on those that are ticked; each has a result of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import chain
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.api.current import person, services, transaction
from moderation_service.api.several import one_by_one
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import article, vocabulary
from moderation_service.console.desk.asked import numbers, row_numbers
from moderation_service.console.desk.refusals import Refused, refusals
from moderation_service.console.desk.ticked import CASES_MOST, Result, results, ticked, to_undo
from moderation_service.console.desk.typed import Typed
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import page
from moderation_service.db import utcnow
from moderation_service.decisions.ruling import Together
from moderation_service.errors import Invalid, NotFound
from moderation_service.queries import Seen


@blueprint.get("/together")
@signed_in
def together() -> Response:
    """Up to 50 cases beside each other; looking at them claims none."""
    return _together_page(numbers("cases"))


@blueprint.post("/together")
@signed_in
def decide_together() -> Response:
    """Decide those that are ticked, each on what was seen of it; the same form sent again decides nothing anew."""
    typed = Typed.now()
    try:
        seen = ticked()
        at_once = Together(len(seen))
        rulings = {case_id: typed.ruling(of.version, of.revision, together=at_once) for case_id, of in seen.items()}
    except Invalid as wrong:
        return _together_page(numbers("cases"), typed=typed, wrong=wrong)
    settings, who = services().settings, person()
    came = one_by_one(rulings, lambda session, id: pipeline.claim_and_decide(session, id, who, rulings[id], settings))
    return _together_page([*numbers("cases"), *seen], typed=typed, came=list(results(seen, came)), seen=seen)


@blueprint.post("/together/undo")
@signed_in
def undo_together() -> Response:
    """Take back the decisions that are named, by a further one each; their cases are held again."""
    named, settings, who = to_undo(), services().settings, person()
    came = one_by_one(named, lambda session, id: pipeline.undo(session, id, who, named[id], settings))
    return _together_page([*numbers("cases"), *named], came=list(results(named, came)), undone=True)


def _together_page(
    named: Sequence[int],
    *,
    typed: Typed | None = None,
    wrong: Invalid | None = None,
    came: Sequence[Result] = (),
    seen: Mapping[int, Seen] | None = None,
    undone: bool = False,
) -> Response:
    """The page; after a step with what became of each case, and with those that are left to decide."""
    ids = list(dict.fromkeys(named))
    with transaction() as session:
        found = queries.cases_together(session, ids[:CASES_MOST], person())
        if ids and not found:
            raise NotFound("There is no such case")
        context = _context(session, found)
        refused = refusals(session, came, seen)
    free = {row["id"] for row in found if row["may_decide"] and _waits(row)}
    left = {row["id"] for row in found} - {one.case_id for one in came if one.is_settled and not undone}
    return page(
        "desk/together.html",
        422 if wrong else 200,
        ids=ids,
        columns=[row | _shown(row) for row in found if row["id"] in left],
        rows={row["id"]: row for row in found},
        typed=typed or Typed.citing(context["cited"]),
        ticked=_to_tick(free & {context["like"]}),
        free=free,
        wrong=Refused.because(wrong) if wrong else None,
        results=came,
        refused=refused,
        undone=undone,
        most=CASES_MOST,
        excerpt=article.excerpt,
        words=vocabulary,
        **context,
    )


def _to_tick(came_from: Collection[int]) -> Collection[int]:
    """Which cases are ticked: those that were, and at first none but the one that somebody came from.

    A tick says that somebody has looked at the case, and of the others nobody has yet.
    """
    if "seen" in request.form:
        return set(row_numbers(".".join(value.partition(".")[0] for value in request.form.getlist("seen"))))
    return came_from


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a column shows of a case's article: the parts flagged most, and its images."""
    return {"shown": article.shown(row["parts"], row["said"]), "pictures": article.pictures(row["images"])}


def _waits(row: dict[str, Any]) -> bool:
    """Whether a case waits for this very person, or for anybody: those that are ticked when all are."""
    held, proposal, own = row["held"], row["proposal"], person().id
    if proposal is not None and proposal["moderator_id"] == own:
        return False
    return bool(row["state"] == "open" or proposal if held is None else held["moderator_id"] == own)


def _cited(session: Session, found: Sequence[dict[str, Any]]) -> dict[str, str] | None:
    """What the form offers to cite: what colleagues proposed for all that wait, else what this person cited last."""
    waiting = [row["proposal"] for row in found if row["proposal"] and not row["proposal"]["news"]]
    proposed = {(proposal["clause"], proposal["ground"]) for proposal in waiting}
    if len(proposed) == 1 and proposed != {(None, None)}:
        return dict(zip(("clause", "ground"), proposed.pop(), strict=True))
    return queries.cited_last(session, found[0]["site_id"], person()) if found else None


def _flagged(found: Sequence[dict[str, Any]]) -> Counter[str]:
    """How many flags of all these cases give each reason."""
    reasons: Counter[str] = Counter()
    for given in chain.from_iterable(row["told"]["reasons"] for row in found):
        reasons[given["reason"]] += given["flags"]
    return reasons


def _context(session: Session, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    (like,) = numbers("like")[:1] or (0,)
    return {
        "clauses": queries.clauses_of_all(session, {row["site_id"] for row in found}, _flagged(found)),
        "cited": _cited(session, found),
        "bonds": {bond["case_id"]: bond for bond in queries.related_cases(session, like, person())} if like else {},
        "like": like,
        "now": utcnow(session),
    }
