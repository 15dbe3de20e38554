"""The queue page: cases in their order, and what changes on it while somebody reads."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person, transaction
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import sparkline, vocabulary
from moderation_service.console.desk.asked import Asked, asked, cursor, numbers
from moderation_service.console.desk.refusals import Refused
from moderation_service.console.desk.still import unless_known
from moderation_service.console.desk.tabs import Tab, tabs
from moderation_service.console.desk.undoable import just_made
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, page
from moderation_service.console.words import _
from moderation_service.errors import DomainError
from moderation_service.policy.vocabulary import Role
from moderation_service.queries.worklist import LOOKED_MOST

ROWS = 25


@blueprint.get("/queue")
@signed_in
def queue() -> Response:
    """Cases in the order in which they should be decided, or closed ones, the last closed first."""
    view = asked()
    with transaction() as session:
        own = tabs(session, person(), view)
        first = None if request.args else next((tab.asked for tab in own if tab.is_first), None)
        shown = _shown(session, view, own) if first is None else {}
    return _page(view, shown) if first is None else back_to("console.queue", **first.address())


def queue_page(*, refused: DomainError) -> Response:
    """The page where a change of its views was refused, with why, and with what was typed."""
    view = asked()
    with transaction() as session:
        shown = _shown(session, view, tabs(session, person(), view))
    return _page(view, shown, Refused.because(refused))


def _shown(session: Session, view: Asked, own: list[Tab]) -> dict[str, Any]:
    """What the page tells, as it is now."""
    newest, now = queries.newest_case(session)  # looked up first: a case that is opened meanwhile is told as new
    found = queries.queue_page(session, view.as_filter(session, person()), cursor=cursor(), limit=ROWS)
    ids = [row["id"] for row in found.rows]
    return {
        "newest": newest,
        "now": now,
        "found": found,
        "said": queries.said_of_cases(session, ids),
        "before": queries.decided_before(session, ids),
        "choices": _choices(session),
        "made": just_made(session),
        "tabs": own,
    }


def _page(view: Asked, shown: dict[str, Any], told: Refused | None = None) -> Response:
    return page(
        "desk/queue.html",
        200 if told is None else told.status,
        asked=view,
        refused=told,
        cursor=cursor(),
        looked=LOOKED_MOST,
        rows=ROWS,
        counted=queries.CASES_COUNTED_MOST,
        spark=sparkline,
        words=vocabulary,
        **shown,
    )


def _choices(session: Session) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer, each beginning with no choice."""
    every = ("", _("All"))
    senior = person().sites_as(Role.SENIOR)
    reasons = sorted((_(name), reason) for reason, name in vocabulary.REASONS.items())
    sites = queries.own_sites(session, person())
    return {
        "sites": [every, *((site["slug"], site["name"]) for site in sites)],
        "reasons": [every, *((reason, name) for name, reason in reasons)],
        "share": [
            ("", _("Only for me")),
            *((site["slug"], site["name"]) for site in sites if senior is None or site["id"] in senior),
        ],
    }


@blueprint.get("/queue/live")
@signed_in(quiet=True)
def queue_live() -> Response:
    """Who holds the cases on a page, their counts, and how many are new; 304 while that is what the page has."""
    view, after = asked(), numbers("after") or [0]
    with transaction() as session:
        wanted = view.as_filter(session, person())
        pulse = queries.queue_pulse(session, wanted, numbers("ids"), after=after[0])
    return unless_known(page("desk/queue_live.html", asked=view, pulse=pulse, counted=queries.COUNTED_MOST))
