"""Who may see a page: people who are signed in, with the role it takes; or only guests."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, overload
from urllib.parse import urlsplit, urlunsplit

from flask import Response, g, request, url_for

from moderation_service.api.current import transaction
from moderation_service.console import cookies
from moderation_service.console.pages import back_to, holds, see_other
from moderation_service.console.words import later
from moderation_service.errors import Forbidden
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import sessions
from moderation_service.sites.duties import Duty

View = TypeVar("View", bound=Callable[..., Any])

TAKES = {
    Role.MODERATOR: later("This takes the role moderator"),
    Role.SENIOR: later("This takes the role senior"),
    Role.ADMIN: later("This takes the role admin"),
}
DONE_ON = {Duty.PASSWORD: "console.password", Duty.SECOND_FACTOR: "console.second_factor"}


@overload
def signed_in(wanted: View) -> View: ...


@overload
def signed_in(wanted: Role | None = None, *, quiet: bool = False) -> Callable[[View], View]: ...


def signed_in(wanted: Any = None, *, quiet: bool = False) -> Any:
    """A page for people who are signed in; `@signed_in(Role.SENIOR)` for those who have that role on some site.

    `quiet` is for what a page's script asks by itself, again and again: it does not keep a session from lying idle.
    """
    if wanted is None or isinstance(wanted, Role):
        return lambda view: _guarded(view, role=wanted, quiet=quiet)
    return _guarded(wanted)


def even_with(*duties: Duty) -> Callable[[View], View]:
    """A page for people who are signed in, open as well to those who have one of these duties to do first."""
    return lambda view: _guarded(view, duties=duties)


def for_guests(view: View) -> View:
    """A page for people who are not signed in; others are sent where a sign-in would lead."""

    @wraps(view)
    def guarded(*args: Any, **options: Any) -> Any:
        return see_other(way_back(request.args.get("next"))) if _recognised() else view(*args, **options)

    guarded._audience = ("anybody",)  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def way_back(path: str | None) -> str:
    """Where a sign-in leads: to the page that asked for it, when it is one of ours.

    By how it begins, for what begins like that leads nowhere else. Anybody may have written the rest: a line of its own
    would be one of the answer's head.
    """
    ours = path is not None and path.startswith("/console/") and path.isprintable() and "\\" not in path
    return path if path is not None and ours else url_for("console.home")


def _guarded(view: View, *, role: Role | None = None, quiet: bool = False, duties: tuple[Duty, ...] = ()) -> View:
    @wraps(view)
    def guarded(*args: Any, **options: Any) -> Any:
        found = _recognised(quiet=quiet)
        if found is None:
            return _to_sign_in()
        if found.duty is not None and found.duty not in duties:
            return back_to(DONE_ON[found.duty])
        if role is not None and not holds(found.person, role):
            raise Forbidden(TAKES[role])
        return view(*args, **options)

    guarded._audience = ("console", role)  # type: ignore[attr-defined]
    return guarded  # type: ignore[return-value]


def _recognised(*, quiet: bool = False) -> sessions.SignedIn | None:
    secret = cookies.read(cookies.SESSION)
    if secret is None:
        return None
    with transaction() as session:
        found = sessions.recognise(session, secret, quiet=quiet)
    if found is not None:
        g.person, g.preferences, g.duty = found.person, found.preferences, found.duty
    return found


def _to_sign_in() -> Response:
    if request.headers.get("HX-Request") == "true":
        # A part of a page has no room for a sign-in; the whole page goes there, when nothing typed on it would be lost.
        shown = _path_of(request.headers.get("HX-Current-URL"))
        return Response(status=401, headers={"HX-Redirect": url_for("console.sign_in", next=shown)})
    asked = request.full_path.rstrip("?") if request.method == "GET" else _path_of(request.referrer)
    return back_to("console.sign_in", next=asked)


def _path_of(address: str | None) -> str | None:
    """Where on this host a page stands, with its question; None where it is not told."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return urlunsplit(("", "", parts.path, parts.query, "")) or None
