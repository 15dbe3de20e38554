"""What the address of a list asks for: which sites, which words, which page."""

from __future__ import annotations

from flask import request
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person
from moderation_service.console.desk.asked import plain
from moderation_service.console.words import _
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import site_for


def own_sites(session: Session, role: Role) -> list[int] | None:
    """The site that the address names, else all where one has that role; None for all there are.

    Raises:
        NotFound: there is no such site, or it is not his to know of.
        Forbidden: he has another role there.
    """
    slug = plain("site")
    if not slug:
        return person().sites_as(role)
    return [site_for(session, person(), slug, role).id]


def choices_of_sites(session: Session, role: Role) -> list[tuple[str, str]]:
    """What a filter by site offers: all, and each where one has that role."""
    rows = queries.site_rows(session, sites=person().sites_as(role))
    return [("", _("All")), *((row["slug"], row["name"]) for row in rows)]


def kept(*names: str) -> dict[str, str]:
    """The filters of this address that are set, as another one repeats them."""
    return {name: value for name in names if (value := request.args.get(name, ""))}
