"""A person's own page: his sessions, his password, his second factor, and how he likes the console."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import func, select, update

from moderation_service.console.devices import describe, hint_of
from moderation_service.sites.models import AccessToken
from tests.api.door import Door
from tests.console.cases import open_case
from tests.console.conftest import Sit
from tests.console.desk import PASSWORD, Desk
from tests.console.test_sign_in import FACTOR, authenticator, enrol, name

__all__ = ["name"]

ACCOUNT = "/console/account"
LATER = func.make_interval(0, 0, 0, 0, 0, 31)


def again(door: Door, username: str) -> Desk:
    """The same person in another browser."""
    desk = Desk(door.app.test_client())
    desk.headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    desk.sign_in(username)
    return desk


def leave_alone(door: Door, desk: Desk, *columns: str) -> None:
    """Let half an hour and a minute go by for all sessions that are there."""
    with door.services.database.transaction() as session:
        ago = {column: getattr(AccessToken, column) - LATER for column in columns}
        session.execute(update(AccessToken).where(AccessToken.kind == "session").values(**ago))


def test_a_session_that_lies_idle_ends(door: Door, desk: Desk) -> None:
    desk.get(ACCOUNT)
    leave_alone(door, desk, "last_used_at", "created_at")
    assert desk.get(ACCOUNT).status_code == 303


def test_a_session_in_use_goes_on(door: Door, desk: Desk) -> None:
    desk.get(ACCOUNT)
    leave_alone(door, desk, "created_at")
    assert desk.get(ACCOUNT).status_code == 200


def test_what_a_page_asks_by_itself_keeps_no_session_alive(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "looked-at")
    desk.post(f"/console/cases/{case_id}/claim")
    token = desk.token(ACCOUNT)
    with door.services.database.transaction() as session:
        nearly = {"last_used_at": func.now() - func.make_interval(0, 0, 0, 0, 0, 29)}
        session.execute(update(AccessToken).where(AccessToken.kind == "session").values(**nearly))
    assert desk.get("/console/queue/live").status_code == 200
    assert desk.get(f"/console/cases/{case_id}/live").status_code == 200
    assert desk.client.post(f"/console/cases/{case_id}/renew", headers={"X-CSRF-Token": token}).status_code == 204
    with door.services.database.transaction() as session:
        newest = select(AccessToken.last_used_at < func.now() - func.make_interval(0, 0, 0, 0, 0, 28))
        assert session.scalars(newest.order_by(AccessToken.id.desc()).limit(1)).one()


def test_own_sessions_are_listed_with_where_they_are(door: Door, desk: Desk, name: str) -> None:
    again(door, name)
    page = desk.get(ACCOUNT).text
    assert "Firefox · Linux" in page
    assert "127.0.0.0/24" in page
    assert page.count("this one") == 1


def test_one_of_ones_own_sessions_is_ended(door: Door, desk: Desk, name: str) -> None:
    other = again(door, name)
    found = re.search(r'action="(/console/account/sessions/\d+:end)"', desk.get(ACCOUNT).text)
    assert found is not None
    desk.post(found[1])
    assert (desk.get(ACCOUNT).status_code, other.get(ACCOUNT).status_code) == (200, 303)


def test_all_others_are_ended_at_once(door: Door, desk: Desk, name: str) -> None:
    others = [again(door, name) for _ in range(2)]
    desk.post(f"{ACCOUNT}/sessions:end-others")
    assert "2 sessions have ended." in desk.get(ACCOUNT).text
    assert [other.get(ACCOUNT).status_code for other in others] == [303, 303]


def test_a_session_of_somebody_else_is_not_there(door: Door, desk: Desk, sit: Sit) -> None:
    other = sit()
    with door.services.database.transaction() as session:
        newest = session.scalar(select(func.max(AccessToken.id)))
    assert desk.post(f"{ACCOUNT}/sessions/{newest}:end").status_code == 404
    assert other.get(ACCOUNT).status_code == 200


def test_a_new_password_ends_every_other_session(door: Door, desk: Desk, name: str) -> None:
    other = again(door, name)
    desk.post(f"{ACCOUNT}/password", {"password": PASSWORD, "new": "a rather new password"})
    assert (desk.get(ACCOUNT).status_code, other.get(ACCOUNT).status_code) == (200, 303)
    assert Desk(door.app.test_client()).sign_in(name, "a rather new password").status_code == 303


@pytest.mark.parametrize(("now", "new"), [("wrong password", "a rather new password"), (PASSWORD, "short")])
def test_a_password_is_changed_by_its_owner_to_one_that_is_long_enough(desk: Desk, now: str, new: str) -> None:
    answer = desk.post(f"{ACCOUNT}/password", {"password": now, "new": new})
    assert (answer.status_code, answer.text.count('aria-invalid="true"')) == (422, 1)


@pytest.mark.parametrize(
    ("new", "language", "words"),
    [
        ("passwordpassword", "en", "This password is one word again and again."),
        ("qwertyuiop12", "de", "Dieses Passwort besteht aus Wörtern, Tastenreihen oder Zahlen"),
        (PASSWORD, "en", "This is the password that you have."),
        ("short", "de", "Ein Passwort hat mindestens 12 Zeichen."),
    ],
)
def test_what_is_wrong_with_a_password_is_said_in_words(desk: Desk, new: str, language: str, words: str) -> None:
    form = {"csrf": desk.token(f"{ACCOUNT}/password"), "password": PASSWORD, "new": new}
    answer = desk.client.post(f"{ACCOUNT}/password", data=form, headers={"Accept-Language": language})
    assert (answer.status_code, words in answer.text) == (422, True)


def test_preferences_are_kept_and_take_effect(desk: Desk) -> None:
    desk.post(f"{ACCOUNT}/preferences", {"language": "de", "theme": "dark", "blur_reported": "on"})
    page = desk.get(ACCOUNT).text
    assert '<html lang="de" data-theme="dark" data-blur>' in page


def test_a_preference_that_is_none_changes_nothing(desk: Desk) -> None:
    desk.post(f"{ACCOUNT}/preferences", {"language": "xx", "theme": "pink"})
    assert '<html lang="en" data-theme="auto">' in desk.get(ACCOUNT).text


def test_the_key_of_an_authenticator_is_shown_until_it_is_in_force(desk: Desk) -> None:
    totp = authenticator(desk)
    picture = desk.get(f"{FACTOR}/qr.svg")
    assert (picture.mimetype, picture.text[:4]) == ("image/svg+xml", "<svg")
    desk.post(f"{FACTOR}:confirm", {"code": totp.now()}, page=FACTOR)
    assert "secret" not in desk.get(FACTOR).text
    assert desk.get(f"{FACTOR}/qr.svg").status_code == 404


def test_a_wrong_code_puts_nothing_in_force(desk: Desk) -> None:
    authenticator(desk)
    assert desk.post(f"{FACTOR}:confirm", {"code": "000000"}, page=FACTOR).status_code == 422
    assert "Type the code" in desk.get(FACTOR).text


def test_new_recovery_codes_take_the_password_and_replace_the_old(desk: Desk) -> None:
    _, codes = enrol(desk)
    assert desk.post(f"{FACTOR}:renew-codes", {"password": "wrong"}).status_code == 422
    renewed = re.findall(
        r"<code>([a-z2-7-]{19})</code>", desk.post(f"{FACTOR}:renew-codes", {"password": PASSWORD}).text
    )
    assert (len(renewed), set(renewed) & set(codes)) == (8, set())


def test_a_second_factor_is_removed_by_who_knows_the_password(desk: Desk) -> None:
    enrol(desk)
    assert desk.post(f"{FACTOR}:remove", {"password": "wrong"}).status_code == 422
    assert desk.post(f"{FACTOR}:remove", {"password": PASSWORD}).location == ACCOUNT
    assert "Set up" in desk.get(ACCOUNT).text


@pytest.mark.parametrize(
    ("address", "hint"),
    [("203.0.113.77", "203.0.113.0/24"), ("2001:db8:1:2::7", "2001:db8:1::/48"), (None, None)],
)
def test_no_address_is_kept_whole(address: str | None, hint: str | None) -> None:
    assert hint_of(address) == hint


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iOS"),
        ("curl/8.5", None),
    ],
)
def test_a_browser_is_named_as_people_know_it(agent: str, words: str | None) -> None:
    assert describe(agent) == words
