"""One of the people: what he may do where, and the way to what may be done about his account."""

from __future__ import annotations

from flask import Response, request, url_for
from sqlalchemy.orm import Session

from moderation_service import administration, queries
from moderation_service.api.current import person, transaction
from moderation_service.console import forms
from moderation_service.console.admin.common import admin_page, confirm
from moderation_service.console.admin.deeds import DEEDS
from moderation_service.console.admin.places import EVERYWHERE, place, places_for_roles
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk.vocabulary import ROLES
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _, later, set_apart
from moderation_service.errors import Conflict, Forbidden, Invalid
from moderation_service.policy.vocabulary import Role

# What the steps refuse with, for the catalogues.
REFUSALS = (
    later("Nobody shuts himself out"),
    later("This is the last admin of all sites"),
    later("Nothing was given: somebody else has changed the roles since you opened this page"),
)


@blueprint.get("/admin/people/<small:moderator_id>")
@signed_in(Role.ADMIN)
def admin_person(moderator_id: int) -> Response:
    """One of them, his roles, and what may be done about him."""
    return person_page(moderator_id)


@blueprint.post("/admin/people/<small:moderator_id>/roles")
@signed_in(Role.ADMIN)
def admin_grant_role(moderator_id: int) -> Response:
    """Give him a role on a site, or on all; it replaces the one he had there."""
    try:
        with transaction() as session:
            moderator = administration.colleague(session, person(), moderator_id)
            role = Role(forms.one_of("role", list(Role)))
            seen = request.form.get("seen", "")
            administration.grant_role(session, person(), moderator, role, place(), seen=seen)
    except (Conflict, Invalid) as refused:
        return person_page(moderator_id, refused=refused)
    flash("done", _("The role holds from now on."))
    return back_to("console.admin_person", moderator_id=moderator_id)


@blueprint.get("/admin/people/<small:moderator_id>/roles:take")
@signed_in(Role.ADMIN)
def admin_ask_take_role(moderator_id: int) -> Response:
    """Ask whether a role is to be taken back."""
    with transaction() as session:
        moderator = administration.colleague(session, person(), moderator_id)
        name = moderator.display_name
    site = request.args.get("site", "")
    where = _("on all sites") if site == EVERYWHERE else _("on the site %(site)s") % {"site": site}
    question = _("Take the role of %(name)s %(place)s back?") % {"name": set_apart(name), "place": where}
    explained = _("From the next click on he may do there what his other roles allow, or nothing.")
    back = url_for("console.admin_person", moderator_id=moderator_id)
    return confirm(question, explained=explained, deed=_("Take it back"), back=back, hidden={"site": site})


@blueprint.post("/admin/people/<small:moderator_id>/roles:take")
@signed_in(Role.ADMIN)
def admin_take_role(moderator_id: int) -> Response:
    """Take it back."""
    try:
        with transaction() as session:
            moderator = administration.colleague(session, person(), moderator_id)
            administration.take_role(session, person(), moderator, place())
    except Conflict as refused:
        return person_page(moderator_id, refused=refused)
    flash("done", _("The role is taken back."))
    return back_to("console.admin_people")


def person_page(moderator_id: int, *, refused: Conflict | Invalid | None = None) -> Response:
    """The page of one of them; `refused` is why something could not be done about him."""
    with transaction() as session:
        seen = administration.roles_seen(session, person(), administration.colleague(session, person(), moderator_id))
        (row,) = queries.moderator_rows(session, sites=person().sites_as(Role.ADMIN), only=moderator_id)
        whole = _is_own(session, moderator_id)
        places = places_for_roles(session)
    return admin_page(
        "person.html",
        422 if isinstance(refused, Invalid) else 409 if refused else 200,
        row=row,
        seen=seen,
        typed=request.form,
        whole=whole,
        refused=_(refused.message) if refused else None,
        roles=ROLES,
        buttons={name: deed.button for name, deed in DEEDS.items()},
        own_everywhere=person().may(Role.ADMIN, None),
        places_for_roles=places,
    )


def _is_own(session: Session, moderator_id: int) -> bool:
    """Whether the whole account is one's to change, and not only roles on one's sites."""
    try:
        administration.own_account(session, person(), moderator_id)
    except Forbidden:
        return False
    return True
