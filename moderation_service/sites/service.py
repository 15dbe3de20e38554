"""Sites and their keys: made, rotated with overlap, recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict, Unpack

from sqlalchemy import Text, any_, func, literal, literal_column, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.sites.models import ApiKey, Door, Site
from moderation_service.sites.secrets import digest, new_secret

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")
LAST_USE_PRECISION = timedelta(minutes=1)
PRIORS = (0.001, 0.5)  # least and most that a site may expect to take down of what is flagged
HIDE_HOURS = (1, 168)


@dataclass(frozen=True, slots=True)
class SiteKey:
    """A key that was recognised: whose it is, what it may do, from which origins."""

    key_id: int
    kind: str
    site_id: int
    slug: str
    origins: frozenset[str]
    legal_url: str


def add_site(session: Session, *, slug: str, name: str, url: str, origins: Sequence[str] = (), actor: str) -> Site:
    """Add a reader-facing site.

    Raises:
        Invalid: the slug or an origin has not the form it needs.
        Conflict: the slug is taken.
    """
    if not SLUG.fullmatch(slug):
        raise Invalid("A slug has lower-case letters, digits and hyphens, 63 at most", field="slug")
    # One statement, so that of two who take the same slug at once one is told.
    new = insert(Site).values(slug=slug, name=name, url=url, origins=_checked(origins)).on_conflict_do_nothing()
    site: Site | None = session.scalar(new.returning(Site))
    if site is None:
        raise Conflict(f"There is a site {slug!r} already")
    audit.append(
        session,
        actor=actor,
        action="site.added",
        subject=f"site:{site.id}",
        site_id=site.id,
        after={"slug": slug, "url": url, "origins": site.origins},
    )
    return site


def set_origins(session: Session, slug: str, origins: Sequence[str], *, actor: str) -> Site:
    """Replace the origins from which the site's publishable keys may be used.

    Raises:
        Invalid: an origin has not the form it needs.
    """
    site = site_by_slug(session, slug)
    before, after = site.origins, _checked(origins)
    if after == before:
        return site
    site.origins = after
    audit.append(
        session,
        actor=actor,
        action="site.origins_set",
        subject=f"site:{site.id}",
        site_id=site.id,
        before={"origins": before},
        after={"origins": after},
        detail={"before": {"origins": before}, "after": {"origins": after}},
    )
    return site


def state_of(session: Session, site: Site, *, lock: bool = False) -> str:
    """What a site's row is known by until it changes: the transaction that wrote it (PostgreSQL's `xmin`)."""
    wrote = select(literal_column("sites.xmin::text", Text)).select_from(Site).where(Site.id == site.id)
    return session.execute(wrote.with_for_update(key_share=True) if lock else wrote).scalar_one()


class Settings(TypedDict, total=False):
    """What is set for a site besides its origins; see `Site`."""

    name: str
    url: str
    legal_url: str | None
    store: str
    store_options: Mapping[str, Any]
    prior: float
    hide_pending: bool
    hide_hours: int
    two_person_rules: bool
    doors: list[str]


def adjust(session: Session, slug: str, *, actor: str, **settings: Unpack[Settings]) -> Site:
    """Change what is set for a site; what is not named stays as it is.

    Raises:
        Invalid: the prior is not between 0.001 and 0.5, the hours are not between 1 and 168, or a door is unknown.
    """
    prior, hours = settings.get("prior", PRIORS[0]), settings.get("hide_hours", HIDE_HOURS[0])
    if not PRIORS[0] <= prior <= PRIORS[1]:
        raise Invalid(f"The prior is a share between {PRIORS[0]} and {PRIORS[1]}", field="prior")
    if not HIDE_HOURS[0] <= hours <= HIDE_HOURS[1]:
        raise Invalid(f"An article is hidden for {HIDE_HOURS[0]} to {HIDE_HOURS[1]} hours", field="hide_hours")
    if not set(settings.get("doors", ())) <= set(Door):
        raise Invalid(f"The doors there are: {', '.join(Door)}", field="doors")
    site = site_by_slug(session, slug)
    changes = {name: value for name, value in settings.items() if value != getattr(site, name)}
    before = _told({name: getattr(site, name) for name in changes})
    for name, value in changes.items():
        setattr(site, name, value)
    if changes:
        after = _told(changes)
        audit.append(
            session,
            actor=actor,
            action="site.adjusted",
            subject=f"site:{site.id}",
            site_id=site.id,
            before=before,
            after=after,
            detail={"before": before, "after": after},
        )
    return site


def _told(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as the trail may keep them: of the options of a store, which hold secrets, only the names."""
    return {name: sorted(value) if name == "store_options" else value for name, value in settings.items()}


def _checked(origins: Sequence[str]) -> list[str]:
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise Invalid(f"{origin!r} is no origin such as https://news.example", field="origins")
    return sorted(set(origins))


def absent(slug: str) -> str:
    """That there is no such site, in words."""
    return f"There is no site {slug!r}"


def site_by_slug(session: Session, slug: str) -> Site:
    """The site of that slug.

    Raises:
        NotFound: there is none.
    """
    site = session.scalar(select(Site).where(Site.slug == slug))
    if site is None:
        raise NotFound(absent(slug))
    return site


def with_door(session: Session, door: Door) -> Sequence[str]:
    """The slugs of the sites that take reports through this door."""
    return session.scalars(select(Site.slug).where(Site.doors.contains([door.value])).order_by(Site.slug)).all()


def all_site_ids(session: Session) -> Sequence[int]:
    """The ids of all sites."""
    return session.scalars(select(Site.id).order_by(Site.id)).all()


def add_key(session: Session, site: Site, *, kind: str, name: str, actor: str) -> str:
    """Make a key and answer it in clear, this once."""
    secret = new_secret(kind)
    key = ApiKey(site_id=site.id, kind=kind, name=name, digest=digest(secret), hint=secret[:3] + "…" + secret[-4:])
    session.add(key)
    session.flush()
    audit.append(
        session,
        actor=actor,
        action="key.added",
        subject=f"key:{key.id}",
        site_id=site.id,
        after={"kind": kind, "name": name, "hint": key.hint},
    )
    return secret


def rotate_key(session: Session, key_id: int, *, overlap: timedelta, actor: str) -> str:
    """Make a successor of a key; the old one works on for `overlap`.

    Raises:
        NotFound: there is no such key.
        Conflict: it has an end already, so its successor was made, or it was ended for good.
    """
    # Locked, so that of two who replace it at once one is told.
    old = session.get(ApiKey, key_id, with_for_update=True, populate_existing=True)
    if old is None:
        raise NotFound(absent_key(key_id))
    if old.expires_at is not None:
        raise Conflict("This key has an end already, and is not replaced again")
    secret = add_key(session, session.get_one(Site, old.site_id), kind=old.kind, name=old.name, actor=actor)
    expire_key(session, key_id, after=overlap, actor=actor)
    return secret


def expire_key(session: Session, key_id: int, *, after: timedelta, actor: str) -> None:
    """End a key's life after a while; at once for a zero `after`."""
    key = key_by_id(session, key_id)
    # The sooner of the two (NULL is none): rotating a key that was revoked must not bring it back.
    ends = func.least(ApiKey.expires_at, func.now() + after)
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(expires_at=ends))
    audit.append(
        session,
        actor=actor,
        action="key.expires",
        subject=f"key:{key_id}",
        site_id=key.site_id,
        detail={"after_seconds": after.total_seconds()},
    )


def key_by_id(session: Session, key_id: int) -> ApiKey:
    """The key of that id.

    Raises:
        NotFound: there is none.
    """
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(absent_key(key_id))
    return key


def absent_key(key_id: int) -> str:
    """That there is no such key, in words."""
    return f"There is no key {key_id}"


def recognise(session: Session, secret: str) -> SiteKey | None:
    """Whose key this is, if it is one and still valid; notes its use, to the minute."""
    row = session.execute(
        select(ApiKey, Site)
        .join(Site, Site.id == ApiKey.site_id)
        .where(ApiKey.digest == digest(secret), or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > func.now()))
    ).one_or_none()
    if row is None:
        return None
    key, site = row
    stale = or_(ApiKey.last_used_at.is_(None), ApiKey.last_used_at < func.now() - LAST_USE_PRECISION)
    session.execute(update(ApiKey).where(ApiKey.id == key.id, stale).values(last_used_at=func.now()))
    return _known(site, key.id, key.kind)


def form_of(site: Site) -> SiteKey:
    """Who speaks through the form that stands ready for a site's readers: it may what a publishable key may."""
    return _known(site, 0, "publishable")


def _known(site: Site, key_id: int, kind: str) -> SiteKey:
    return SiteKey(key_id, kind, site.id, site.slug, frozenset(site.origins), site.legal_url or site.url)


def origin_is_known(session: Session, origin: str) -> bool:
    """Whether any site lists this origin; a browser's preflight carries no key to ask more precisely with."""
    return session.scalar(select(Site.id).where(literal(origin) == any_(Site.origins)).limit(1)) is not None


def all_keys(session: Session, slug: str | None = None) -> Sequence[tuple[ApiKey, Site]]:
    """Keys with their sites, for a listing."""
    query = select(ApiKey, Site).join(Site, Site.id == ApiKey.site_id).order_by(Site.slug, ApiKey.id)
    if slug is not None:
        query = query.where(Site.slug == slug)
    return [(key, site) for key, site in session.execute(query)]
