"""People sign in and out."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, redirect, request

from moderation_service.api.current import person, services, transaction
from moderation_service.api.submissions import network_of
from moderation_service.console import cookies, forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import for_guests, signed_in, way_back
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _
from moderation_service.errors import Unauthenticated
from moderation_service.sites import people


@blueprint.get("/sign-in")
@for_guests
def sign_in() -> Response:
    """The form."""
    return page("sign_in.html", next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@for_guests
def enter() -> Response:
    """Check the password; ten tries in five minutes, for an account and for an address."""
    username, password = forms.text("username", longest=100), forms.text("password", longest=1000)
    limits = services().limits
    limits.hit("login", "network " + network_of(request.remote_addr))
    limits.hit("login", "account " + username.lower())
    lifetime = timedelta(hours=services().settings.session_hours)
    try:
        with transaction() as session:
            secret = people.sign_in(session, username=username, password=password, lifetime=lifetime)
    except Unauthenticated:
        flash("failed", _("The user name or the password is wrong."))
        return page("sign_in.html", status=401, username=username, next=request.form.get("next", ""))
    answer: Response = redirect(way_back(request.form.get("next")), 303)  # type: ignore[assignment]
    cookies.drop(answer, cookies.GUEST)
    cookies.write(answer, cookies.SESSION, secret)
    return answer


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> Response:
    """End this session."""
    with transaction() as session:
        people.end_session(session, person().token_id)
    flash("done", _("You are signed out."))
    answer = back_to("console.sign_in")
    cookies.drop(answer, cookies.SESSION)
    return answer
