"""A person's own identities at the provider: linked to his account, and given up again."""

from __future__ import annotations

from typing import Any

from flask import Response

from moderation_service.api.current import person, services, transaction
from moderation_service.console import cookies, forms
from moderation_service.console.blueprint import blueprint
from moderation_service.console.guard import signed_in
from moderation_service.console.openid import SECONDS, provider, send_off
from moderation_service.console.pages import back_to, flash, page
from moderation_service.console.words import _
from moderation_service.errors import Conflict, NotFound, Unauthenticated
from moderation_service.sites import identities
from moderation_service.sites.identities import Identity


@blueprint.get("/account/identities/begin")
@signed_in
def begin_identity() -> Response:
    """Off to the provider, to sign in there with the identity that is to be linked."""
    return send_off(moderator_id=person().id)


@blueprint.get("/account/identities/new")
@signed_in
def new_identity() -> Response:
    """The identity that came back, and whether it is to be linked."""
    return _new_identity()


@blueprint.post("/account/identities")
@signed_in
def link_identity() -> Response:
    """Link it, for who types his password: a session that somebody left open makes no second way in."""
    identity = _offered()
    try:
        with transaction() as session:
            identities.link(session, forms.confirmed_by_password(session), identity, actor=person().actor)
    except Unauthenticated:
        return _new_identity(422, password_error=_("This is not your password."))
    except Conflict:
        flash("failed", _("This identity is linked already, to you or to somebody else."))
    else:
        flash("done", _("You can sign in with %(provider)s from now on.") % {"provider": provider().label})
    answer = back_to("console.account")
    cookies.drop(answer, cookies.IDENTITY)
    return answer


@blueprint.post("/account/identities/<small:identity_id>:unlink")
@signed_in
def unlink_identity(identity_id: int) -> Response:
    """Give one of one's own identities up; the sessions that it opened end."""
    passwords = services().settings.password_sign_in
    try:
        with transaction() as session:
            identities.unlink_own(session, person().id, identity_id, passwords=passwords)
    except Conflict:
        flash("failed", _("This is the only way into your account, so it stays."))
    else:
        flash("done", _("The identity is no longer linked; sessions that it opened have ended."))
    return back_to("console.account")


def _new_identity(status: int = 200, **errors: Any) -> Response:
    return page("new_identity.html", status, identity=_offered(), provider=provider(), **errors)


def _offered() -> Identity:
    """The identity that this person has just signed in with at the provider.

    Raises:
        NotFound: there is none, or it was offered to another account.
    """
    kept = cookies.read_signed(cookies.IDENTITY, seconds=SECONDS)
    if kept is None or kept["moderator_id"] != person().id:
        raise NotFound("There is no identity that waits to be linked")
    return Identity(kept["issuer"], kept["subject"])
