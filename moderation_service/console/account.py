"""A person's own pages: how he likes the console, where he is signed in, his password."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from moderation_service.api.current import person, services, transaction
from moderation_service.console import cookies, forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.devices import describe, device, lifetime
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _, languages, later, ngettext
from moderation_service.errors import Invalid, Unauthenticated
from moderation_service.sites import identities, people, second_factor, sessions, signing_in
from moderation_service.sites.models import Moderator
from moderation_service.sites.secrets import SHORTEST_PASSWORD

THEMES = {"auto": later("As the system has it"), "light": later("Light"), "dark": later("Dark")}


@blueprint.get("/account")
@signed_in
def account() -> Response:
    """Oneself."""
    return _account()


@blueprint.post("/account/preferences")
@signed_in
def prefer() -> Response:
    """Keep how one likes the console."""
    language, theme = request.form.get("language"), request.form.get("theme", "auto")
    chosen = sessions.Preferences(
        language=language if language in languages() else None,
        theme=theme if theme in THEMES else "auto",
        blur_reported=forms.switch("blur_reported"),
    )
    with transaction() as session:
        sessions.prefer(session, person().id, chosen)
    return back_to("console.account")


@blueprint.post("/account/sessions/<small:token_id>:end")
@signed_in
def end_session(token_id: int) -> Response:
    """End one of one's own sessions."""
    with transaction() as session:
        sessions.end_own(session, person().id, token_id)
    flash("done", _("The session has ended."))
    return back_to("console.account")


@blueprint.post("/account/sessions:end-others")
@signed_in
def end_other_sessions() -> Response:
    """End all of one's own sessions but this one."""
    with transaction() as session:
        ended = sessions.end_others(session, person())
    flash("done", ngettext("%(n)s session has ended.", "%(n)s sessions have ended.", ended) % {"n": ended})
    return back_to("console.account")


@blueprint.post("/account/password")
@signed_in
def change_password() -> Response:
    """Take a new password, and end every session but a new one here."""
    try:
        with transaction() as session:
            moderator = forms.confirmed_by_password(session)
            people.set_password(session, moderator, request.form.get("new", "")[:1000], actor=person().actor)
            secret = signing_in.open_session(session, moderator, lifetime=lifetime(), device=device())
    except Unauthenticated:
        return _account(422, current_error=_("This is not your password."))
    except Invalid:
        words = _("A password has at least %(n)s characters.") % {"n": SHORTEST_PASSWORD}
        return _account(422, new_error=words)
    flash("done", _("Your password is changed; all other sessions have ended."))
    answer = back_to("console.account")
    cookies.write(answer, cookies.SESSION, secret)
    return answer


def _account(status: int = 200, **errors: str) -> Response:
    who = person()
    with transaction() as session:
        moderator = session.get_one(Moderator, who.id)
        own: list[Any] = sessions.own(session, who.id)
        linked: list[Any] = list(identities.of(session, who.id))
        codes_left = second_factor.recovery_codes_left(session, who.id)
    return page(
        "account.html",
        status=status,
        moderator=moderator,
        sessions=own,
        identities=linked,
        provider=services().provider,
        passwords=services().settings.password_sign_in,
        codes_left=codes_left,
        describe=describe,
        languages=languages(),
        themes=THEMES,
        shortest=SHORTEST_PASSWORD,
        idle_minutes=services().settings.session_idle_minutes,
        **errors,
    )
