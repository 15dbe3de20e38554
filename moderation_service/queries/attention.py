"""What waits for somebody who looks after the service, on the sites where he may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from moderation_service.enforcement.models import Order
from moderation_service.notifications.models import Notice
from moderation_service.policy.vocabulary import Role
from moderation_service.queries.dead import count_dead
from moderation_service.sites.models import ApiKey, Membership, Moderator, Site
from moderation_service.sites.people import Person

SOON = timedelta(days=7)


def to_look_after(session: Session, person: Person) -> dict[str, Any]:
    """What was given up on, for a senior; sites, keys and people that lack something, for an admin."""
    senior, admin = person.sites_as(Role.SENIOR), person.sites_as(Role.ADMIN)
    return {
        "orders": count_dead(session, Order, sites=senior),
        "notices": count_dead(session, Notice, sites=senior),
        "keys": _ending_keys(session, admin),
        "keyless": _keyless(session, admin),
        "unprotected": _unprotected(session, admin),
    }


def _ending_keys(session: Session, sites: list[int] | None) -> list[dict[str, Any]]:
    """Keys that end within a week, unless they were replaced: a key of the same kind and name was made after them."""
    later = aliased(ApiKey)
    same = later.site_id == ApiKey.site_id, later.kind == ApiKey.kind, later.name == ApiKey.name
    query = (
        select(Site.slug, Site.name.label("site"), ApiKey.name, ApiKey.expires_at)
        .join(Site, Site.id == ApiKey.site_id)
        .where(ApiKey.expires_at.between(func.now(), func.now() + literal(SOON)), _among(sites, ApiKey.site_id))
        .where(~exists().where(*same, later.id > ApiKey.id))
        .order_by(ApiKey.expires_at)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def _keyless(session: Session, sites: list[int] | None) -> list[dict[str, Any]]:
    """Sites that nobody can speak for: none of their keys is good any more."""
    good = exists().where(ApiKey.site_id == Site.id, or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()))
    query = select(Site.slug, Site.name).where(~good, _among(sites, Site.id)).order_by(Site.slug)
    return [dict(row) for row in session.execute(query).mappings()]


def _unprotected(session: Session, sites: list[int] | None) -> int:
    """How many people have yet to set up the second factor that is required of them."""
    query = select(func.count()).where(Moderator.active, Moderator.totp_required, Moderator.totp_salt.is_(None))
    if sites is not None:
        query = query.where(exists().where(Membership.moderator_id == Moderator.id, Membership.site_id.in_(sites)))
    return session.execute(query).scalar_one()


def _among(sites: list[int] | None, site_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether a row is of one of these sites; None for all."""
    return true() if sites is None else site_id.in_(sites)
