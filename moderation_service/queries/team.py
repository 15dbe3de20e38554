"""Who works with the service: sites, their keys, and moderators with their roles."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.sites.models import Membership, Moderator, Site
from moderation_service.sites.service import all_keys, site_by_slug


def site_rows(session: Session, slug: str | None = None) -> list[dict[str, Any]]:
    """Every site, by its slug; or the one of this slug.

    Raises:
        NotFound: there is no such site.
    """
    found = session.scalars(select(Site).order_by(Site.slug)) if slug is None else [site_by_slug(session, slug)]
    return [
        {
            "slug": site.slug,
            "name": site.name,
            "url": site.url,
            "origins": site.origins,
            "store": site.store,
            "prior": site.prior,
            "hide_pending": site.hide_pending,
            "hide_hours": site.hide_hours,
            "two_person_rules": site.two_person_rules,
            "created_at": site.created_at,
        }
        for site in found
    ]


def key_rows(session: Session, slug: str) -> list[dict[str, Any]]:
    """A site's keys, oldest first, with nothing secret.

    Raises:
        NotFound: there is no such site.
    """
    site_by_slug(session, slug)
    return [
        {
            "id": key.id,
            "kind": key.kind,
            "name": key.name,
            "hint": key.hint,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
            "last_used_at": key.last_used_at,
        }
        for key, _ in all_keys(session, slug)
    ]


def moderator_rows(session: Session) -> list[dict[str, Any]]:
    """Every moderator, by user name, with the role on each site; the site None stands for all."""
    roles: dict[int, list[dict[str, Any]]] = {}
    held = select(Membership.moderator_id, Membership.role, Site.slug).outerjoin(Site, Site.id == Membership.site_id)
    for moderator_id, role, slug in session.execute(held.order_by(Site.slug.nulls_first())):
        roles.setdefault(moderator_id, []).append({"site": slug, "role": role})
    return [
        {
            "id": person.id,
            "username": person.username,
            "name": person.display_name,
            "active": person.active,
            "roles": roles.get(person.id, []),
            "created_at": person.created_at,
        }
        for person in session.scalars(select(Moderator).order_by(Moderator.username))
    ]
