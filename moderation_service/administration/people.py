"""People and their roles, for those who administer the sites that they work on."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.administration.sites import place
from moderation_service.cases import claims
from moderation_service.errors import Conflict, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import accounts, people
from moderation_service.sites.models import Moderator
from moderation_service.sites.people import Person
from moderation_service.sites.secrets import new_password


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
    site = place(session, person, slug)
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


def roles_seen(session: Session, person: Person, moderator: Moderator) -> str:
    """What somebody's roles are known by until they change, as far as they are an admin's to see."""
    own = person.sites_as(Role.ADMIN)
    held = people.roles_of(session, moderator.id)
    seen = [(site_id or 0, role) for site_id, role in held if own is None or site_id in own]
    return ".".join(f"{site_id}-{role}" for site_id, role in sorted(seen))


def grant_role(
    session: Session, person: Person, moderator: Moderator, role: Role, slug: str | None, *, seen: str
) -> None:
    """An admin gives somebody a role on one of his sites, or on all; it replaces the one held there.

    Cases that he holds and that take more than he may do now are free at once. `seen` are the `roles_seen` that he
    looked at.

    Raises:
        NotFound: as `own_site`.
        Forbidden: he is no admin there.
        Conflict: somebody else has changed the roles since, or it would leave nobody who is an admin of all sites.
    """
    site = place(session, person, slug)
    if roles_seen(session, person, moderator) != seen:
        raise Conflict("Nothing was given: somebody else has changed the roles since you opened this page")
    if site is None and role is not Role.ADMIN:
        _require_not_last(session, moderator)
    people.grant_role(session, moderator, role, site=site, actor=person.actor)
    claims.drop_beyond(session, people.person_of(session, moderator))


def take_role(session: Session, person: Person, moderator: Moderator, slug: str | None) -> None:
    """An admin takes back a role on one of his sites, or on all; cases that he held by it are free at once.

    Raises:
        NotFound: as `own_site`, or that one has no role there.
        Forbidden: he is no admin there.
        Conflict: it would leave nobody who is an admin of all sites.
    """
    site = place(session, person, slug)
    if site is None:
        _require_not_last(session, moderator)
    accounts.take_role(session, moderator, site=site, actor=person.actor)
    claims.drop_beyond(session, people.person_of(session, moderator))


def _require_not_last(session: Session, moderator: Moderator) -> None:
    is_admin = (None, Role.ADMIN) in people.roles_of(session, moderator.id)
    if is_admin and not accounts.other_admins(session, moderator):
        raise Conflict("This is the last admin of all sites")
