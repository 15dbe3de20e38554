"""People sign in and out: a password, then a code where the account has a second factor."""

from __future__ import annotations

from flask import Response, request

from moderation_service.api.current import person, services, transaction
from moderation_service.api.recognition import takes_passwords
from moderation_service.api.submissions import network_of
from moderation_service.console import cookies, forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.devices import device, lifetime
from moderation_service.console.guard import even_with, for_guests, way_back
from moderation_service.console.pages import back_to, flash, page, see_other
from moderation_service.console.words import _, later
from moderation_service.errors import Unauthenticated
from moderation_service.sites import people, signing_in
from moderation_service.sites.duties import Duty

# What the guard of a form refuses with, for the catalogues.
NO_PASSWORDS = later("No passwords are taken here; sign in through your organisation's provider")


@blueprint.get("/sign-in")
@for_guests
def sign_in() -> Response:
    """The ways in: a password, a provider, or both."""
    return _ways_in(next=request.args.get("next", ""))


@blueprint.post("/sign-in")
@for_guests
@takes_passwords
def enter() -> Response:
    """Check the password; the limits are the API's, by account and by network."""
    username, password = forms.text("username", longest=100), forms.text("password", longest=1000)
    next_page = request.form.get("next", "")
    count_try("account " + people.folded(username))
    try:
        with transaction() as session:
            started = signing_in.start(
                session, username=username, password=password, lifetime=lifetime(), device=device()
            )
    except Unauthenticated:
        flash("failed", _("The user name or the password is wrong."))
        return _ways_in(401, username=username, next=next_page)
    if not started.takes_code:
        return seat(started.secret, next_page)
    answer = back_to("console.sign_in_code", next=next_page or None)
    cookies.write(answer, cookies.HALF, started.secret, seconds=int(signing_in.HALF_LIFETIME.total_seconds()))
    return answer


@blueprint.get("/sign-in/code")
@for_guests
def sign_in_code() -> Response:
    """The form for the second factor's code."""
    if cookies.read(cookies.HALF) is None:
        return back_to("console.sign_in")
    return page("sign_in_code.html", next=request.args.get("next", ""))


@blueprint.post("/sign-in/code")
@for_guests
def enter_code() -> Response:
    """Check the code; who guesses is counted as who guesses a password is."""
    code, half = forms.text("code", longest=40), cookies.read(cookies.HALF) or ""
    next_page = request.form.get("next", "")
    with transaction() as session:
        whose = signing_in.half_of(session, half)
    if whose is None:
        return _begin_anew()
    count_try(f"code {whose}")
    key = services().settings.secret_key
    with transaction() as session:
        secret = signing_in.complete(session, half, code, key=key, lifetime=lifetime(), device=device())
    if secret is None:
        flash("failed", _("This code is wrong, or was used already."))
        return page("sign_in_code.html", status=401, next=next_page)
    return seat(secret, next_page)


@blueprint.post("/sign-out")
@even_with(*Duty)
def sign_out() -> Response:
    """End this session."""
    with transaction() as session:
        people.end_session(session, person().token_id)
    flash("done", _("You are signed out."))
    answer = back_to("console.sign_in")
    cookies.drop(answer, cookies.SESSION)
    return answer


def count_try(*whose: str) -> None:
    """Count one try against the network it comes from and the account it is for, where it is for one."""
    for counted in ("network " + network_of(request.remote_addr), *whose):
        services().limits.hit("login", counted)


def seat(secret: str, next_page: str) -> Response:
    """Hand a new session over; nothing of the guest's stays, so that nobody can have planted it."""
    answer = see_other(way_back(next_page))
    for cookie in (cookies.GUEST, cookies.HALF):
        cookies.drop(answer, cookie)
    cookies.write(answer, cookies.SESSION, secret)
    return answer


def _ways_in(status: int = 200, **context: str) -> Response:
    passwords = services().settings.password_sign_in
    return page("sign_in.html", status, passwords=passwords, provider=services().provider, **context)


def _begin_anew() -> Response:
    flash("failed", _("That took too long. Sign in anew."))
    answer = back_to("console.sign_in")
    cookies.drop(answer, cookies.HALF)
    return answer
