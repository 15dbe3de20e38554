"""How every page is made: its template, what all templates need, and the ways to answer."""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for

from moderation_service.console import csrf, tongue, words
from moderation_service.console.assets import asset
from moderation_service.console.flashes import flash, take
from moderation_service.console.words import later
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person

__all__ = [
    "Place",
    "back_to",
    "flash",
    "furnish",
    "holds",
    "page",
    "see_other",
    "swapped_in",
    "swaps",
    "wants_fragment",
]


class Place(NamedTuple):
    """One entry of the navigation: where it leads, what it is called, and who sees it."""

    endpoint: str
    name: str
    role: Role | None


# Each is shown to those who may go there.
NAVIGATION = (
    Place("console.queue", later("Queue"), Role.MODERATOR),
    Place("console.approvals", later("Approvals"), Role.MODERATOR),
    Place("console.quality", later("Quality"), Role.SENIOR),
    Place("console.numbers", later("Numbers"), Role.MODERATOR),
    Place("console.rules", later("Rules"), Role.SENIOR),
    Place("console.admin", later("Administration"), Role.SENIOR),
    Place("console.account", later("Account"), None),
)


def page(template: str, status: int = 200, **context: Any) -> Response:
    """A page, or a part of one, as an answer; all templates see the person, his language and the navigation."""
    person: Person | None = g.get("person")
    shared = {
        "person": person,
        "preferences": g.get("preferences"),
        "language": words.language(),
        "navigation": _navigation(person),
        "flashes": [] if wants_fragment() else take(),
    }
    return make_response(render_template(template, **(shared | context)), status)


def back_to(endpoint: str, **values: Any) -> Response:
    """Send the browser on to another page after a change."""
    return see_other(url_for(endpoint, **values))


def see_other(address: str) -> Response:
    """Send the browser on: by 303, so that loading the page anew repeats nothing.

    A script that swaps pages is told the address only, for what is to be said there is said once.
    """
    if swaps():
        return Response(status=204, headers={"HX-Redirect": address})
    return cast("Response", redirect(address, 303, Response))  # of the class that it is handed


def wants_fragment() -> bool:
    """Whether the page's script asks for a part of a page, rather than the browser for all of it."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def swaps() -> bool:
    """Whether the page's script puts the answer in the place of what the page shows (see static/onward.js)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") == "full"


def swapped_in(answer: Response, address: str) -> Response:
    """A page that a script puts in the place of another, and the address that it has from then on."""
    answer.headers["HX-Push-Url"] = address
    return answer


def holds(person: Person, role: Role | None) -> bool:
    """Whether a person has at least this role on any site."""
    return role is None or any(own.rank >= role.rank for _, own in person.roles)


def furnish(app: Flask) -> None:
    """Give all templates their words, filters and functions."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    # The extension's own callables look for the escaping and copy the context at each message; here both are known.
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.policies["ext.i18n.trimmed"] = True
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.filters |= {
        "moment": words.moment,
        "said": tongue.said,
        "day": words.day,
        "span": words.span,
        "day_of": words.day_of,
        "duration": words.duration,
        "number": words.number,
        "isolated": words.isolated,
        "percent": words.percent,
    }
    environment.globals |= {"_": words.in_markup, "gettext": words.in_markup, "ngettext": words.n_in_markup}
    environment.globals |= {"asset": asset, "csrf_token": csrf.token, "written_as": words.written_as}


def _navigation(person: Person | None) -> list[Place]:
    if person is None or g.duty is not None:
        return []
    return [place for place in NAVIGATION if holds(person, place.role)]
