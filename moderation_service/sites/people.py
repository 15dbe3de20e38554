"""Moderators: who they are, on which sites they may do what, and how they are recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.db import utcnow
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import passwords
from moderation_service.sites.duties import duty_of
from moderation_service.sites.models import AccessToken, Membership, Moderator, Site
from moderation_service.sites.secrets import (
    digest,
    hash_password,
    new_secret,
)
from moderation_service.sites.service import absent, site_by_slug

TOKEN_USE_PRECISION = timedelta(minutes=1)
LAST_USED = func.coalesce(AccessToken.last_used_at, AccessToken.created_at)


@dataclass(frozen=True, slots=True)
class Person:
    """A moderator who was recognised, and his role on each site; the key None stands for every site."""

    id: int
    username: str
    display_name: str
    roles: tuple[tuple[int | None, Role], ...]
    token_id: int | None = None

    @property
    def actor(self) -> str:
        """How the audit trail names him: by number, so that it holds no personal data."""
        return f"moderator:{self.id}"

    @property
    def sites(self) -> list[int] | None:
        """The sites he works on; None for all."""
        return (
            None if any(site is None for site, _ in self.roles) else sorted(s for s, _ in self.roles if s is not None)
        )

    def sites_as(self, role: Role) -> list[int] | None:
        """The sites where he has at least this role; None for all."""
        held = [site for site, own in self.roles if own.rank >= role.rank]
        return None if None in held else sorted(s for s in held if s is not None)

    def role_on(self, site_id: int | None) -> Role | None:
        """His highest role on a site; on None, the one he has everywhere."""
        held = [role for site, role in self.roles if site is None or site == site_id]
        return max(held, key=lambda role: role.rank, default=None)

    def may(self, role: Role, site_id: int | None) -> bool:
        """Whether he has at least this role there."""
        held = self.role_on(site_id)
        return held is not None and held.rank >= role.rank

    def require_here(self, site_id: int, words: str) -> None:
        """Nothing, when he works on that site.

        `words` are those for a thing that does not exist: the refusal may not tell that this one does.

        Raises:
            NotFound: he does not, so what is there is not his to know of.
        """
        if self.role_on(site_id) is None:
            raise NotFound(words)

    def require(self, role: Role, site_id: int | None) -> None:
        """Nothing, when he has at least this role there; None asks for the role everywhere.

        Raises:
            Forbidden: his role is too low.
        """
        if not self.may(role, site_id):
            raise Forbidden(f"This takes the role {role.value}")


@dataclass(frozen=True, slots=True)
class FoundToken:
    """A token that is good, whose it is, his roles by site, and whether its use was noted too long ago."""

    token: AccessToken
    moderator: Moderator
    roles: Sequence[tuple[int | None, str]] | None
    is_to_be_noted: bool

    @property
    def person(self) -> Person:
        """The moderator who was recognised by it."""
        return Person(
            id=self.moderator.id,
            username=self.moderator.username,
            display_name=self.moderator.display_name,
            roles=tuple((site_id, Role(role)) for site_id, role in self.roles or ()),
            token_id=self.token.id,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where a session of the console is opened, as hints for its owner's list, and how long it may lie idle."""

    idle: timedelta
    agent: str | None = None
    network: str | None = None


def add_moderator(session: Session, *, username: str, display_name: str, password: str | None, actor: str) -> Moderator:
    """Add a person; with no role yet, and a password that he has to change.

    Raises:
        Invalid: the password is easy to guess, or the name is empty.
        Conflict: the name is taken.
    """
    if not username.strip() or len(username) > 100:
        raise Invalid("A user name has 1 to 100 characters", field="username")
    # The index goes by the database's lower(), which in some databases folds nothing but ASCII.
    if any(folded(taken) == folded(username) for taken in session.scalars(select(Moderator.username))):
        raise _taken(username)
    # One statement, so that of two who take the same name at once one is told.
    new = insert(Moderator).values(username=username, display_name=display_name).on_conflict_do_nothing()
    person: Moderator | None = session.scalar(new.returning(Moderator))
    if person is None:
        raise _taken(username)
    if password is not None:
        set_password(session, person, password, actor=actor)
    audit.append(session, actor=actor, action="moderator.added", subject=f"moderator:{person.id}")
    return person


def _taken(username: str) -> Conflict:
    return Conflict(f"There is a moderator {username!r} already")


def set_password(session: Session, person: Moderator, password: str, *, actor: str, temporary: bool = True) -> None:
    """Give a person a new password and end his sessions; a `temporary` one opens only the way to choosing another.

    Raises:
        Invalid: the password is easy to guess.
    """
    if said := passwords.fault(password, person.username):
        raise Invalid(said, field="password")
    person.password_hash, person.password_change_required = hash_password(password), temporary
    for kind in ("session", "half"):
        end_tokens(session, person, kind=kind)
    audit.append(session, actor=actor, action="moderator.password_set", subject=f"moderator:{person.id}")


def grant_role(session: Session, person: Moderator, role: Role, *, site: Site | None, actor: str) -> None:
    """Give a person a role on one site, or on all; it replaces the one he had there."""
    site_id = site.id if site else None
    held = session.scalar(
        select(Membership).where(Membership.moderator_id == person.id, Membership.site_id.is_not_distinct_from(site_id))
    )
    before = held.role if held else None
    if held is None:
        session.add(Membership(moderator_id=person.id, site_id=site_id, role=role))
    else:
        held.role = role
    audit.append(
        session,
        actor=actor,
        action="moderator.role_granted",
        subject=f"moderator:{person.id}",
        site_id=site_id,
        before={"role": before},
        after={"role": role},
        detail={"role": role, "before": before},
    )


def deactivate(session: Session, person: Moderator, *, actor: str) -> None:
    """Shut a person out; what he did stays his."""
    person.active = False
    for kind in ("session", "half", "personal"):
        end_tokens(session, person, kind=kind)
    audit.append(session, actor=actor, action="moderator.deactivated", subject=f"moderator:{person.id}")


def folded(username: str) -> str:
    """A user name without its case: who has one, has all that come to the same."""
    return username.casefold()


def find_by_name(session: Session, username: str) -> Moderator | None:
    """The moderator of that user name, whatever its case, if there is one.

    The database folds both sides: the index holds its lower(), which is not Python's. In one that knows only ASCII,
    other letters have to be typed as they were given. Who is found like that and not by `folded` has another name, for
    tries are counted by that one: İ is no i.
    """
    found = session.scalar(select(Moderator).where(func.lower(Moderator.username) == func.lower(username)))
    return found if found is not None and folded(found.username) == folded(username) else None


def moderator_by_name(session: Session, username: str) -> Moderator:
    """The same, where there has to be one.

    Raises:
        NotFound: there is none.
    """
    person = find_by_name(session, username)
    if person is None:
        raise NotFound(f"There is no moderator {username!r}")
    return person


def new_token(
    session: Session,
    person: Moderator,
    *,
    kind: str,
    name: str,
    lifetime: timedelta | None,
    actor: str | None = None,
    device: Device | None = None,
    identity_id: int | None = None,
) -> str:
    """Make a token and answer it in clear, this once; a None `lifetime` never ends.

    `actor` is who made it, the person himself unless said otherwise; `device` is where a session of the console is,
    and `identity_id` through which identity at a provider it was opened.
    """
    secret = new_secret(kind)
    expires_at = None if lifetime is None else utcnow(session) + lifetime
    token = AccessToken(
        moderator_id=person.id,
        kind=kind,
        name=name,
        digest=digest(secret),
        expires_at=expires_at,
        identity_id=identity_id,
    )
    if device is not None:
        token.agent, token.network = device.agent, device.network
        token.idle_seconds = int(device.idle.total_seconds())
    session.add(token)
    session.flush()
    audit.append(
        session,
        actor=actor or f"moderator:{person.id}",
        action=f"token.{kind}_added",
        subject=f"token:{token.id}",
        detail={"moderator": person.id} | ({"identity": identity_id} if identity_id else {}),
    )
    return secret


def find_token(session: Session, secret: str, *kinds: str) -> FoundToken | None:
    """The token of that secret and whose it is, if it is of one of these kinds and its time is not over."""
    row = session.execute(_by_secret(), {"digest": digest(secret), "kinds": kinds}).one_or_none()
    return None if row is None else FoundToken(*row)


# Every request of a person asks this, so it is built once, and nothing else is asked to know him.
@cache
def _by_secret() -> Select[tuple[AccessToken, Moderator, list[list[Any]] | None, bool]]:
    roles = select(func.jsonb_agg(func.jsonb_build_array(Membership.site_id, Membership.role)))
    return (
        select(
            AccessToken,
            Moderator,
            roles.where(Membership.moderator_id == Moderator.id).scalar_subquery(),
            _not_noted_lately(),
        )
        .join(Moderator, Moderator.id == AccessToken.moderator_id)
        .where(
            AccessToken.digest == bindparam("digest"),
            AccessToken.kind.in_(bindparam("kinds", expanding=True)),
            Moderator.active,
            still_good(),
        )
    )


def still_good() -> ColumnElement[bool]:
    """Whether a token's time is not over, neither in all nor since its last use."""
    idle = func.make_interval(0, 0, 0, 0, 0, 0, AccessToken.idle_seconds)
    return and_(
        or_(AccessToken.expires_at.is_(None), AccessToken.expires_at > func.now()),
        or_(AccessToken.idle_seconds.is_(None), LAST_USED + idle > func.now()),
    )


def note_use(session: Session, found: FoundToken) -> None:
    """Note that a token is in use, to the minute: not one write for each request."""
    if found.is_to_be_noted:
        noted = update(AccessToken).where(AccessToken.id == found.token.id, _not_noted_lately())
        session.execute(noted.values(last_used_at=func.now()))


def _not_noted_lately() -> ColumnElement[bool]:
    return or_(AccessToken.last_used_at.is_(None), AccessToken.last_used_at < func.now() - TOKEN_USE_PRECISION)


def recognise(session: Session, secret: str) -> Person | None:
    """Whose token this is, if it is one and still valid; notes its use.

    The session of somebody who has a duty to do first opens only the page for that.
    """
    found = find_token(session, secret, "session", "personal")
    if found is None or (found.token.kind == "session" and duty_of(found.moderator, found.token)):
        return None
    note_use(session, found)
    return found.person


def person_by_name(session: Session, username: str) -> Person:
    """An active moderator of that user name, with his roles.

    Raises:
        NotFound: there is none, or he is shut out.
    """
    moderator = moderator_by_name(session, username)
    if not moderator.active:
        raise NotFound(f"There is no moderator {username!r}")
    return person_of(session, moderator)


def person_of(session: Session, moderator: Moderator) -> Person:
    """A moderator with the roles that he has now."""
    return Person(moderator.id, moderator.username, moderator.display_name, roles_of(session, moderator.id))


def colleague_by_name(session: Session, username: str, site_id: int) -> Person:
    """An active moderator of that user name who works on a site, with his roles.

    Raises:
        Invalid: there is none there; nobody is told who works elsewhere.
    """
    nobody = "Nobody of this name works on this site"
    try:
        person = person_by_name(session, username)
        person.require_here(site_id, nobody)
    except NotFound as error:
        raise Invalid(nobody, field="to") from error
    return person


def site_for(session: Session, person: Person, slug: str, role: Role | None = None) -> Site:
    """The site of a slug, for somebody who works there, and has at least this role where one is named.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: his role there is too low.
    """
    site = site_by_slug(session, slug)
    person.require_here(site.id, absent(slug))
    if role is not None:
        person.require(role, site.id)
    return site


def roles_of(session: Session, moderator_id: int) -> tuple[tuple[int | None, Role], ...]:
    """A moderator's roles, by site."""
    rows = session.execute(select(Membership.site_id, Membership.role).where(Membership.moderator_id == moderator_id))
    return tuple((site_id, Role(role)) for site_id, role in rows)


def end_session(session: Session, token_id: int | None) -> None:
    """Sign out: the session's token is worth nothing from now on.

    Raises:
        Forbidden: it is a personal token, which scripts use and only an operator revokes.
    """
    ended = session.execute(
        update(AccessToken)
        .where(AccessToken.id == token_id, AccessToken.kind == "session")
        .values(expires_at=func.now())
        .returning(AccessToken.id)
    ).one_or_none()
    if ended is None:
        raise Forbidden("A personal token is no session; it lives until its time is over")


def end_tokens(session: Session, person: Moderator, *, kind: str) -> None:
    """End all tokens of a kind that a person holds."""
    session.execute(
        update(AccessToken)
        .where(AccessToken.moderator_id == person.id, AccessToken.kind == kind)
        .values(expires_at=func.now())
    )


def names_of(session: Session, moderator_ids: Sequence[int]) -> dict[int, str]:
    """Display names by id."""
    if not moderator_ids:
        return {}
    rows = session.execute(select(Moderator.id, Moderator.display_name).where(Moderator.id.in_(moderator_ids)))
    return {moderator_id: name for moderator_id, name in rows}
