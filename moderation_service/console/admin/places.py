"""Where a role is to hold: a site, or all of them, as forms name it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.api.current import person
from moderation_service.console import forms
from moderation_service.console.words import _
from moderation_service.policy.vocabulary import Role

EVERYWHERE = "*"  # where a slug would stand; no slug can be it


def places_for_roles(session: Session) -> list[tuple[str, str]]:
    """Where one may hand out roles, as a form offers it."""
    sites = [(row["slug"], row["name"]) for row in queries.site_rows(session, sites=person().sites_as(Role.ADMIN))]
    return [(EVERYWHERE, _("All sites")), *sites] if person().may(Role.ADMIN, None) else sites


def place() -> str | None:
    """The site that a form names; None for all."""
    site = forms.text("site", longest=63)
    return None if site == EVERYWHERE else site
