"""Sites and their keys, for those who administer them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from sqlalchemy.orm import Session

from moderation_service.enforcement.stores.registry import KINDS
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import service as sites
from moderation_service.sites.models import ApiKey, Site
from moderation_service.sites.people import Person, site_for


def own_site(session: Session, person: Person, slug: str) -> Site:
    """A site that a person administers.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: he is no admin there.
    """
    return site_for(session, person, slug, Role.ADMIN)


def own_key(session: Session, person: Person, slug: str, key_id: int) -> ApiKey:
    """A key of a site that a person administers.

    Raises:
        NotFound: as `own_site`, or the site has no such key.
        Forbidden: he is no admin there.
    """
    site, key = own_site(session, person, slug), sites.key_by_id(session, key_id)
    if key.site_id != site.id:
        raise NotFound(sites.absent_key(key_id))
    return key


def add_site(session: Session, person: Person, *, slug: str, name: str, url: str, origins: Sequence[str]) -> Site:
    """An admin of all sites adds one.

    Raises:
        Forbidden: he is no admin of all.
        Invalid: the slug or an origin has not the form it needs.
        Conflict: the slug is taken.
    """
    person.require(Role.ADMIN, None)
    return sites.add_site(session, slug=slug, name=name, url=url, origins=origins, actor=person.actor)


def change_site(
    session: Session,
    person: Person,
    slug: str,
    origins: Sequence[str],
    *,
    seen: str,
    **settings: Unpack[sites.Settings],
) -> Site:
    """An admin changes what is set for a site; `seen` is the `state_of` it that he looked at.

    Raises:
        NotFound: as `own_site`.
        Forbidden: as `own_site`.
        Invalid: a setting is out of its bounds, or there is no such kind of store.
        Conflict: somebody else has changed the site since.
    """
    site = own_site(session, person, slug)
    if sites.state_of(session, site, lock=True) != seen:
        raise Conflict("Somebody else has changed this site in the meantime")
    if settings.get("store", "builtin") not in KINDS:
        raise Invalid("There is no such kind of content store", field="store")
    sites.set_origins(session, slug, origins, actor=person.actor)
    return sites.adjust(session, slug, actor=person.actor, **settings)


def place(session: Session, person: Person, slug: str | None) -> Site | None:
    """The site of that slug, or the None that stands for all, where the person is an admin."""
    if slug is not None:
        return own_site(session, person, slug)
    person.require(Role.ADMIN, None)
    return None
