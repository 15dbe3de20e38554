"""What else may be done with a moderator's account: a role taken back, a password chosen, sessions ended, and so on."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Invalid, NotFound
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Membership, Moderator, Site
from moderation_service.sites.secrets import password_matches

# Held by whoever may take the second last admin away, so that two do not take each other's.
LAST_ADMIN = select(func.pg_advisory_xact_lock(7_105_220))
SAME_PASSWORD = "This is the password that is to be changed"  # noqa: S105  (words)


def by_id(session: Session, moderator_id: int) -> Moderator:
    """The moderator of that number, locked: what is done to an account is done one after the other.

    Raises:
        NotFound: there is none.
    """
    moderator = session.get(Moderator, moderator_id, with_for_update={"key_share": True}, populate_existing=True)
    if moderator is None:
        raise NotFound(absent())
    return moderator


def absent() -> str:
    """That there is no such person, in words."""
    return "There is no such moderator"


def take_role(session: Session, moderator: Moderator, *, site: Site | None, actor: str) -> None:
    """Take back the role that a person has on one site, or on all.

    Raises:
        NotFound: he has none there.
    """
    site_id = site.id if site else None
    here = Membership.moderator_id == moderator.id, Membership.site_id.is_not_distinct_from(site_id)
    held = session.scalar(select(Membership).where(*here))
    if held is None:
        raise NotFound("This person has no such role")
    session.delete(held)
    _tell(session, moderator, "role_taken", actor, site_id=site_id, role=held.role)


def choose_password(session: Session, moderator: Moderator, password: str) -> None:
    """A person takes another password, which from then on nobody else knows.

    Raises:
        Invalid: it is easy to guess, or the one he has.
    """
    if password_matches(password, moderator.password_hash):
        raise Invalid(SAME_PASSWORD, field="password")
    people.set_password(session, moderator, password, actor=f"moderator:{moderator.id}", temporary=False)


def reactivate(session: Session, moderator: Moderator, *, actor: str) -> None:
    """Let a person in again who was shut out, with the roles he had; his sessions and tokens stay ended."""
    moderator.active = True
    _tell(session, moderator, "reactivated", actor)


def end_sessions(session: Session, moderator: Moderator, *, actor: str) -> None:
    """Sign a person out everywhere."""
    for kind in ("session", "half"):
        people.end_tokens(session, moderator, kind=kind)
    _tell(session, moderator, "sessions_ended", actor)


def other_admins(session: Session, moderator: Moderator) -> bool:
    """Whether somebody else is an admin everywhere; of several who ask at once, each waits for the one before."""
    session.execute(LAST_ADMIN)
    query = (
        select(Membership.id)
        .join(Moderator, Moderator.id == Membership.moderator_id)
        .where(Membership.site_id.is_(None), Membership.role == Role.ADMIN)
        .where(Moderator.active, Moderator.id != moderator.id)
    )
    return session.scalar(query.limit(1)) is not None


def _tell(
    session: Session,
    moderator: Moderator,
    what: str,
    actor: str,
    *,
    site_id: int | None = None,
    role: str | None = None,
) -> None:
    subject = f"moderator:{moderator.id}"
    before = {"role": role} if role else None
    audit.append(
        session,
        actor=actor,
        action=f"moderator.{what}",
        subject=subject,
        site_id=site_id,
        before=before,
        detail=before,
    )
