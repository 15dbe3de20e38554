"""Sessions of the console: who sits there, how he likes it, and the list of his own."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, exists, func, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from moderation_service.errors import NotFound
from moderation_service.sites import people
from moderation_service.sites.duties import Duty, duty_of
from moderation_service.sites.models import AccessToken, Moderator
from moderation_service.sites.people import Person


@dataclass(frozen=True, slots=True)
class Preferences:
    """How a person likes the console; no language means the browser's."""

    language: str | None = None
    theme: str = "auto"
    blur_reported: bool = False
    blur_images: bool = True
    grey_images: bool = True


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a session, and what he has to do before anything else."""

    person: Person
    preferences: Preferences
    duty: Duty | None


def recognise(session: Session, secret: str, *, quiet: bool = False) -> SignedIn | None:
    """Who sits in the session of that secret; None when it is none, or over.

    A `quiet` look is the page's own, not the person's: it does not keep the session from lying idle.
    """
    found = people.find_token(session, secret, "session")
    if found is None:
        return None
    if not quiet:
        people.note_use(session, found)
    moderator = found.moderator
    return SignedIn(
        person=found.person,
        preferences=Preferences(
            moderator.language,
            moderator.theme,
            moderator.blur_reported,
            moderator.blur_images,
            moderator.grey_images,
        ),
        duty=duty_of(moderator, found.token),
    )


def own(session: Session, moderator_id: int) -> list[AccessToken]:
    """A person's sessions that are alive, the newest use first."""
    alive = select(AccessToken).where(
        AccessToken.moderator_id == moderator_id, AccessToken.kind == "session", people.still_good()
    )
    return list(session.scalars(alive.order_by(people.LAST_USED.desc(), AccessToken.id.desc())))


def end_own(session: Session, moderator_id: int, token_id: int) -> None:
    """End one of a person's own sessions.

    Raises:
        NotFound: it is not his, or none.
    """
    ended = session.scalar(
        update(AccessToken)
        .where(AccessToken.id == token_id, AccessToken.moderator_id == moderator_id, AccessToken.kind == "session")
        .values(expires_at=func.now())
        .returning(AccessToken.id)
    )
    if ended is None:
        raise NotFound("There is no such session of yours")


def end_others(session: Session, person: Person) -> int:
    """End all of a person's sessions but the one he sits in; how many there were."""
    others = [token.id for token in own(session, person.id) if token.id != person.token_id]
    session.execute(update(AccessToken).where(AccessToken.id.in_(others)).values(expires_at=func.now()))
    return len(others)


def forget_ended(session: Session) -> None:
    """Forget sessions, and halves of them, whose time is over.

    Of each person the one that was used last stays: by it, colleagues see when he was here.
    """
    later = aliased(AccessToken)
    used_later = exists().where(
        later.moderator_id == AccessToken.moderator_id, later.last_used_at > AccessToken.last_used_at
    )
    session.execute(
        delete(AccessToken).where(
            AccessToken.kind.in_(("session", "half")),
            not_(people.still_good()),
            or_(AccessToken.last_used_at.is_(None), used_later),
        )
    )


def prefer(session: Session, moderator_id: int, preferences: Preferences) -> None:
    """Keep how a person likes the console."""
    session.execute(update(Moderator).where(Moderator.id == moderator_id).values(**asdict(preferences)))
