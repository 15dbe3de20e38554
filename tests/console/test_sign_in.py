"""Signing in and out: a password, a second factor, and what nobody learns from a refusal."""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

import pyotp
import pytest
from werkzeug.test import TestResponse

from moderation_service.console import cookies
from moderation_service.errors import Conflict
from moderation_service.sites import people, second_factor
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.console.conftest import Sit
from tests.console.desk import PASSWORD, Desk, add_person, open_door, seat
from tests.servers import TestServers, needs_letters

PAGE = "/console/sign-in"
FACTOR = "/console/account/second-factor"


def authenticator(desk: Desk) -> pyotp.TOTP:
    """Set a second factor up, short of its first code."""
    desk.post(f"{FACTOR}:offer", page=FACTOR)
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', desk.get(FACTOR).text)
    assert found is not None
    return pyotp.TOTP(found[1].replace(" ", ""))


def enrol(desk: Desk) -> tuple[pyotp.TOTP, list[str]]:
    """Set a second factor up; the authenticator, and the recovery codes. Its code of now is used."""
    totp = authenticator(desk)
    answer = desk.post(f"{FACTOR}:confirm", {"code": totp.now()}, page=FACTOR)
    return totp, re.findall(r"<code>([a-z2-7-]{19})</code>", answer.text)


def unused(totp: pyotp.TOTP) -> str:
    """A code that was not used for enrolling: the next one, which clocks that differ make good already."""
    return totp.at(int(time.time()), counter_offset=1)


def enter(door: Door, username: str, code: str) -> TestResponse:
    """Sign in anew, in another browser, with a code."""
    desk = Desk(door.app.test_client())
    assert desk.sign_in(username).location == f"{PAGE}/code"
    return desk.post(f"{PAGE}/code", {"code": code}, page=f"{PAGE}/code")


@pytest.fixture
def name(door: Door, desk: Desk) -> str:
    """The user name of the moderator at `desk`."""
    found = re.search(r"\((person-\d+)\)", desk.get("/console/account").text)
    assert found is not None
    return found[1]


def test_the_right_password_leads_to_the_page_that_was_asked_for(door: Door, guest: Desk) -> None:
    add_person(door, "ada")
    answer = guest.sign_in("ADA", next="/console/account?x=1")
    assert (answer.status_code, answer.location) == (303, "/console/account?x=1")
    assert guest.get("/console/account").status_code == 200


@pytest.mark.parametrize(
    "elsewhere",
    [
        *("https://evil.example/console/", "//evil.example/", "/v1/me", "\\\\evil", "/console/\\x", "\t//evil.example"),
        *("//[", "http://[", "/console/\r\nX-Evil: yes"),
    ],
)
def test_a_sign_in_leads_nowhere_else(door: Door, sit: Sit, guest: Desk, elsewhere: str) -> None:
    name = f"bob{abs(hash(elsewhere))}"
    add_person(door, name)
    assert guest.sign_in(name, next=elsewhere).location == "/console/"


@needs_letters
@pytest.mark.parametrize("typed", ["Änne", "änne", "ÄNNE"])
def test_a_name_has_letters_of_any_language_whatever_their_case(door: Door, guest: Desk, typed: str) -> None:
    with contextlib.suppress(Conflict):  # another of these tests has added her
        add_person(door, "Änne")
    assert guest.sign_in(typed).status_code == 303


@pytest.fixture
def ascii_door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door before a database that knows no letters but ASCII's."""
    worker = int(re.sub(r"\D", "", worker_id) or "0")
    with servers.database("ascii", worker, ascii_only=True) as settings, open_door(settings) as door:
        yield door


def test_where_the_database_knows_no_letters_a_name_is_typed_as_it_was_given(ascii_door: Door) -> None:
    seat(ascii_door, "Änne")


def test_where_the_database_knows_no_letters_names_differ_in_more_than_case_too(ascii_door: Door) -> None:
    add_person(ascii_door, "Änne")
    with pytest.raises(Conflict):
        add_person(ascii_door, "änne")


def test_a_letter_that_only_the_database_folds_opens_nothing_past_the_limit(door: Door, guest: Desk) -> None:
    add_person(door, "ipek")
    assert guest.sign_in("İpek").status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_told_alike(door: Door, name: str) -> None:
    said = [Desk(door.app.test_client()).sign_in(who, "wrong password") for who in (name, "nobody")]
    texts = {re.sub(r'(value|content)="[^"]*"', "", answer.text) for answer in said}
    assert ([answer.status_code for answer in said], len(texts)) == ([401, 401], 1)


def test_the_password_is_in_no_answer(guest: Desk) -> None:
    assert PASSWORD not in guest.sign_in("ada\x00", PASSWORD).text
    assert PASSWORD not in guest.sign_in("nobody-at-all", PASSWORD).text


def test_the_cookie_is_bound_to_this_host_and_no_script_reads_it(door: Door, guest: Desk) -> None:
    add_person(door, "cookie")
    cookie = next(
        c for c in guest.sign_in("cookie").headers.getlist("Set-Cookie") if c.startswith("__Host-moderation=ms_")
    )
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}


def test_a_session_that_was_planted_is_not_the_one_that_is_opened(door: Door, guest: Desk) -> None:
    add_person(door, "planted")
    planted = {cookies.SESSION: "ms_" + "planted" * 6, cookies.GUEST: "planted" * 6}
    for cookie, value in planted.items():
        guest.client.set_cookie(cookie, value, secure=True)
    assert guest.sign_in("planted").status_code == 303
    seated = guest.client.get_cookie(cookies.SESSION)
    assert seated is not None
    assert seated.value != planted[cookies.SESSION]
    assert guest.client.get_cookie(cookies.GUEST) is None
    other = Desk(door.app.test_client())
    other.client.set_cookie(cookies.SESSION, planted[cookies.SESSION], secure=True)
    assert other.get("/console/account").location.startswith(PAGE)


def test_who_is_signed_in_needs_no_sign_in(desk: Desk) -> None:
    assert desk.get(PAGE).location == "/console/"


def test_tries_are_limited_for_an_account_from_wherever_they_come(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_login="3/day")
    add_person(door, "ada")
    networks = [{"REMOTE_ADDR": f"192.0.2.{n}"} for n in range(4)]
    answers = []
    for network in networks:
        desk = Desk(door.app.test_client())
        form = {"csrf": desk.token(PAGE), "username": "ada", "password": "wrong"}
        answers.append(desk.client.post(PAGE, data=form, environ_base=network))
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_tries_are_limited_for_a_network_whoever_they_are_for(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_login="3/day")
    desk = Desk(door.app.test_client())
    assert [desk.sign_in(f"nobody-{n}").status_code for n in range(4)] == [401, 401, 401, 429]


def test_a_second_factor_is_asked_for_and_its_codes_are_good_once(door: Door, desk: Desk, name: str) -> None:
    totp, _ = enrol(desk)
    code = unused(totp)
    assert enter(door, name, code).location == "/console/"
    assert enter(door, name, code).status_code == 401


def test_the_code_that_set_a_second_factor_up_is_used(door: Door, desk: Desk, name: str) -> None:
    totp = authenticator(desk)
    code = totp.now()
    desk.post(f"{FACTOR}:confirm", {"code": code}, page=FACTOR)
    assert enter(door, name, code).status_code == 401


def test_a_recovery_code_opens_the_account_once(door: Door, desk: Desk, name: str) -> None:
    _, codes = enrol(desk)
    assert len(codes) == second_factor.RECOVERY_CODES
    assert enter(door, name, codes[0].upper()).location == "/console/"
    assert enter(door, name, codes[0]).status_code == 401
    assert enter(door, name, codes[1]).location == "/console/"


def test_a_password_alone_opens_no_page_of_an_account_with_a_second_factor(door: Door, desk: Desk, name: str) -> None:
    enrol(desk)
    other = Desk(door.app.test_client())
    other.sign_in(name)
    assert other.get("/console/account").location.startswith(PAGE)


def test_half_a_session_is_no_token_of_the_api(door: Door, desk: Desk, name: str) -> None:
    enrol(desk)
    other = Desk(door.app.test_client())
    other.sign_in(name)
    half = other.client.get_cookie("__Host-moderation-half")
    assert half is not None
    assert door.get("/v1/me", {"Authorization": f"Bearer {half.value}"}).status_code == 401


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", r"Try again in \d+ (minute|second)s?\."), ("de", r"Versuchen Sie es in \d+ (Minute|Sekunde)n? wieder\.")],
)
def test_who_tries_too_often_is_told_in_his_language_how_long_to_wait(
    make_door: MakeDoor, language: str, words: str
) -> None:
    desk = Desk(make_door(rate_limit_login="1/5 minute").app.test_client())
    desk.sign_in("nobody")
    form = {"csrf": desk.token(PAGE), "username": "nobody", "password": "wrong"}
    shown = desk.client.post(PAGE, data=form, headers={"Accept-Language": language}).text
    assert f'<p lang="{language}">' in shown
    assert re.search(words, shown)


def test_codes_are_not_guessed(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_login="4/day")
    add_person(door, "ada")
    desk = Desk(door.app.test_client())
    desk.sign_in("ada")
    enrol(desk)
    other = Desk(door.app.test_client())
    other.sign_in("ada")
    tries = [other.post(f"{PAGE}/code", {"code": "000000"}, page=f"{PAGE}/code").status_code for _ in range(3)]
    assert tries == [401, 401, 429]


def test_a_sign_in_that_took_too_long_begins_anew(guest: Desk) -> None:
    answer = guest.post(f"{PAGE}/code", {"code": "123456"}, page=PAGE)
    assert answer.location == PAGE
    assert "took too long" in guest.get(PAGE).text


def test_the_api_asks_for_the_second_factor_too(door: Door, desk: Desk, name: str) -> None:
    totp, _ = enrol(desk)
    body = {"username": name, "password": PASSWORD}
    assert door.post("/v1/sessions", door.nobody, body).status_code == 401
    assert door.post("/v1/sessions", door.nobody, body | {"code": "000000"}).status_code == 401
    assert door.post("/v1/sessions", door.nobody, body | {"code": unused(totp)}).status_code == 201


def require(door: Door, name: str) -> None:
    """Ask a second factor of somebody."""
    with door.services.database.transaction() as session:
        second_factor.require(session, people.moderator_by_name(session, name), required=True, actor="test")


def test_who_must_have_a_second_factor_is_led_to_set_it_up(door: Door, desk: Desk, name: str) -> None:
    require(door, name)
    assert desk.get("/console/account").location == FACTOR
    enrol(desk)
    assert desk.get("/console/account").status_code == 200


def test_who_must_have_a_second_factor_has_no_way_around_it(door: Door, desk: Desk, name: str) -> None:
    require(door, name)
    cookie = desk.client.get_cookie("__Host-moderation")
    assert cookie is not None
    assert door.get("/v1/me", {"Authorization": f"Bearer {cookie.value}"}).status_code == 401
    assert door.post("/v1/sessions", door.nobody, {"username": name, "password": PASSWORD}).status_code == 403


def test_a_required_second_factor_stays(door: Door, desk: Desk, name: str) -> None:
    enrol(desk)
    require(door, name)
    assert desk.post(f"{FACTOR}:remove", {"password": PASSWORD}).status_code == 403


def test_signing_out_ends_the_session_for_good(desk: Desk) -> None:
    cookie = desk.client.get_cookie("__Host-moderation")
    assert cookie is not None
    assert desk.post("/console/sign-out").location == PAGE
    assert "You are signed out." in desk.get(PAGE).text
    desk.client.set_cookie("__Host-moderation", cookie.value, secure=True)
    assert desk.get("/console/account").status_code == 303
