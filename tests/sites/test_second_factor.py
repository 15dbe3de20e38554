"""The second factor: what is kept of it, which codes pass, and that each passes once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.db import utcnow
from moderation_service.errors import Conflict, Forbidden, Invalid
from moderation_service.sites import people, second_factor
from moderation_service.sites.duties import Duty, duty_of
from moderation_service.sites.models import AccessToken, Moderator, RecoveryCode
from tests.factories import ACTOR, SECRET, make_moderator


@dataclass
class Enrolled:
    """A moderator with a second factor, the device that makes its codes, and the codes for when that is lost."""

    moderator: Moderator
    totp: pyotp.TOTP
    recovery_codes: list[str]


@pytest.fixture
def token_id(session: Session) -> int:
    """The session of a moderator without a second factor."""
    make_moderator(session)
    moderator = people.moderator_by_name(session, "ada")
    people.new_token(session, moderator, kind="session", name="test", lifetime=timedelta(hours=1))
    return session.scalars(select(AccessToken.id)).one()


@pytest.fixture
def enrolled(session: Session, token_id: int) -> Enrolled:
    """Enrolled an hour ago, so that every code of now is new."""
    totp = _offer(session, token_id)
    codes = second_factor.confirm(session, token_id, totp.at(utcnow(session)), key=SECRET)
    moderator = people.moderator_by_name(session, "ada")
    assert moderator.totp_last is not None
    moderator.totp_last -= 120
    session.flush()
    return Enrolled(moderator, totp, codes)


def _offer(session: Session, token_id: int) -> pyotp.TOTP:
    second_factor.offer(session, token_id)
    secret = second_factor.offered(session, token_id, key=SECRET)
    assert secret is not None
    return pyotp.TOTP(secret)


def test_neither_the_secret_nor_a_recovery_code_is_at_rest(session: Session, enrolled: Enrolled) -> None:
    kept = session.execute(select(Moderator.totp_salt)).scalar_one()
    assert kept is not None
    assert kept not in enrolled.totp.byte_secret()
    digests = session.scalars(select(RecoveryCode.digest)).all()
    assert all(code.replace("-", "").encode() not in digests for code in enrolled.recovery_codes)


def test_another_key_of_the_service_makes_other_secrets(session: Session, token_id: int) -> None:
    second_factor.offer(session, token_id)
    secrets = {second_factor.offered(session, token_id, key=key) for key in (SECRET, "t" * 32)}
    assert len(secrets) == 2


@pytest.mark.parametrize(("steps", "passes"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_passes_a_step_before_and_after_its_time(
    session: Session, enrolled: Enrolled, steps: int, passes: bool
) -> None:
    code = enrolled.totp.at(utcnow(session), counter_offset=steps)
    assert second_factor.passes(session, enrolled.moderator, code, key=SECRET) is passes


def test_a_code_passes_once_and_none_before_it_passes_after(session: Session, enrolled: Enrolled) -> None:
    now = utcnow(session)
    tried = [
        second_factor.passes(session, enrolled.moderator, enrolled.totp.at(now, counter_offset=steps), key=SECRET)
        for steps in (0, 0, -1, 1)
    ]
    assert tried == [True, False, False, True]


@pytest.mark.parametrize("code", ["", "12345", "١٢٣٤٥٦", "abcd", "\u2603"])
def test_what_is_no_code_passes_nowhere(session: Session, enrolled: Enrolled, code: str) -> None:
    assert not second_factor.passes(session, enrolled.moderator, code, key=SECRET)


def test_nothing_passes_an_account_without_a_second_factor(session: Session, token_id: int) -> None:
    moderator = people.moderator_by_name(session, "ada")
    assert not second_factor.passes(session, moderator, "000000", key=SECRET)


def test_a_recovery_code_passes_once_however_it_is_typed(session: Session, enrolled: Enrolled) -> None:
    typed = enrolled.recovery_codes[3].upper().replace("-", " ")
    tried = [second_factor.passes(session, enrolled.moderator, typed, key=SECRET) for _ in range(2)]
    assert tried == [True, False]
    assert second_factor.recovery_codes_left(session, enrolled.moderator.id) == 7


def test_a_recovery_code_of_somebody_else_passes_nowhere(session: Session, enrolled: Enrolled) -> None:
    make_moderator(session, "bob")
    bob = people.moderator_by_name(session, "bob")
    bob.totp_salt = b"s" * 20
    assert not second_factor.passes(session, bob, enrolled.recovery_codes[0], key=SECRET)


def test_a_wrong_code_sets_nothing_up(session: Session, token_id: int) -> None:
    totp = _offer(session, token_id)
    with pytest.raises(Invalid):
        second_factor.confirm(session, token_id, totp.at(utcnow(session), counter_offset=9), key=SECRET)
    assert people.moderator_by_name(session, "ada").totp_salt is None


def test_a_second_factor_in_force_is_not_set_up_over(session: Session, token_id: int, enrolled: Enrolled) -> None:
    with pytest.raises(Conflict):
        second_factor.offer(session, token_id)


def test_one_that_is_required_is_not_removed_by_its_owner_but_by_an_operator(
    session: Session, enrolled: Enrolled
) -> None:
    second_factor.require(session, enrolled.moderator, required=True, actor=ACTOR)
    with pytest.raises(Forbidden):
        second_factor.remove(session, enrolled.moderator)
    second_factor.reset(session, enrolled.moderator, actor=ACTOR)
    assert duty_of(enrolled.moderator) is Duty.SECOND_FACTOR
    assert second_factor.recovery_codes_left(session, enrolled.moderator.id) == 0
