"""Whoever signs in at the very moment in which his account changes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from moderation_service.db import Database
from moderation_service.errors import Unauthenticated
from moderation_service.sites import accounts, identities, people, second_factor, signing_in
from moderation_service.sites.identities import Identity
from moderation_service.sites.models import Moderator
from tests.factories import ACTOR, SECRET, make_moderator

PASSWORD = "correct horse battery"
OTHER = "another long password"
HOUR = timedelta(hours=1)
DEVICE = people.Device(idle=HOUR)
ADAS = Identity("https://provider.example", "ada")
A_WHILE = 0.15  # seconds, in which whoever need not wait is done

Way = Callable[[Session], str | None]
Change = Callable[[Session, Moderator], None]


def by_password(session: Session) -> str | None:
    """The console's way in."""
    return signing_in.start(session, username="ada", password=PASSWORD, lifetime=HOUR, device=DEVICE).secret


def by_the_api(session: Session) -> str | None:
    """The API's."""
    return signing_in.sign_in(session, username="ada", password=PASSWORD, lifetime=HOUR, key=SECRET)


def by_identity(session: Session) -> str | None:
    """A provider's."""
    return signing_in.by_identity(session, ADAS, username=None, lifetime=HOUR, device=DEVICE)


def shut_out(session: Session, ada: Moderator) -> None:
    """She is shut out, which ends all she has."""
    people.deactivate(session, ada, actor=ACTOR)


def choose_another(session: Session, ada: Moderator) -> None:
    """She takes another password."""
    accounts.choose_password(session, ada, OTHER)


def unlinked(session: Session, ada: Moderator) -> None:
    """Her identity is no longer hers."""
    identities.unlink(session, identities.of(session, ada.id)[0], actor=ACTOR)


RACES = [
    (by_password, choose_another),
    (by_password, shut_out),
    (by_the_api, choose_another),
    (by_identity, shut_out),
    (by_identity, unlinked),
]


@pytest.fixture
def ada(database: Database) -> int:
    """A moderator with a password and an identity: her id."""
    with database.transaction() as session:
        make_moderator(session, "ada")
        ada = people.moderator_by_name(session, "ada")
        people.set_password(session, ada, PASSWORD, actor=ACTOR, temporary=False)
        identities.link(session, ada, ADAS, actor=ACTOR)
        return ada.id


def during(
    database: Database, ours: Callable[[Session], object], theirs: Callable[[Session], str | None]
) -> str | None:
    """What `theirs` comes to, begun while `ours` is done and not yet committed; None too where it is refused."""

    def begin() -> str | None:
        with database.transaction() as session:
            return theirs(session)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            ours(session)
            session.flush()
            begun: Future[str | None] = pool.submit(begin)
            wait([begun], timeout=A_WHILE)
        try:
            return begun.result()
        except Unauthenticated:
            return None


@pytest.mark.parametrize(("way", "change"), RACES)
def test_what_was_changed_meanwhile_opens_nothing(database: Database, ada: int, way: Way, change: Change) -> None:
    assert during(database, lambda session: change(session, session.get_one(Moderator, ada)), way) is None


@pytest.mark.parametrize(("way", "change"), RACES)
def test_a_session_opened_meanwhile_ends_with_the_others(
    database: Database, ada: int, way: Way, change: Change
) -> None:
    opened: list[str | None] = []

    def changed(session: Session) -> None:
        change(session, session.get_one(Moderator, ada))

    during(database, lambda session: opened.append(way(session)), changed)
    with database.transaction() as session:
        session.get_one(Moderator, ada).active = True
        (secret,) = opened
        assert secret is not None
        assert people.find_token(session, secret, "session") is None


@pytest.mark.parametrize("change", [choose_another, shut_out])
def test_half_a_session_that_ended_meanwhile_is_not_completed(database: Database, ada: int, change: Change) -> None:
    with database.transaction() as session:
        token = people.find_token(session, by_password(session) or "", "session")
        assert token is not None
        second_factor.offer(session, token.token.id)
        secret = second_factor.offered(session, token.token.id, key=SECRET)
        assert secret is not None
        totp = pyotp.TOTP(secret)
        session.flush()
        code = second_factor.confirm(session, token.token.id, totp.now(), key=SECRET)[0]
    with database.transaction() as session:
        half = by_password(session) or ""

    def complete(session: Session) -> str | None:
        return signing_in.complete(session, half, code, key=SECRET, lifetime=HOUR, device=DEVICE)

    assert during(database, lambda session: change(session, session.get_one(Moderator, ada)), complete) is None
