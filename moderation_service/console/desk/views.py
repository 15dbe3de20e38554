"""Saved views of the queue: kept under a name, shared with a site's team, renamed, deleted, opened with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from moderation_service.api.current import person, transaction
from moderation_service.cases import views
from moderation_service.cases.models import SavedView
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.asked import Asked, asked
from moderation_service.console.desk.queue import queue_page
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _
from moderation_service.errors import Conflict, Invalid
from moderation_service.sites.people import site_for


@blueprint.post("/queue/views")
@signed_in
def save_view() -> Response:
    """Keep what this address shows under a name."""

    def step(session: Session) -> SavedView:
        filters, slug = asked().filters(), forms.text("site", longest=63, shortest=0)
        if not slug:
            return views.save(session, person(), name=_name(), filters=filters)
        site = site_for(session, person(), slug)
        return views.save(session, person(), name=_name(), filters=filters | {"site": slug}, site=site)

    return _changed(step, _("The view is saved."))


@blueprint.post("/queue/views/<small:view_id>/rename")
@signed_in
def rename_view(view_id: int) -> Response:
    """Give a view another name."""
    return _changed(lambda session: views.rename(session, view_id, person(), _name()), _("The view is renamed."))


@blueprint.post("/queue/views/<small:view_id>/delete")
@signed_in
def delete_view(view_id: int) -> Response:
    """Delete a view; the cases that it shows stay what they are."""
    with transaction() as session:
        views.remove(session, view_id, person())
    flash("done", _("The view is deleted."))
    return back_to("console.queue", state="open")


@blueprint.post("/queue/views/<small:view_id>/first")
@signed_in
def open_with_view(view_id: int) -> Response:
    """Open the queue with this view from now on."""
    return _changed(lambda session: views.open_with(session, view_id, person()), _("The queue opens with this view."))


@blueprint.post("/queue/views/none-first")
@signed_in
def open_with_all() -> Response:
    """Open the queue with all cases again."""
    with transaction() as session:
        views.open_with_all(session, person())
    flash("done", _("The queue opens with all cases."))
    return back_to("console.queue", state="open")


def _changed(step: Callable[[Session], SavedView], said: str) -> Response:
    """Change a view and show it; a refusal is said at the field, with what was typed."""
    try:
        with transaction() as session:
            address: dict[str, Any] = Asked.kept(step(session).filters).address()
    except (Conflict, Invalid) as refused:
        return queue_page(refused=refused)
    flash("done", said)
    return back_to("console.queue", **address)


def _name() -> str:
    return forms.line("name", longest=views.NAME_LONGEST)
