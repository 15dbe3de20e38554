"""Saved views of the queue: one's own, and those that a site's seniors share with everybody who works on it."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.cases.models import FirstView, SavedView
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Moderator, Site
from moderation_service.sites.people import Person

NAME_LONGEST = 40
VIEWS_MOST = 20  # of one person, or of one site: they stand in one row above the queue


def visible(session: Session, person: Person) -> list[tuple[SavedView, bool]]:
    """A person's own views, and then those shared on his sites; each by name, and with whether his queue opens with it.

    A first view that he chose and may no longer see opens nothing.
    """
    shared = SavedView.site_id.is_not(None)
    if person.sites is not None:
        shared = SavedView.site_id.in_(person.sites)
    own = (SavedView.site_id.is_(None)) & (SavedView.moderator_id == person.id)
    chosen = and_(FirstView.view_id == SavedView.id, FirstView.moderator_id == person.id)
    found = select(SavedView, FirstView.view_id.is_not(None)).outerjoin(FirstView, chosen).where(or_(own, shared))
    rows = session.execute(found.order_by(SavedView.site_id.nulls_first(), SavedView.name))
    return [(view, is_first) for view, is_first in rows]


def may_change(view: SavedView, person: Person) -> bool:
    """Whether a view that a person sees is his to rename and delete."""
    return view.site_id is None or person.may(Role.SENIOR, view.site_id)


def save(
    session: Session, person: Person, *, name: str, filters: Mapping[str, str], site: Site | None = None
) -> SavedView:
    """Keep a filter under a name, for oneself, or for everybody who works on a site.

    Raises:
        Forbidden: it is shared by somebody who is no senior there.
        Invalid: it leaves out nothing.
        Conflict: the name is taken, or there are too many.
    """
    if site is not None:
        person.require(Role.SENIOR, site.id)
    if not filters:
        raise Invalid("Choose a filter first: this is the whole queue", field="name")
    view = SavedView(moderator_id=person.id, site_id=site.id if site else None, name=name, filters=dict(filters))
    if len(_beside(session, view)) >= VIEWS_MOST:
        raise Conflict("There are too many views; delete one first")
    _require_free(session, view, name)
    session.add(view)
    session.flush()
    _record(session, view, person, "view.saved")
    return view


def rename(session: Session, view_id: int, person: Person, name: str) -> SavedView:
    """Give a view another name.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: it is shared, and he is no senior there.
        Conflict: the name is taken.
    """
    view = _own(session, view_id, person)
    _require_free(session, view, name)
    view.name = name
    session.flush()
    _record(session, view, person, "view.renamed")
    return view


def remove(session: Session, view_id: int, person: Person) -> None:
    """Delete a view; the queue of whoever opened with it opens with all cases again.

    Raises:
        NotFound, Forbidden: as `rename`.
    """
    view = _own(session, view_id, person)
    _record(session, view, person, "view.deleted")
    session.delete(view)
    session.flush()


def open_with(session: Session, view_id: int, person: Person) -> SavedView:
    """Open the queue with this view from now on.

    Raises:
        NotFound: there is none, or it is not his to know of.
    """
    view = _find(session, view_id, person)
    chosen = insert(FirstView).values(moderator_id=person.id, view_id=view.id)
    session.execute(chosen.on_conflict_do_update(index_elements=["moderator_id"], set_={"view_id": view.id}))
    return view


def open_with_all(session: Session, person: Person) -> None:
    """Open the queue with all cases again."""
    session.execute(delete(FirstView).where(FirstView.moderator_id == person.id))


def _find(session: Session, view_id: int, person: Person) -> SavedView:
    view = session.get(SavedView, view_id)
    theirs = view is not None and view.site_id is None and view.moderator_id != person.id
    if view is None or theirs or (view.site_id is not None and person.role_on(view.site_id) is None):
        raise NotFound("There is no such view")
    return view


def _own(session: Session, view_id: int, person: Person) -> SavedView:
    view = _find(session, view_id, person)
    if view.site_id is not None:
        person.require(Role.SENIOR, view.site_id)
    return view


def _beside(session: Session, view: SavedView) -> list[str]:
    """The names of the views beside this one, whose owner or site is locked: nobody else adds one meanwhile."""
    beside = select(SavedView.name).where(SavedView.id.is_distinct_from(view.id))
    if view.site_id is None:
        owner = select(Moderator.id).where(Moderator.id == view.moderator_id)
        beside = beside.where(SavedView.site_id.is_(None), SavedView.moderator_id == view.moderator_id)
    else:
        owner = select(Site.id).where(Site.id == view.site_id)
        beside = beside.where(SavedView.site_id == view.site_id)
    session.execute(owner.with_for_update(key_share=True))
    return list(session.scalars(beside))


def _require_free(session: Session, view: SavedView, name: str) -> None:
    if name in _beside(session, view):
        raise Conflict("There is a view of this name already")


def _record(session: Session, view: SavedView, person: Person, action: str) -> None:
    said = {"name": view.name, "filters": view.filters}
    audit.append(
        session, actor=person.actor, action=action, subject=f"view:{view.id}", site_id=view.site_id, after=said
    )
