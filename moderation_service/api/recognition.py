"""Who is asking: sites by their key, moderators by their token; each route says which it takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from moderation_service.api.current import services
from moderation_service.errors import Forbidden, Unauthenticated
from moderation_service.sites.service import SiteKey

View = TypeVar("View", bound=Callable[..., Any])

LONGEST_CREDENTIAL = 200
NO_PASSWORDS = "No passwords are taken here; sign in through your organisation's provider"


def credential() -> str:
    """The bearer token of this request.

    Raises:
        Unauthenticated: there is none, or nothing that could be one.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > LONGEST_CREDENTIAL or not token.isascii():
        raise Unauthenticated("Send `Authorization: Bearer` with a key or token")
    return token.strip()


def for_sites(*kinds: str) -> Callable[[View], View]:
    """A route for sites: takes keys of these kinds; publishable ones only from an origin of their site."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **options: Any) -> Any:
            key = services().recognise_key(credential())
            if key is None:
                raise Unauthenticated("This key is not known, or its time is over")
            if key.kind not in kinds:
                raise Forbidden(f"This takes a {' or '.join(kinds)} key, and yours is {key.kind}")
            _check_origin(key)
            g.site_key = key
            return view(*args, **options)

        guarded._audience = ("site", *kinds)  # type: ignore[attr-defined]
        guarded._apidoc = getattr(view, "_apidoc", {}) | {"manual_doc": {"security": [{"siteKey": []}]}}  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def _check_origin(key: SiteKey) -> None:
    if key.kind == "publishable" and request.headers.get("Origin") not in key.origins:
        raise Forbidden("A publishable key works only from the origins of its site; from servers use a secret key")


def for_moderators(view: View) -> View:
    """A route for moderators: takes a session or a personal token; what they may do there, the rooms decide."""

    @wraps(view)
    def guarded(*args: Any, **options: Any) -> Any:
        person = services().recognise_person(credential())
        if person is None:
            raise Unauthenticated("This token is not known, or its time is over")
        g.person = person
        return view(*args, **options)

    guarded._audience = ("moderator",)  # type: ignore[attr-defined]
    guarded._apidoc = getattr(view, "_apidoc", {}) | {"manual_doc": {"security": [{"moderatorToken": []}]}}  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def for_anybody(view: View) -> View:
    """A route that takes no credential."""
    view._audience = ("anybody",)  # type: ignore[attr-defined]
    return view


def takes_passwords(view: View) -> View:
    """A route that takes a password in place of a credential; closed where a provider is the only way in."""

    @wraps(view)
    def guarded(*args: Any, **options: Any) -> Any:
        if not services().settings.password_sign_in:
            raise Forbidden(NO_PASSWORDS)
        return view(*args, **options)

    return guarded  # type: ignore[return-value]
