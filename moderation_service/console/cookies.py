"""The console's cookies, all of them bound to this host and this origin by their names."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from moderation_service.api.current import services

# Browsers take a cookie with this prefix only when it is Secure, has no Domain and is for `/`: no neighbour under the
# same domain can plant one. https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis
SESSION = "__Host-moderation"
GUEST = "__Host-moderation-guest"
HALF = "__Host-moderation-half"
FLASH = "__Host-moderation-flash"
OPENID = "__Host-moderation-openid"
IDENTITY = "__Host-moderation-identity"
# Written by the page's script, which alone knows it.
ZONE = "moderation-zone"
LONGEST = 200


def read(name: str) -> str | None:
    """A cookie's value; None where there is none, or nothing that we set."""
    value = request.cookies.get(name, "")
    return value if 0 < len(value) <= LONGEST and value.isascii() else None


def write(answer: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Set a cookie that no script reads; without `seconds` it ends with the browser."""
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="Lax")


def drop(answer: Response, name: str) -> None:
    """Take a cookie back."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="Lax")


def write_signed(answer: Response, name: str, value: Any, *, seconds: int) -> None:
    """Set a cookie that holds JSON, which nobody can change; its owner can read it."""
    write(answer, name, str(_signer(name).dumps(value)), seconds=seconds)


def read_signed(name: str, *, seconds: int) -> Any:
    """What we put into a signed cookie, at most so many seconds ago; None where there is no such thing."""
    try:
        return _signer(name).loads(request.cookies.get(name, ""), max_age=seconds)
    except BadSignature:
        return None


def _signer(name: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(services().settings.secret_key, salt="console.cookie." + name)
