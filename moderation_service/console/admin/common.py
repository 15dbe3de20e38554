"""What the pages of the administration share: their own navigation, a question before a deed, a secret shown once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from moderation_service.api.current import person
from moderation_service.console.pages import Place, holds, page
from moderation_service.console.words import _, later
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Role

PLACES = (
    Place("console.admin", later("Overview"), Role.SENIOR),
    Place("console.admin_sites", later("Sites and keys"), Role.ADMIN),
    Place("console.admin_people", later("People"), Role.ADMIN),
    Place("console.admin_policies", later("Policies"), Role.ADMIN),
    Place("console.admin_dead_letters", later("Dead letters"), Role.SENIOR),
    Place("console.admin_trail", later("Audit trail"), Role.SENIOR),
)
KEY_KINDS = {
    "publishable": later("publishable: for pages that readers see"),
    "secret": later("secret: for the site's servers"),
}
# How long what is replaced works on, by hours.
OVERLAPS = {"0": later("not at all"), "1": later("1 hour"), "24": later("24 hours"), "168": later("7 days")}
# What is wrong with a field, in words that tell how it is right.
FAULTS = {
    "slug": later("1 to 63 lower-case letters, digits and hyphens; a letter or digit first."),
    "name": later("1 to 200 characters."),
    "url": later("An address such as https://news.example."),
    "legal_url": later("An address such as https://news.example, or nothing."),
    "origins": later("Each line an origin such as https://news.example, without a path."),
    "store": later("One of the kinds in the list."),
    "store_options": later('A JSON object such as {"url": "https://store.example"}, or nothing.'),
    "prior": later("A number between 0.1 and 50."),
    "hide_hours": later("A whole number between 1 and 168."),
    "kind": later("One of the kinds in the list."),
    "key_name": later("1 to 100 characters."),
    "username": later("1 to 100 characters."),
    "display_name": later("1 to 200 characters."),
}


def admin_page(template: str, status: int = 200, **context: Any) -> Response:
    """A page of the administration, with the way to its other pages."""
    return page(f"admin/{template}", status, places=_places(), **context)


def faults(error: Invalid) -> dict[str, str]:
    """What is wrong with a form, by field."""
    return {error.field: _(FAULTS.get(error.field, error.message))}


def confirm(
    question: str, *, deed: str, back: str, explained: str = "", hidden: Mapping[str, str] | None = None
) -> Response:
    """The question before what cannot be taken back so easily: `deed` is on the button, which posts to this address."""
    return admin_page("confirm.html", question=question, explained=explained, deed=deed, back=back, hidden=hidden or {})


def shown_once(title: str, secret: str, *, explained: str, back: str) -> Response:
    """A secret, on the answer to what made it: no page shows it again."""
    return admin_page("shown_once.html", title=title, secret=secret, explained=explained, back=back)


def _places() -> list[tuple[Place, bool]]:
    """The pages that this person may open, and whether it is the one that is open, or one below it."""
    return [(place, _is_open(place)) for place in PLACES if holds(person(), place.role)]


def _is_open(place: Place) -> bool:
    if place.endpoint == "console.admin":
        return request.endpoint == place.endpoint
    return request.path.startswith(url_for(place.endpoint))
