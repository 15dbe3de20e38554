"""The saved views above the queue, each with what it leads to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.cases import views
from moderation_service.cases.models import SavedView
from moderation_service.console.desk.asked import Asked
from moderation_service.errors import NotFound
from moderation_service.sites.people import Person


@dataclass(frozen=True, slots=True)
class Tab:
    """One view: its filters, how many cases it holds where that is cheap to tell, and what may be done with it."""

    id: int
    name: str
    is_shared: bool
    asked: Asked
    count: int | None
    is_current: bool
    is_first: bool
    may_change: bool


def tabs(session: Session, person: Person, now: Asked) -> list[Tab]:
    """The views that a person sees, `now` being what the page shows; those of a site that he left are left out."""
    found = (_tab(session, person, view, now, is_first) for view, is_first in views.visible(session, person))
    return [tab for tab in found if tab is not None]


def _tab(session: Session, person: Person, view: SavedView, now: Asked, is_first: bool) -> Tab | None:
    asked = Asked.kept(view.filters)
    try:
        wanted = asked.as_filter(session, person)
    except NotFound:
        return None
    return Tab(
        id=view.id,
        name=view.name,
        is_shared=view.site_id is not None,
        asked=asked,
        count=queries.queue_count(session, wanted),
        is_current=asked.filters() == now.filters(),
        is_first=is_first,
        may_change=views.may_change(view, person),
    )
