"""Who works with the service: sites, their keys, and moderators with their roles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from moderation_service.notifications.models import WebhookSecret
from moderation_service.sites.models import AccessToken, ApiKey, Membership, Moderator, Site
from moderation_service.sites.people import still_good
from moderation_service.sites.service import all_keys, site_by_slug


def site_rows(session: Session, slug: str | None = None, *, sites: list[int] | None = None) -> list[dict[str, Any]]:
    """Every site, or those of these ids, by slug; or the one of this slug.

    Raises:
        NotFound: there is no such site.
    """
    query = select(Site).order_by(Site.slug)
    if sites is not None:
        query = query.where(Site.id.in_(sites))
    found = session.scalars(query) if slug is None else [site_by_slug(session, slug)]
    return [
        {
            "slug": site.slug,
            "name": site.name,
            "url": site.url,
            "legal_url": site.legal_url,
            "origins": site.origins,
            "store": site.store,
            "store_options": sorted(site.store_options),
            "prior": site.prior,
            "hide_pending": site.hide_pending,
            "hide_hours": site.hide_hours,
            "two_person_rules": site.two_person_rules,
            "doors": site.doors,
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


def key_use(session: Session) -> dict[str, dict[str, Any]]:
    """By site, how many keys are good now, and when one was used last; a site without good keys is left out."""
    good = or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now())
    query = select(Site.slug, func.count(), func.max(ApiKey.last_used_at)).join(Site, Site.id == ApiKey.site_id)
    rows = session.execute(query.where(good).group_by(Site.slug))
    return {slug: {"good": good_keys, "last_used_at": last} for slug, good_keys, last in rows}


def webhook_secret_since(session: Session, slug: str) -> datetime | None:
    """Since when a site's webhooks are signed with the secret in force; None where none was made yet."""
    in_force = WebhookSecret.site_id == site_by_slug(session, slug).id, WebhookSecret.retired_at.is_(None)
    return session.scalar(select(WebhookSecret.created_at).where(*in_force))


def moderator_rows(
    session: Session, *, sites: list[int] | None = None, only: int | None = None
) -> list[dict[str, Any]]:
    """Every moderator, by user name, with the role on each site; the site None stands for all.

    With `sites`, those who have a role on one of these, and their roles there; with `only`, the one of that number.
    """
    held = select(Membership.moderator_id, Membership.role, Site.slug).outerjoin(Site, Site.id == Membership.site_id)
    people = select(Moderator).order_by(Moderator.username)
    if sites is not None:
        held = held.where(Membership.site_id.in_(sites))
        people = people.where(Moderator.id.in_(select(Membership.moderator_id).where(Membership.site_id.in_(sites))))
    if only is not None:
        people = people.where(Moderator.id == only)
    roles: dict[int, list[dict[str, Any]]] = {}
    for moderator_id, role, slug in session.execute(held.order_by(Site.slug.nulls_first())):
        roles.setdefault(moderator_id, []).append({"site": slug, "role": role})
    seen = _seen(session)
    return [
        {
            "id": person.id,
            "username": person.username,
            "name": person.display_name,
            "active": person.active,
            "roles": roles.get(person.id, []),
            "second_factor": _second_factor(person),
            "factor_required": person.totp_required,
            "created_at": person.created_at,
        }
        | seen.get(person.id, {"last_seen_at": None, "sessions": 0})
        for person in session.scalars(people)
    ]


def _seen(session: Session) -> dict[int, dict[str, Any]]:
    """By moderator, when a token of his was used last, and how many sessions are alive."""
    alive = func.count().filter(AccessToken.kind == "session", still_good())
    query = select(AccessToken.moderator_id, func.max(AccessToken.last_used_at), alive)
    rows = session.execute(query.group_by(AccessToken.moderator_id))
    return {moderator_id: {"last_seen_at": last, "sessions": sessions} for moderator_id, last, sessions in rows}


def _second_factor(person: Moderator) -> str:
    if person.totp_salt is not None:
        return "set up"
    return "required" if person.totp_required else "none"
