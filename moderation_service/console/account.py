"""A person's own pages: how he likes the console, where he is signed in, his ways in."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from moderation_service.api.current import person, services, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.devices import describe
from moderation_service.console.guard import signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _, languages, later, ngettext
from moderation_service.sites import identities, second_factor, sessions
from moderation_service.sites.models import Moderator

THEMES = {"auto": later("As the system has it"), "light": later("Light"), "dark": later("Dark")}


@blueprint.get("/account")
@signed_in
def account() -> Response:
    """Oneself."""
    who = person()
    with transaction() as session:
        moderator = session.get_one(Moderator, who.id)
        own: list[Any] = sessions.own(session, who.id)
        linked: list[Any] = list(identities.of(session, who.id))
        codes_left = second_factor.recovery_codes_left(session, who.id)
    return page(
        "account.html",
        moderator=moderator,
        sessions=own,
        identities=linked,
        provider=services().provider,
        passwords=services().settings.password_sign_in,
        codes_left=codes_left,
        describe=describe,
        languages=languages(),
        themes=THEMES,
        idle_minutes=services().settings.session_idle_minutes,
    )


@blueprint.post("/account/preferences")
@signed_in
def prefer() -> Response:
    """Keep how one likes the console."""
    language, theme = request.form.get("language"), request.form.get("theme", "auto")
    chosen = sessions.Preferences(
        language=language if language in languages() else None,
        theme=theme if theme in THEMES else "auto",
        blur_reported=forms.switch("blur_reported"),
        blur_images=forms.switch("blur_images"),
        grey_images=forms.switch("grey_images"),
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
