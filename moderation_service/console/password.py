"""A person changes his password; whom another has given one comes here before anything else."""

from __future__ import annotations

from flask import Response, request

from moderation_service.api.current import person, transaction
from moderation_service.console import cookies, forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.devices import device, lifetime
from moderation_service.console.guard import even_with
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _, later
from moderation_service.errors import Invalid, Unauthenticated
from moderation_service.sites import accounts, passwords, signing_in
from moderation_service.sites.duties import Duty
from moderation_service.sites.models import Moderator
from moderation_service.sites.secrets import SHORTEST_PASSWORD

FAULTS = {
    accounts.SAME_PASSWORD: later("This is the password that you have."),
    passwords.TOO_SHORT: later("A password has at least %(n)s characters."),
    passwords.FEW_SIGNS: later("A password has at least five different characters."),
    passwords.REPEATED: later("This password is one word again and again."),
    passwords.OF_NAME: later("This password is little more than your user name."),
    passwords.EASY: later("This password is made of words, rows of keys or numbers that are tried first."),
}


@blueprint.get("/account/password")
@even_with(Duty.PASSWORD)
def password() -> Response:
    """The form for another password."""
    return _password()


@blueprint.post("/account/password")
@even_with(Duty.PASSWORD)
def change_password() -> Response:
    """Take a new password, and end every session but a new one here."""
    try:
        with transaction() as session:
            moderator = forms.confirmed_by_password(session)
            accounts.choose_password(session, moderator, request.form.get("new", "")[:1000])
            secret = signing_in.open_session(session, moderator, lifetime=lifetime(), device=device())
    except Unauthenticated:
        return _password(422, current_error=_("This is not your password."))
    except Invalid as refused:
        return _password(422, new_error=_(FAULTS[refused.message]) % {"n": SHORTEST_PASSWORD})
    flash("done", _("Your password is changed; all other sessions have ended."))
    answer = back_to("console.account")
    cookies.write(answer, cookies.SESSION, secret)
    return answer


def _password(status: int = 200, **errors: str) -> Response:
    with transaction() as session:
        moderator = session.get_one(Moderator, person().id)
    return page("password.html", status, moderator=moderator, shortest=SHORTEST_PASSWORD, **errors)
