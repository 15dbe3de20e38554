"""The numbers page, and each of its tables as a file."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person, transaction
from moderation_service.console import words
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import NO_MOMENT
from moderation_service.console.guard import signed_in
from moderation_service.console.numbers.asked import RANGES, Asked, asked
from moderation_service.console.numbers.card import Card
from moderation_service.console.numbers.figure import Figure, Found, Scope
from moderation_service.console.numbers.figures import BY_NAME, FIGURES, WORDS
from moderation_service.console.numbers.sheet import written
from moderation_service.console.pages import page
from moderation_service.console.words import later
from moderation_service.db import utcnow
from moderation_service.errors import Invalid, NotFound, Unavailable
from moderation_service.queries.figures import COARSE, Period, Step, TooSlow, bounded

# For all figures of a page: each of a figure's statements, of which few have two, may take what is left when the figure
# begins. Who asks for more is told so, figure by figure.
PATIENCE = timedelta(seconds=8)
TOO_SLOW = later("This takes too long to count. Choose a shorter time, or one site.")
STEPS = {
    Step.HOUR: later("Each point is an hour; the first and the last may be shorter."),
    Step.DAY: later("Each point is a day; the first and the last may be shorter."),
    Step.WEEK: later("Each point is a week from Monday on; the first and the last may be shorter."),
}
SAID: dict[str, Any] = {"ranges": RANGES, "unreadable": NO_MOMENT, "words": WORDS, "steps": STEPS, "too_slow": TOO_SLOW}
NO_FIGURE = later("There is no such figure.")


@blueprint.get("/numbers")
@signed_in
def numbers() -> Response:
    """What came, what was decided, how fast and how well, in a period that is chosen by hand."""
    wanted = asked()
    with transaction() as session:
        sites = queries.own_sites(session, person())
        found = _shown(session, wanted)
    return page("numbers/page.html", asked=wanted, sites=sites, **found, **SAID)


@blueprint.get("/numbers/<figure>.csv")
@signed_in
def numbers_csv(figure: str) -> Response:
    """The table of one figure as a file."""
    wanted = BY_NAME.get(figure)
    if wanted is None:
        raise NotFound(NO_FIGURE)
    with transaction() as session:
        scope = _scope(session, asked())
        found = _found(session, wanted, scope, PATIENCE)
    if found is None:
        raise Unavailable(TOO_SLOW)
    first, last = (at.strftime("%Y-%m-%d") for at in (scope.period.since, scope.period.until))
    headers = {"Content-Disposition": f'attachment; filename="{figure}_{first}_{last}.csv"'}
    return Response(written(wanted.columns, found.rows), content_type="text/csv; charset=utf-8", headers=headers)


def _shown(session: Session, wanted: Asked) -> dict[str, Any]:
    """What the page shows of what was asked for: cards, or what is wrong with the period."""
    zone = words.zone() or UTC
    shown: dict[str, Any] = {"zone": zone, "wrong": {}}
    try:
        scope = _scope(session, wanted)
    except Invalid as fault:
        return shown | {"status": 422, "wrong": {fault.field: fault.message}}
    return shown | {"period": scope.period, "cards": list(_cards(session, scope))}


def _scope(session: Session, wanted: Asked) -> Scope:
    sites = wanted.sites(session, person())
    zone = words.zone() or UTC
    period = wanted.period(utcnow(session), zone)
    return Scope(sites, period, Period.of(period.since, period.until, zone, COARSE), person())


def _cards(session: Session, scope: Scope) -> Iterator[Card]:
    end = time.monotonic() + PATIENCE.total_seconds()
    for figure in FIGURES:
        yield Card(figure, _found(session, figure, scope, timedelta(seconds=end - time.monotonic())))


def _found(session: Session, figure: Figure, scope: Scope, patience: timedelta) -> Found | None:
    try:
        with bounded(session, patience):
            return figure.read(session, scope)
    except TooSlow:
        return None
