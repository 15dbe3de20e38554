"""Who is asking: sites by their key, moderators by their token; each route says which it takes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Generic, ParamSpec, TypeVar

from flask import g, request

from moderation_service.api.current import services
from moderation_service.errors import Forbidden, Unauthenticated
from moderation_service.sites.service import SiteKey

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")
View = TypeVar("View", bound=Callable[..., Any])

LONGEST_CREDENTIAL = 200
REMEMBERED_MOST = 10_000


class Remembered(Generic[Answer]):
    """A look-up whose answers are remembered for a moment: what is revoked works on for that long at most."""

    def __init__(self, look_up: Callable[[str], Answer], lifetime: timedelta) -> None:
        self._look_up = look_up
        self._lifetime = lifetime.total_seconds()
        self._known: dict[str, tuple[float, Answer]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: str) -> Answer:
        """The answer for `key`, looked up unless it is remembered."""
        now = time.monotonic()
        known = self._known.get(key)
        if known is not None and known[0] > now:
            return known[1]
        answer = self._look_up(key)
        with self._lock:
            if len(self._known) >= REMEMBERED_MOST:
                self._known.clear()
            self._known[key] = (now + self._lifetime, answer)
        return answer


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
