"""What comes after a step: the next case, claimed already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.api.current import person, services, transaction
from moderation_service.console.desk.case import case_page
from moderation_service.console.pages import back_to, flash, swapped_in, swaps
from moderation_service.console.words import _, ngettext, number
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.errors import Conflict
from moderation_service.pipeline import Given


def to_next(made: Decision | Proposal | None = None, *, leaving: int | None = None) -> Response:
    """Claim the next case of the queue that is worked through, and open it.

    `made` is what just came of a ruling, `leaving` the case that is left without one.
    """
    kept: dict[str, Any] = queue_kept()
    queue = kept.get("queue")
    if made is not None:  # which the next page offers to undo
        kept = {"decided" if isinstance(made, Decision) else "proposed": made.case_id, **kept}
    try:
        with transaction() as session:
            given = _claimed(session, made, queue, leaving)
            unfree = {} if given else queries.why_none_is_free(session, person(), queue=queue)
    except Conflict as busy:
        flash("note", busy.message)
        return back_to("console.queue", **kept)
    if given is None:
        flash("note", _none_is_free(unfree))
        return back_to("console.queue", **kept)
    if given.as_oldest:
        flash("note", _("This is the oldest case that is free: one in 20 is taken so, that none waits for ever."))
    case_id = given.case.id
    if swaps():
        return swapped_in(case_page(case_id, made=made), url_for("console.case", case_id=case_id, **kept))
    return back_to("console.case", case_id=case_id, **kept)


def queue_kept() -> dict[str, str]:
    """What keeps an address to the queue that is worked through; nothing where it is all of them."""
    queue = request.form.get("queue", "")[:63].replace("\0", "")
    return {"queue": queue} if queue else {}


def _claimed(
    session: Session, made: Decision | Proposal | None, queue: str | None, leaving: int | None
) -> Given | None:
    if made is None:
        return pipeline.claim_next(session, person(), services().settings, queue=queue, leaving=leaving)
    return pipeline.claim_after(session, made, person(), services().settings, queue=queue)


def _none_is_free(unfree: Mapping[str, int]) -> str:
    """Why nobody is given a case: nothing waits, or what does is not for him; by how many cases for each cause."""
    if not unfree:
        return _("Nothing is waiting.")
    whys = ("held", "mine", "proposed", "skipped", "role")
    held, mine, proposed, skipped, role = (unfree.get(why, 0) for why in whys)
    causes = {
        ngettext(
            "%(count)s that you proposed waits for a second person",
            "%(count)s that you proposed wait for a second person",
            proposed,
        ): proposed,
        ngettext("%(count)s is held by others", "%(count)s are held by others", held): held,
        ngettext("you hold %(count)s yourself", "you hold %(count)s yourself", mine): mine,
        ngettext("you skipped %(count)s lately", "you skipped %(count)s lately", skipped): skipped,
        ngettext("%(count)s takes a higher role", "%(count)s take a higher role", role): role,
    }
    told = [words % {"count": number(count)} for words, count in causes.items() if count]
    if not told:
        return _("Others were quicker; ask again.")
    return _("Nothing is free for you: %(causes)s.") % {"causes": ", ".join(told)}
