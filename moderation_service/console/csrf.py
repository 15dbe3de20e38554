"""Requests that change something come from our own pages: a token bound to the session, and where the browser says so.

OWASP's signed double-submit pattern: the token is a keyed hash of the session's cookie, so nothing has to be stored.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
Each page writes it in another way, under a mask that stands beside it: pages are compressed, and the length of what is
compressed would tell a secret that stays the same, bit by bit (see `compression`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from flask import Response, current_app, g, request

from moderation_service.api.current import services
from moderation_service.console import cookies
from moderation_service.console.words import later
from moderation_service.errors import Forbidden
from moderation_service.sites.addresses import origin_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FIELD = "csrf"
HEADER = "X-CSRF-Token"
FROM_ELSEWHERE = later("This came from another site, so nothing was done.")
NO_LONGER_VALID = later("This form is no longer valid. Go back, load the page anew, and send it again.")


def token() -> str:
    """The token for the forms of this request's page; a guest gets a cookie to bind it to."""
    if "csrf_token" not in g:
        bound = _bound_to()
        if bound is None:
            bound = g.new_guest = secrets.token_urlsafe(32)
        g.csrf_token = _masked(_keyed(bound))
    return str(g.csrf_token)


def check() -> None:
    """Nothing, when this request may change something.

    Raises:
        Forbidden: another site sent it, or its token is missing or of another session.
    """
    if request.method in SAFE:
        return
    if not _from_here():
        raise Forbidden(FROM_ELSEWHERE)
    if cookies.read(cookies.SESSION) is None and _takes_session():
        return  # nothing can be done in anybody's name: the guard of the page leads to the sign-in
    bound = _bound_to()
    sent = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if bound is None or not hmac.compare_digest(_unmasked(sent), _keyed(bound)):
        raise Forbidden(NO_LONGER_VALID)


def save(answer: Response) -> Response:
    """Give a new guest the cookie that his token is bound to."""
    if "new_guest" in g:
        cookies.write(answer, cookies.GUEST, g.new_guest)
    return answer


def _takes_session() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "_audience", ("",))[0] == "console")


def _bound_to() -> str | None:
    return cookies.read(cookies.SESSION) or cookies.read(cookies.GUEST) or g.get("new_guest")


def _keyed(bound: str) -> bytes:
    key = services().settings.secret_key.encode()
    return hmac.new(key, b"console.csrf\0" + bound.encode(), hashlib.sha256).digest()


def _masked(keyed: bytes) -> str:
    mask = secrets.token_bytes(len(keyed))
    return (mask + _xor(mask, keyed)).hex()


def _unmasked(sent: str) -> bytes:
    """The token that was written under a mask; nothing where it was not written by us."""
    try:
        both = bytes.fromhex(sent)
    except ValueError:
        return b""
    half = len(both) // 2
    return _xor(both[:half], both[half:])


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=False))


def _from_here() -> bool:
    # A second lock, for the day the first one leaks: browsers tell where a request comes from, and no script can lie.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in {origin_of(request.host_url), origin_of(services().settings.public_url)}
