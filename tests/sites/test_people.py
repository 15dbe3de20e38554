"""Moderators: who they are, where they may do what, how they sign in, and when that ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from moderation_service import queries, upkeep
from moderation_service.audit.models import AuditEntry
from moderation_service.config import Settings
from moderation_service.db import finish
from moderation_service.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people, signing_in
from moderation_service.sites.models import AccessToken, Moderator
from moderation_service.sites.people import Person
from moderation_service.sites.secrets import digest
from tests.factories import ACTOR, SECRET, make_moderator, make_site

PASSWORD = "correct horse battery"
DAY = timedelta(days=1)


@pytest.fixture
def ada(session: Session) -> Moderator:
    """A moderator with a password of her own."""
    ada = people.add_moderator(session, username="Ada", display_name="Ada L.", password=None, actor=ACTOR)
    people.set_password(session, ada, PASSWORD, actor=ACTOR, temporary=False)
    return ada


def _sign_in(session: Session, username: str = "ada", password: str = PASSWORD) -> str:
    return signing_in.sign_in(session, username=username, password=password, lifetime=DAY, key=SECRET)


@pytest.mark.parametrize("username", ["", "  ", "a" * 101])
def test_a_user_name_of_another_form_is_refused(session: Session, username: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_moderator(session, username)
    assert refused.value.field == "username"


def test_a_user_name_is_taken_once_whatever_its_case(session: Session) -> None:
    make_moderator(session, "ada")
    with pytest.raises(Conflict):
        make_moderator(session, "ADA")


def test_a_short_password_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        people.add_moderator(session, username="kim", display_name="Kim", password="eleven char", actor=ACTOR)
    assert refused.value.field == "password"


def test_the_password_is_kept_as_an_argon2_hash(session: Session, ada: Moderator) -> None:
    assert str(ada.password_hash).startswith("$argon2id$")


def test_who_knows_the_password_is_signed_in_whatever_the_case_of_the_name(session: Session, ada: Moderator) -> None:
    person = people.recognise(session, _sign_in(session, "aDA"))
    assert person is not None
    assert (person.id, person.display_name) == (ada.id, "Ada L.")


def test_a_wrong_password_an_unknown_name_and_one_shut_out_are_answered_alike(session: Session, ada: Moderator) -> None:
    make_moderator(session, "without-password")
    answers = []
    for username, password in (("ada", "wrong password"), ("nobody", PASSWORD), ("without-password", PASSWORD)):
        with pytest.raises(Unauthenticated) as refused:
            _sign_in(session, username, password)
        answers.append(refused.value.message)
    people.deactivate(session, ada, actor=ACTOR)
    with pytest.raises(Unauthenticated) as refused:
        _sign_in(session)
    assert set(answers) == {refused.value.message}


def test_a_session_ends_by_itself(session: Session, ada: Moderator) -> None:
    token = _sign_in(session)
    session.execute(update(AccessToken).values(expires_at=func.now() - timedelta(seconds=1)))
    assert people.recognise(session, token) is None


def test_signing_out_ends_this_session_and_no_other(session: Session, ada: Moderator) -> None:
    one, two = _sign_in(session), _sign_in(session)
    person = people.recognise(session, one)
    assert person is not None
    assert person.token_id is not None
    people.end_session(session, person.token_id)
    assert people.recognise(session, one) is None
    assert people.recognise(session, two) is not None


def test_a_personal_token_is_not_signed_out(session: Session, ada: Moderator) -> None:
    token = people.new_token(session, ada, kind="personal", name="script", lifetime=None)
    person = people.recognise(session, token)
    assert person is not None
    with pytest.raises(Forbidden):
        people.end_session(session, person.token_id)
    assert people.recognise(session, token) is not None


def test_a_new_password_ends_sessions_and_leaves_personal_tokens(session: Session, ada: Moderator) -> None:
    session_token = _sign_in(session)
    personal = people.new_token(session, ada, kind="personal", name="laptop", lifetime=None)
    people.set_password(session, ada, "another long password", actor=ACTOR)
    assert people.recognise(session, session_token) is None
    assert people.recognise(session, personal) is not None


def test_who_is_shut_out_has_no_token_left(session: Session, ada: Moderator) -> None:
    tokens = [_sign_in(session), people.new_token(session, ada, kind="personal", name="laptop", lifetime=None)]
    people.deactivate(session, ada, actor=ACTOR)
    assert [people.recognise(session, token) for token in tokens] == [None, None]
    with pytest.raises(NotFound):
        people.person_by_name(session, "ada")


@pytest.mark.parametrize(("kind", "prefix"), [("session", "ms_"), ("personal", "mt_")])
def test_a_token_is_kept_as_a_hash_only(session: Session, ada: Moderator, kind: str, prefix: str) -> None:
    token = people.new_token(session, ada, kind=kind, name="laptop", lifetime=DAY)
    assert token.startswith(prefix)
    rows = session.execute(text("SELECT t::text FROM access_tokens t UNION SELECT e::text FROM audit_entries e"))
    assert not any(token[3:] in row for row in rows.scalars())


def test_a_token_of_no_one_is_nobodys(session: Session) -> None:
    assert people.recognise(session, "mt_" + "A" * 43) is None


def test_a_role_replaces_the_one_held_there(session: Session, ada: Moderator) -> None:
    for role in (Role.ADMIN, Role.MODERATOR):
        people.grant_role(session, ada, role, site=None, actor=ACTOR)
    session.flush()
    assert people.roles_of(session, ada.id) == ((None, Role.MODERATOR),)


def test_every_change_of_a_person_is_audited(session: Session, ada: Moderator) -> None:
    people.grant_role(session, ada, Role.ADMIN, site=None, actor=ACTOR)
    people.deactivate(session, ada, actor=ACTOR)
    finish(session)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        *("moderator.added", "moderator.password_set", "moderator.role_granted", "moderator.deactivated"),
    ]


# What a person may do where: site 1 as senior, site 2 as moderator.

KIM = Person(1, "kim", "Kim", ((1, Role.SENIOR), (2, Role.MODERATOR)))
EVERYWHERE = Person(2, "eve", "Eve", ((None, Role.MODERATOR), (3, Role.ADMIN)))


@pytest.mark.parametrize(
    ("person", "role", "site_id", "may"),
    [
        (KIM, Role.MODERATOR, 1, True),
        (KIM, Role.SENIOR, 1, True),
        (KIM, Role.ADMIN, 1, False),
        (KIM, Role.SENIOR, 2, False),
        (KIM, Role.MODERATOR, 3, False),
        (KIM, Role.MODERATOR, None, False),
        (EVERYWHERE, Role.MODERATOR, 9, True),
        (EVERYWHERE, Role.SENIOR, 9, False),
        (EVERYWHERE, Role.ADMIN, 3, True),
        (EVERYWHERE, Role.MODERATOR, None, True),
        (EVERYWHERE, Role.ADMIN, None, False),
    ],
)
def test_who_may_do_what_where(person: Person, role: Role, site_id: int | None, may: bool) -> None:
    assert person.may(role, site_id) is may


def test_on_which_sites_a_person_works() -> None:
    assert (KIM.sites, EVERYWHERE.sites) == ([1, 2], None)
    assert (KIM.sites_as(Role.SENIOR), EVERYWHERE.sites_as(Role.SENIOR)) == ([1], [3])
    assert EVERYWHERE.sites_as(Role.MODERATOR) is None


def test_a_site_where_one_does_not_work_is_not_to_be_known_of() -> None:
    KIM.require_here(2, "There is no such case")
    with pytest.raises(NotFound, match="There is no such case"):
        KIM.require_here(3, "There is no such case")


def test_too_low_a_role_is_told() -> None:
    KIM.require(Role.SENIOR, 1)
    with pytest.raises(Forbidden, match="senior"):
        KIM.require(Role.SENIOR, 2)


def test_a_role_on_a_site_is_read_with_the_person(session: Session) -> None:
    site = make_site(session)
    assert make_moderator(session, "kim", Role.SENIOR, site).roles == ((site.id, Role.SENIOR),)


def test_names_are_found_by_number(session: Session) -> None:
    ada, bob = make_moderator(session, "ada"), make_moderator(session, "bob")
    assert people.names_of(session, [ada.id, bob.id, 99]) == {ada.id: "Ada", bob.id: "Bob"}


def test_sessions_that_ended_are_forgotten_and_no_others(session: Session, ada: Moderator) -> None:
    device = people.Device(idle=timedelta(minutes=30))
    kept = {
        _token(session, ada, "session", device=device, last_used_at=func.now()),
        _token(session, ada, "half"),
        _token(session, ada, "personal", expires_at=func.now() - DAY),
    }
    _token(session, ada, "session", device=device, created_at=func.now() - DAY)
    _token(session, ada, "session", device=device, last_used_at=func.now() - timedelta(hours=1))
    _token(session, ada, "session", expires_at=func.now() - DAY)
    _token(session, ada, "half", expires_at=func.now() - DAY)
    upkeep.tidy(session, Settings())
    assert set(session.scalars(select(AccessToken.digest))) == kept


def test_when_somebody_was_here_last_is_not_forgotten(session: Session, ada: Moderator) -> None:
    for hours in (30, 20):
        _token(session, ada, "session", expires_at=func.now() - DAY, last_used_at=func.now() - timedelta(hours=hours))
    (before,) = queries.moderator_rows(session)
    upkeep.tidy(session, Settings())
    (after,) = queries.moderator_rows(session)
    assert before["last_seen_at"] == after["last_seen_at"] is not None
    assert session.scalar(select(func.count()).select_from(AccessToken)) == 1


def _token(session: Session, person: Moderator, kind: str, device: people.Device | None = None, **values: Any) -> bytes:
    """A token of that kind with these columns; how it is kept."""
    secret = people.new_token(session, person, kind=kind, name="test", lifetime=DAY, device=device)
    session.execute(
        update(AccessToken).where(AccessToken.digest == digest(secret)).values({"created_at": func.now()} | values)
    )
    return digest(secret)
