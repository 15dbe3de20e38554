"""What an admin does to somebody's whole account: each deed is asked about first, and then done."""

from __future__ import annotations

from flask import Response, url_for

from moderation_service import administration
from moderation_service.api.current import person, transaction
from moderation_service.console.admin.common import confirm, shown_once
from moderation_service.console.admin.deeds import DEEDS, Deed
from moderation_service.console.admin.person import person_page
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash
from moderation_service.console.words import _, set_apart
from moderation_service.errors import Conflict, NotFound
from moderation_service.policy.vocabulary import Role


@blueprint.get("/admin/people/<small:moderator_id>:<deed>")
@signed_in(Role.ADMIN)
def admin_ask_about_account(moderator_id: int, deed: str) -> Response:
    """Ask whether it is to be done."""
    asked = _deed(deed)
    with transaction() as session:
        name = administration.own_account(session, person(), moderator_id).display_name
    question = _(asked.question) % {"name": set_apart(name)}
    return confirm(question, explained=_(asked.explained), deed=_(asked.button), back=_back(moderator_id))


@blueprint.post("/admin/people/<small:moderator_id>:<deed>")
@signed_in(Role.ADMIN)
def admin_change_account(moderator_id: int, deed: str) -> Response:
    """Do it."""
    asked = _deed(deed)
    try:
        with transaction() as session:
            moderator = asked.find(session, person(), moderator_id)
            name, secret = moderator.display_name, asked.do(session, moderator)
    except Conflict as refused:
        return person_page(moderator_id, refused=refused)
    if secret is not None:
        explained = _("Hand it over in person or by another secret way. It opens only the way to choosing another.")
        return shown_once(
            _(asked.done) % {"name": set_apart(name)}, secret, explained=explained, back=_back(moderator_id)
        )
    flash("done", _(asked.done))
    return back_to("console.admin_person", moderator_id=moderator_id)


def _deed(name: str) -> Deed:
    if name not in DEEDS:
        raise NotFound("There is no such thing to do")
    return DEEDS[name]


def _back(moderator_id: int) -> str:
    return url_for("console.admin_person", moderator_id=moderator_id)
