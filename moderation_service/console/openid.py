"""People sign in through an OpenID Connect provider: sent there by a link, and back with a code.

By a link, for a form may not lead anywhere else: browsers hold redirects to the page's `form-action` too.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass
from functools import partial

import structlog
from flask import Response, request

from moderation_service.api.current import services, transaction
from moderation_service.api.recognition import for_anybody
from moderation_service.api.submissions import network_of
from moderation_service.console import cookies
from moderation_service.console.blueprint import blueprint
from moderation_service.console.devices import device, lifetime
from moderation_service.console.guard import for_guests
from moderation_service.console.pages import back_to, flash, page, see_other
from moderation_service.console.sign_in import count_try, seat
from moderation_service.console.words import _
from moderation_service.errors import NotFound, Unauthenticated, Unavailable
from moderation_service.sites import signing_in
from moderation_service.sites.identities import Identity
from moderation_service.sites.provider import RETURN_PATH, Attempt, Provider

log = structlog.get_logger()

SECONDS = 600  # for signing in at the provider
LONGEST_CODE = 4000
LONGEST_NEXT = 500
LONGEST_ERROR = 100


@dataclass(frozen=True, slots=True)
class Errand:
    """What a browser is sent to the provider for: to sign in, or to link an identity to an account (`moderator_id`)."""

    attempt: Attempt
    next_page: str = ""
    moderator_id: int | None = None


@blueprint.get("/sign-in/openid")
@for_guests
def sign_in_openid() -> Response:
    """Off to the provider."""
    return send_off(next_page=request.args.get("next", ""))


@blueprint.get(RETURN_PATH.removeprefix("/console"))
@for_anybody
def return_from_openid() -> Response:
    """Back from the provider: a session, an identity to be linked, or why there is neither."""
    count_try()
    errand = _errand()
    if errand is None:
        return _failed(_("This sign-in took too long, or was begun in another window. Begin anew."))
    failed = partial(_failed, next_page=errand.next_page, linking=errand.moderator_id is not None)
    try:
        answer = _arrived(errand, _identified(errand))
    except Unavailable:
        answer = failed(_does_not_answer())
    except Unauthenticated:
        words = _("%(provider)s did not confirm who you are, so nobody is signed in. Try again.")
        answer = failed(words % {"provider": provider().label})
    cookies.drop(answer, cookies.OPENID)
    return answer


def send_off(*, next_page: str = "", moderator_id: int | None = None) -> Response:
    """Send the browser to the provider, with what it has to bring back in a cookie."""
    # Apart from the tries, of which each way there would else cost two.
    services().limits.hit("login", "sent off " + network_of(request.remote_addr))
    try:
        address, attempt = provider().start()
    except Unavailable:
        return _failed(_does_not_answer(), next_page=next_page, linking=moderator_id is not None)
    errand = Errand(attempt, next_page[:LONGEST_NEXT], moderator_id)
    answer = see_other(address)
    cookies.write_signed(answer, cookies.OPENID, asdict(errand), seconds=SECONDS)
    return answer


def provider() -> Provider:
    """The provider.

    Raises:
        NotFound: there is none.
    """
    found = services().provider
    if found is None:
        raise NotFound("There is no provider to sign in with")
    return found


def _errand() -> Errand | None:
    """What this browser was sent for, if that is what it comes back from."""
    kept = cookies.read_signed(cookies.OPENID, seconds=SECONDS)
    if kept is None:
        return None
    errand = Errand(Attempt(**kept["attempt"]), kept["next_page"], kept["moderator_id"])
    same = hmac.compare_digest(request.args.get("state", "").encode(), errand.attempt.state.encode())
    return errand if same else None


def _identified(errand: Errand) -> Identity:
    """Whom the provider vouches for; it may say that nobody has signed in."""
    code = request.args.get("code", "")
    if "error" in request.args or not 0 < len(code) <= LONGEST_CODE:
        log.warning("openid.refused", error=request.args.get("error", "no code")[:LONGEST_ERROR])
        raise Unauthenticated("Nobody has signed in at the provider")
    return provider().finish(errand.attempt, code, said_by=request.args.get("iss"))


def _arrived(errand: Errand, identity: Identity) -> Response:
    if errand.moderator_id is not None:
        return _to_be_linked(errand.moderator_id, identity)
    username = identity.told(services().settings.oidc_username_claim)
    with transaction() as session:
        secret = signing_in.by_identity(session, identity, username=username, lifetime=lifetime(), device=device())
    return _unknown(identity) if secret is None else seat(secret, errand.next_page)


def _to_be_linked(moderator_id: int, identity: Identity) -> Response:
    """On to the page that asks whether it shall be, with what it asks about in a cookie."""
    answer = back_to("console.new_identity")
    kept = {"moderator_id": moderator_id, "issuer": identity.issuer, "subject": identity.subject}
    cookies.write_signed(answer, cookies.IDENTITY, kept, seconds=SECONDS)
    return answer


def _unknown(identity: Identity) -> Response:
    settings = services().settings
    return page(
        "unknown_identity.html",
        403,
        identity=identity,
        provider=provider(),
        contact=settings.oidc_contact,
        passwords=settings.password_sign_in,
    )


def _failed(words: str, *, next_page: str = "", linking: bool = False) -> Response:
    flash("failed", words)
    return back_to("console.account") if linking else back_to("console.sign_in", next=next_page or None)


def _does_not_answer() -> str:
    words = _("%(provider)s does not answer at present. Try again in a moment.")
    return words % {"provider": provider().label}
