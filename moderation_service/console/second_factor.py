"""A person sets up his second factor, renews its recovery codes, or goes without it."""

from __future__ import annotations

import io

import pyotp
import segno
from flask import Response
from sqlalchemy.orm import Session

from moderation_service.api.current import person, services, transaction
from moderation_service.console import forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import even_with, signed_in
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _
from moderation_service.errors import Invalid, NotFound, Unauthenticated
from moderation_service.sites import second_factor as factors
from moderation_service.sites.duties import Duty
from moderation_service.sites.models import Moderator

ISSUER = "Moderation"


@blueprint.get("/account/second-factor")
@even_with(Duty.SECOND_FACTOR)
def second_factor() -> Response:
    """The steps of setting it up, or what can be done with one that is."""
    return _second_factor()


@blueprint.post("/account/second-factor:offer")
@even_with(Duty.SECOND_FACTOR)
def offer_second_factor() -> Response:
    """Begin: a new secret, shown on the next page."""
    with transaction() as session:
        factors.offer(session, _token_id())
    return back_to("console.second_factor")


@blueprint.get("/account/second-factor/qr.svg")
@even_with(Duty.SECOND_FACTOR)
def second_factor_qr() -> Response:
    """The offered secret as a picture that an authenticator scans."""
    with transaction() as session:
        secret = _offered(session)
    if secret is None:
        raise NotFound("Nothing is being set up here")
    address = pyotp.TOTP(secret).provisioning_uri(name=person().username, issuer_name=ISSUER)
    picture = io.BytesIO()
    # Black on white in both themes: cameras want the contrast and the margin.
    segno.make(address, error="m").save(picture, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    return Response(picture.getvalue(), mimetype="image/svg+xml")


@blueprint.post("/account/second-factor:confirm")
@even_with(Duty.SECOND_FACTOR)
def confirm_second_factor() -> Response:
    """Put it in force with a first code; the recovery codes are on the answer, this once."""
    try:
        with transaction() as session:
            code = "".join(forms.text("code", longest=20, shortest=0).split())
            codes = factors.confirm(session, _token_id(), code, key=services().settings.secret_key)
    except Invalid:
        return _second_factor(422, code_error=_("This is not the code that your authenticator shows now."))
    return page("recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor:renew-codes")
@signed_in
def renew_recovery_codes() -> Response:
    """New recovery codes, on the answer, this once."""
    try:
        with transaction() as session:
            codes = factors.renew_recovery_codes(session, forms.confirmed_by_password(session))
    except Unauthenticated:
        return _second_factor(422, renew_error=_("This is not your password."))
    return page("recovery_codes.html", codes=codes)


@blueprint.post("/account/second-factor:remove")
@signed_in
def remove_second_factor() -> Response:
    """Go without it again."""
    try:
        with transaction() as session:
            factors.remove(session, forms.confirmed_by_password(session))
    except Unauthenticated:
        return _second_factor(422, remove_error=_("This is not your password."))
    flash("done", _("Your account has no second factor any more."))
    return back_to("console.account")


def _second_factor(status: int = 200, **errors: str) -> Response:
    with transaction() as session:
        moderator = session.get_one(Moderator, person().id)
        left = factors.recovery_codes_left(session, moderator.id)
        secret = _offered(session)
    return page("second_factor.html", status=status, moderator=moderator, codes_left=left, secret=secret, **errors)


def _offered(session: Session) -> str | None:
    return factors.offered(session, _token_id(), key=services().settings.secret_key)


def _token_id() -> int:
    token_id = person().token_id
    if token_id is None:  # only people made without a token have none, and they reach no page
        raise Unauthenticated("There is no session")
    return token_id
