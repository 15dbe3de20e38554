"""The people who decide: the list, and a new one."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, request, url_for

from moderation_service import administration, queries
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.admin.common import admin_page, faults, shown_once
from moderation_service.console.admin.places import place, places_for_roles
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.vocabulary import ROLES
from moderation_service.console.guard import signed_in
from moderation_service.console.words import _, set_apart
from moderation_service.errors import Conflict, Invalid
from moderation_service.policy.vocabulary import Role

NAME_LONGEST = 200
USERNAME_LONGEST = 100


@blueprint.get("/admin/people")
@signed_in(Role.ADMIN)
def admin_people() -> Response:
    """The people who work on the sites that one administers."""
    with transaction() as session:
        rows = queries.moderator_rows(session, sites=person().sites_as(Role.ADMIN))
    return admin_page("people.html", people=rows, roles=ROLES)


@blueprint.get("/admin/people:new")
@signed_in(Role.ADMIN)
def admin_new_person() -> Response:
    """The form for another one."""
    return _new_person()


@blueprint.post("/admin/people")
@signed_in(Role.ADMIN)
def admin_hire() -> Response:
    """Add him, and show his first password on the answer, this once."""
    try:
        with transaction() as session:
            hired, password = administration.hire(
                session,
                person(),
                username=forms.line("username", longest=USERNAME_LONGEST),
                display_name=forms.line("display_name", longest=NAME_LONGEST),
                role=Role(forms.one_of("role", list(Role))),
                slug=place(),
            )
            back = url_for("console.admin_person", moderator_id=hired.id)
    except Invalid as wrong:
        return _new_person(422, errors=faults(wrong))
    except Conflict:
        return _new_person(422, errors={"username": _("Somebody has this user name already.")})
    explained = _("Hand it over in person or by another secret way. It opens only the way to choosing another.")
    return shown_once(
        _("First password of %(name)s") % {"name": set_apart(hired.username)}, password, explained=explained, back=back
    )


def _new_person(status: int = 200, *, errors: Mapping[str, str] | None = None) -> Response:
    with transaction() as session:
        places = places_for_roles(session)
    return admin_page(
        "new_person.html", status, values=request.form, errors=errors or {}, roles=ROLES, places_for_roles=places
    )
