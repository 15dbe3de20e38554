"""What admins do with sites, keys, people and policies, a step per function; each with those of his own sites.

Nobody may hand out more than he has: a role takes an admin of the place where it is to hold, and an account, which is
one for all places, an admin of each of them. An operator, who has the command line, calls the rooms' verbs himself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Unpack

from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.enforcement.stores.registry import KINDS
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import Draft
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import accounts, people
from moderation_service.sites import service as sites
from moderation_service.sites.models import ApiKey, Moderator, Site
from moderation_service.sites.people import Person
from moderation_service.sites.secrets import new_password


def own_site(session: Session, person: Person, slug: str) -> Site:
    """A site that a person administers.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: he is no admin there.
    """
    site = sites.site_by_slug(session, slug)
    person.require_here(site.id, sites.absent(slug))
    person.require(Role.ADMIN, site.id)
    return site


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
    session: Session, person: Person, slug: str, origins: Sequence[str], **settings: Unpack[sites.Settings]
) -> Site:
    """An admin changes what is set for a site.

    Raises:
        NotFound: as `own_site`.
        Forbidden: as `own_site`.
        Invalid: a setting is out of its bounds, or there is no such kind of store.
    """
    own_site(session, person, slug)
    if settings.get("store", "builtin") not in KINDS:
        raise Invalid("There is no such kind of content store", field="store")
    sites.set_origins(session, slug, origins, actor=person.actor)
    return sites.adjust(session, slug, actor=person.actor, **settings)


def hire(
    session: Session, person: Person, *, username: str, display_name: str, role: Role, slug: str | None
) -> tuple[Moderator, str]:
    """An admin adds somebody with a role on one of his sites, or on all; the first password is answered this once.

    Raises:
        NotFound: as `own_site`.
        Forbidden: he is no admin there.
        Invalid: the user name is empty or too long.
        Conflict: it is taken.
    """
    site = _place(session, person, slug)
    password, by = new_password(), person.actor
    hired = people.add_moderator(session, username=username, display_name=display_name, password=password, actor=by)
    people.grant_role(session, hired, role, site=site, actor=by)
    return hired, password


def colleague(session: Session, person: Person, moderator_id: int) -> Moderator:
    """Somebody whom an admin may see: who has a role on one of his sites; admins of all sites see everybody.

    Raises:
        NotFound: there is none, or he is not his to know of.
    """
    moderator = accounts.by_id(session, moderator_id)
    own = person.sites_as(Role.ADMIN)
    if own is not None and not any(site_id in own for site_id, _ in people.roles_of(session, moderator_id)):
        raise NotFound(accounts.absent())
    return moderator


def own_account(session: Session, person: Person, moderator_id: int) -> Moderator:
    """Somebody whose whole account an admin may change: he is an admin wherever that one has a role.

    Raises:
        NotFound: as `colleague`.
        Forbidden: that one works elsewhere too.
    """
    moderator = colleague(session, person, moderator_id)
    for site_id, _ in people.roles_of(session, moderator_id) or ((None, None),):
        person.require(Role.ADMIN, site_id)
    return moderator


def dispensable(session: Session, person: Person, moderator_id: int) -> Moderator:
    """Somebody whose account an admin may close.

    Raises:
        NotFound: as `colleague`.
        Forbidden: as `own_account`.
        Conflict: it is his own, or that of the last admin of all sites.
    """
    moderator = own_account(session, person, moderator_id)
    if moderator.id == person.id:
        raise Conflict("Nobody shuts himself out")
    _require_not_last(session, moderator)
    return moderator


def grant_role(session: Session, person: Person, moderator: Moderator, role: Role, slug: str | None) -> None:
    """An admin gives somebody a role on one of his sites, or on all; it replaces the one held there.

    Raises:
        NotFound: as `own_site`.
        Forbidden: he is no admin there.
        Conflict: it would leave nobody who is an admin of all sites.
    """
    site = _place(session, person, slug)
    if site is None and role is not Role.ADMIN:
        _require_not_last(session, moderator)
    people.grant_role(session, moderator, role, site=site, actor=person.actor)


def take_role(session: Session, person: Person, moderator: Moderator, slug: str | None) -> None:
    """An admin takes back a role on one of his sites, or on all.

    Raises:
        NotFound: as `own_site`, or that one has no role there.
        Forbidden: he is no admin there.
        Conflict: it would leave nobody who is an admin of all sites.
    """
    site = _place(session, person, slug)
    if site is None:
        _require_not_last(session, moderator)
    accounts.take_role(session, moderator, site=site, actor=person.actor)


def own_policy(session: Session, person: Person, policy_id: int) -> PolicyVersion:
    """A version of the house policy, or of one of a person's sites; for admins.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: he is no admin there.
    """
    version = policy.one(session, policy_id)
    if version.site_id is not None:
        person.require_here(version.site_id, policy.absent())
        person.require(Role.ADMIN, version.site_id)
    return version


def policy_place(session: Session, person: Person, slug: str | None) -> int | None:
    """The site whose policy an admin may write; the None that stands for the house takes an admin of all.

    Raises:
        NotFound: as `own_site`.
        Forbidden: as `own_site`.
    """
    site = _place(session, person, slug)
    return None if site is None else site.id


def write_policy(session: Session, person: Person, slug: str | None, draft: Draft, *, began_from: int) -> PolicyVersion:
    """An admin puts a further version of a policy in force.

    Raises:
        NotFound: as `own_site`.
        Forbidden: as `own_site`.
        Invalid: something is wrong with the draft.
        Conflict: somebody else has written a version since the draft was begun.
    """
    return set_policy(session, policy_place(session, person, slug), draft, began_from=began_from, actor=person.actor)


def set_policy(session: Session, site_id: int | None, draft: Draft, *, began_from: int, actor: str) -> PolicyVersion:
    """Put a further version of a policy in force, and into the audit trail.

    Raises:
        Invalid, Conflict: as `write_policy`.
    """
    version = policy.write(session, site_id, draft, began_from=began_from)
    audit.append(
        session,
        actor=actor,
        action="policy.written",
        subject=f"policy:{version.id}",
        site_id=site_id,
        after=asdict(draft),
        detail={"number": version.number, "clauses": [clause.code for clause in draft.clauses]},
    )
    return version


def _place(session: Session, person: Person, slug: str | None) -> Site | None:
    """The site of that slug, or the None that stands for all, where the person is an admin."""
    if slug is not None:
        return own_site(session, person, slug)
    person.require(Role.ADMIN, None)
    return None


def _require_not_last(session: Session, moderator: Moderator) -> None:
    is_admin = (None, Role.ADMIN) in people.roles_of(session, moderator.id)
    if is_admin and not accounts.other_admins(session, moderator):
        raise Conflict("This is the last admin of all sites")
