"""Signing in: a password, then the second factor of those who have one; or an identity that a provider vouches for.

Who is let in is locked, and looked at once more, before his session is opened: what ends his sessions locks him too, so
it either sees this one or was seen here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.db import utcnow
from moderation_service.errors import Forbidden, Unauthenticated
from moderation_service.sites import accounts, identities, people, second_factor
from moderation_service.sites.duties import Duty, duty_of
from moderation_service.sites.identities import Identity
from moderation_service.sites.models import AccessToken, Moderator
from moderation_service.sites.people import Device, FoundToken
from moderation_service.sites.secrets import digest, new_secret, password_matches

HALF_LIFETIME = timedelta(minutes=5)
REFUSED = {
    Duty.PASSWORD: "Somebody else has set the password of this account; choose another in the console first",
    Duty.SECOND_FACTOR: "A second factor is required of this account; set it up in the console first",
}


@dataclass(frozen=True, slots=True)
class Started:
    """What a right password gives: a session, or half of one that still takes a code."""

    secret: str
    takes_code: bool


def sign_in(
    session: Session, *, username: str, password: str, lifetime: timedelta, key: str, code: str | None = None
) -> str:
    """A session token for who knows the password and, where the account has a second factor, a code: in one step.

    `key` is the service's own.

    Raises:
        Unauthenticated: something is wrong, or the person is shut out; of name and password it is not told which.
        Forbidden: he has a duty to do first, in the console.
    """
    moderator = check_password(session, username=username, password=password)
    duty = duty_of(moderator)
    if duty is not None:
        raise Forbidden(REFUSED[duty])
    if moderator.totp_salt is not None:
        if code is None:
            raise Unauthenticated("This account has a second factor: send a one-time password as `code`")
        if not second_factor.passes(session, moderator, code, key=key):
            raise Unauthenticated("The code is wrong, or was used already")
    return people.new_token(session, moderator, kind="session", name="sign-in", lifetime=lifetime)


def start(session: Session, *, username: str, password: str, lifetime: timedelta, device: Device) -> Started:
    """The console's sign-in as far as a password leads.

    Raises:
        Unauthenticated: the name or the password is wrong, or the person is shut out; which, is not told.
    """
    moderator = check_password(session, username=username, password=password)
    if moderator.totp_salt is None:
        return Started(open_session(session, moderator, lifetime=lifetime, device=device), takes_code=False)
    secret = new_secret("half")
    expires_at = utcnow(session) + HALF_LIFETIME
    half = AccessToken(
        moderator_id=moderator.id, kind="half", name="sign-in", digest=digest(secret), expires_at=expires_at
    )
    session.add(half)
    return Started(secret, takes_code=True)


def half_of(session: Session, secret: str) -> int | None:
    """Whose half of a session this is, by the moderator's id; None when its five minutes are over."""
    found = people.find_token(session, secret, "half")
    return None if found is None else found.moderator.id


def complete(session: Session, half: str, code: str, *, key: str, lifetime: timedelta, device: Device) -> str | None:
    """The whole session for the half of one and a code; None when the code is wrong, or was used already.

    Raises:
        Unauthenticated: the half is none, or no longer.
    """
    found = _held_half(session, half)
    if found is None:
        raise Unauthenticated("This sign-in took too long; begin anew")
    if not second_factor.passes(session, found.moderator, code, key=key):
        return None
    found.token.expires_at = utcnow(session)
    return open_session(session, found.moderator, lifetime=lifetime, device=device)


def by_identity(
    session: Session, identity: Identity, *, username: str | None, lifetime: timedelta, device: Device
) -> str | None:
    """A session for whom a provider vouches for, and nobody else's word: his second factor is the provider's to ask.

    None where no active moderator has this identity; `username` is whose it becomes at his first sign-in, if it is
    that of one who has none at this provider.
    """
    linked = identities.holder(session, identity) or identities.adopt(session, identity, username)
    if linked is None:
        return None
    moderator = accounts.by_id(session, linked.moderator_id)
    if not moderator.active or identities.holder(session, identity) is None:
        return None
    linked.last_used_at = utcnow(session)
    return open_session(session, moderator, lifetime=lifetime, device=device, identity_id=linked.id)


def open_session(
    session: Session, moderator: Moderator, *, lifetime: timedelta, device: Device, identity_id: int | None = None
) -> str:
    """A new session of the console: its secret, which is never that of an earlier one."""
    return people.new_token(
        session,
        moderator,
        kind="session",
        name="console",
        lifetime=lifetime,
        device=device,
        identity_id=identity_id,
    )


def check_password(session: Session, *, username: str, password: str) -> Moderator:
    """The active moderator of that name and password, locked.

    Raises:
        Unauthenticated: there is none; it takes as long for a name that nobody has.
    """
    moderator = people.find_by_name(session, username)
    known = moderator.password_hash if moderator and moderator.active else None
    fits = password_matches(password, known)
    if moderator is None or not fits or not _still_has(session, moderator, known):
        raise Unauthenticated("The user name or the password is wrong")
    return moderator


def _still_has(session: Session, moderator: Moderator, known: str | None) -> bool:
    # Only now: nobody waits while a password is checked, which takes long, nor for one that is wrong.
    accounts.by_id(session, moderator.id)
    return moderator.active and moderator.password_hash == known


def _held_half(session: Session, half: str) -> FoundToken | None:
    """The half of a session, with its owner locked; None when it is none, or ended while that was waited for."""
    found = people.find_token(session, half, "half")
    if found is None:
        return None
    ends = found.token.expires_at
    moderator = accounts.by_id(session, found.moderator.id)
    # By its time, not by the clock, which stands still in a transaction: it may have ended later than that.
    ends_now = session.scalar(select(AccessToken.expires_at).where(AccessToken.id == found.token.id))
    return found if moderator.active and ends_now == ends else None
