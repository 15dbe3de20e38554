"""Whose identity at an OpenID Connect provider is whose here: linked by a person, known by issuer and subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict, Invalid, NotFound
from moderation_service.sites import people
from moderation_service.sites.models import AccessToken, LinkedIdentity, Moderator

LONGEST_SUBJECT = 255  # OpenID Connect Core, section 2


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the provider knows him; the issuer and the subject name him, the claims describe him."""

    issuer: str
    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict)

    def told(self, claim: str) -> str | None:
        """What a claim says, if it is a text; an e-mail address only when the provider has verified it."""
        value = self.claims.get(claim)
        if claim == "email" and self.claims.get("email_verified") is not True:
            return None
        return value if names_somebody(value) else None


def names_somebody(value: object) -> TypeGuard[str]:
    """Whether a subject, or a name, is a text that a provider may give and that we keep."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_SUBJECT and value.isprintable()


def link(session: Session, moderator: Moderator, identity: Identity, *, actor: str) -> LinkedIdentity:
    """Let who has this identity at its provider sign in as this moderator.

    Raises:
        Invalid: the subject is none that a provider could give.
        Conflict: it is linked already, to him or to somebody else.
    """
    if not names_somebody(identity.subject):
        raise Invalid("A subject has 1 to 255 printable characters", field="subject")
    values = {"moderator_id": moderator.id, "issuer": identity.issuer, "subject": identity.subject}
    new = insert(LinkedIdentity).values(values).on_conflict_do_nothing().returning(LinkedIdentity)
    linked = session.scalar(new)
    if linked is None:
        raise Conflict("This identity is linked already")
    _note(session, linked, "identity.linked", actor)
    return linked


def unlink(session: Session, linked: LinkedIdentity, *, actor: str) -> None:
    """Let nobody sign in through this identity any more; the sessions that it opened end."""
    session.get_one(Moderator, linked.moderator_id, with_for_update={"key_share": True})  # as who signs in does
    session.execute(delete(AccessToken).where(AccessToken.identity_id == linked.id))
    session.execute(delete(LinkedIdentity).where(LinkedIdentity.id == linked.id))
    _note(session, linked, "identity.unlinked", actor)


def unlink_own(session: Session, moderator_id: int, identity_id: int, *, passwords: bool) -> None:
    """A person gives one of his own identities up, as long as he has another way in; `passwords` may be one.

    Raises:
        NotFound: it is not his, or none.
        Conflict: it is the last way into his account.
    """
    moderator = session.get_one(Moderator, moderator_id, with_for_update=True)
    own = {linked.id: linked for linked in of(session, moderator_id)}
    if identity_id not in own:
        raise NotFound("There is no such identity of yours")
    if len(own) == 1 and not (passwords and moderator.password_hash):
        raise Conflict("This is the only way into your account")
    unlink(session, own[identity_id], actor=f"moderator:{moderator_id}")


def of(session: Session, moderator_id: int) -> Sequence[LinkedIdentity]:
    """A moderator's identities, the oldest first."""
    own = select(LinkedIdentity).where(LinkedIdentity.moderator_id == moderator_id)
    return session.scalars(own.order_by(LinkedIdentity.id)).all()


def holder(session: Session, identity: Identity) -> LinkedIdentity | None:
    """The identity as it is linked to a moderator, active or not."""
    known = LinkedIdentity.issuer == identity.issuer, LinkedIdentity.subject == identity.subject
    return session.scalar(select(LinkedIdentity).where(*known))


def adopt(session: Session, identity: Identity, username: str | None) -> LinkedIdentity | None:
    """Link an identity that nobody has to the moderator of that user name, if he has none at this provider.

    Only the first: whoever is given a name at the provider that was somebody else's before comes in vain. And never to
    an account whose password another has set: it would go on opening it, and who comes through a provider never has
    to change it.
    """
    moderator = None if username is None else people.find_by_name(session, username)
    if moderator is None:
        return None
    session.refresh(moderator, with_for_update=True)
    if not moderator.active or moderator.password_change_required:
        return None
    if any(held.issuer == identity.issuer for held in of(session, moderator.id)):
        return None
    return link(session, moderator, identity, actor=audit.SYSTEM)


def _note(session: Session, linked: LinkedIdentity, action: str, actor: str) -> None:
    # A subject may be an address: the trail keeps its digest.
    audit.append(
        session,
        actor=actor,
        action=action,
        subject=f"moderator:{linked.moderator_id}",
        after={"issuer": linked.issuer, "subject": linked.subject},
        detail={"identity": linked.id},
    )
