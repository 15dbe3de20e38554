"""Signing in through a real OpenID Connect provider, and what becomes of those who try to come in by it otherwise."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation_service import pipeline
from moderation_service.audit.models import AuditEntry
from moderation_service.console import cookies
from moderation_service.sites import identities, people, second_factor
from moderation_service.sites.identities import Identity
from moderation_service.sites.models import LinkedIdentity, Moderator
from tests.api.conftest import MakeDoor, open_for_file
from tests.api.door import Door
from tests.console.desk import PASSWORD, Desk, add_person, seat
from tests.factories import ACTOR, make_moderator
from tests.openid.provider import free_issuer, openid, sign_in_there
from tests.servers import TestServers

BEGIN = "/console/sign-in/openid"
RETURN = f"{BEGIN}/return"
PAGE = "/console/sign-in"
CONTACT = "desk@news.example"


_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str, provider: str) -> Iterator[Door]:
    """A service that the provider knows, for the tests of this file."""
    with open_for_file(servers, worker_id, **openid(provider), oidc_contact=CONTACT) as door:
        yield door


@pytest.fixture
def known(door: Door, provider: str) -> str:
    """A new moderator without a password, who is the provider's subject of that name."""
    return admit(door, provider)


def admit(door: Door, issuer: str) -> str:
    """Make a moderator, and link the subject of the same name."""
    name = f"known-{next(_numbers)}"
    with door.services.database.transaction() as session:
        make_moderator(session, name)
        moderator = people.moderator_by_name(session, name)
        identities.link(session, moderator, Identity(issuer, name), actor=ACTOR)
    return name


def newcomer(door: Door) -> Desk:
    """A new moderator with a password, who is signed in."""
    return seat(door, f"new-{next(_numbers)}")


def browser(door: Door) -> Desk:
    """Somebody else's browser."""
    return Desk(door.app.test_client())


def come_in(desk: Desk, subject: str, begin: str = BEGIN) -> TestResponse:
    """Go to the provider, sign in there, and come back."""
    return desk.get(sign_in_there(str(desk.get(begin).location), subject))


def refusal(desk: Desk) -> str:
    """What the next page says went wrong; nobody is signed in."""
    assert desk.client.get_cookie(cookies.SESSION) is None
    found = re.search(r'class="flash failed">([^<]+)<', desk.get(PAGE).text)
    assert found is not None
    return found[1]


def test_who_is_known_comes_in_and_to_the_page_that_was_asked_for(door: Door, known: str, guest: Desk) -> None:
    answer = come_in(guest, known, f"{BEGIN}?next={quote('/console/account?x=1')}")
    assert (answer.status_code, answer.location) == (303, "/console/account?x=1")
    assert f"({known})" in guest.get("/console/account").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example/console/", "//evil.example/", "/v1/me", "/console/\\x"])
def test_a_sign_in_leads_nowhere_else(door: Door, known: str, guest: Desk, elsewhere: str) -> None:
    assert come_in(guest, known, f"{BEGIN}?next={quote(elsewhere)}").location == "/console/"


def test_the_session_is_one_like_that_of_a_password(door: Door, known: str, guest: Desk) -> None:
    sent = come_in(guest, known).headers.getlist("Set-Cookie")
    cookie = next(c for c in sent if c.startswith("__Host-moderation=ms_"))
    assert set(cookie.split("; ")[1:]) == {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    assert any(c.startswith(f"{cookies.OPENID}=;") for c in sent)


def test_a_browser_is_sent_off_with_pkce_and_to_be_sent_back_to_the_public_address(
    make_door: MakeDoor, provider: str
) -> None:
    door = make_door(**openid(provider, public_url="https://moderation.news.example/", trusted_proxies=1))
    sent = browser(door).get(BEGIN, Host="evil.example", **{"X-Forwarded-Proto": "http"})
    asked = {name: values[0] for name, values in parse_qs(urlsplit(str(sent.location)).query).items()}
    assert asked["redirect_uri"] == f"https://moderation.news.example{RETURN}"
    assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


def test_another_state_is_refused(door: Door, known: str, guest: Desk) -> None:
    back = sign_in_there(str(guest.get(BEGIN).location), known)
    guest.get(re.sub(r"state=[^&]+", "state=another", back))
    assert "took too long" in refusal(guest)


def test_a_sign_in_ends_in_the_browser_it_began_in(door: Door, known: str, guest: Desk) -> None:
    back = sign_in_there(str(browser(door).get(BEGIN).location), known)
    guest.get(back)
    assert "took too long" in refusal(guest)


def test_a_code_is_good_once(door: Door, known: str, guest: Desk) -> None:
    sent_off = guest.get(BEGIN)
    kept = guest.client.get_cookie(cookies.OPENID)
    assert kept is not None
    back, thief = sign_in_there(str(sent_off.location), known), browser(door)
    assert guest.get(back).location == "/console/"
    thief.client.set_cookie(cookies.OPENID, kept.value, secure=True)
    thief.get(back)
    assert "did not confirm" in refusal(thief)


@pytest.mark.parametrize("secret", ["nonce", "code_challenge"])
def test_a_code_for_another_sign_in_is_refused(door: Door, known: str, guest: Desk, secret: str) -> None:
    sent_off = str(guest.get(BEGIN).location)
    back = sign_in_there(re.sub(rf"\b{secret}=[^&]+", f"{secret}={'x' * 43}", sent_off), known)
    guest.get(back)
    assert "did not confirm" in refusal(guest)


def test_a_token_that_was_tampered_with_is_refused(door: Door, guest: Desk) -> None:
    come_in(guest, "mallory")
    assert "did not confirm" in refusal(guest)


def test_who_does_not_sign_in_at_the_provider_is_not_signed_in_here(door: Door, guest: Desk) -> None:
    state = parse_qs(urlsplit(str(guest.get(BEGIN).location)).query)["state"][0]
    guest.get(f"{RETURN}?error=access_denied&state={state}")
    assert "did not confirm" in refusal(guest)


@pytest.mark.parametrize("named", ["iss=https://evil.example", "iss=", ""])
def test_an_answer_that_another_provider_may_have_given_is_refused(
    door: Door, known: str, guest: Desk, named: str
) -> None:
    # This one announces that it names itself in each answer.
    back = sign_in_there(str(guest.get(BEGIN).location), known)
    guest.get(re.sub(r"iss=[^&]+", named, back))
    assert "did not confirm" in refusal(guest)


def test_an_unknown_identity_is_told_what_to_pass_on_and_gets_no_account(door: Door, provider: str) -> None:
    desk = newcomer(door)
    desk.post("/console/sign-out")
    answer = come_in(desk, "stranger")
    assert answer.status_code == 403
    assert all(words in answer.text for words in ("stranger", provider, CONTACT))
    with door.services.database.transaction() as session:
        assert session.scalar(select(Moderator.id).where(Moderator.username == "stranger")) is None


def test_who_was_shut_out_does_not_come_in(door: Door, known: str, guest: Desk) -> None:
    with door.services.database.transaction() as session:
        pipeline.shut_out(session, people.moderator_by_name(session, known), actor=ACTOR)
    assert come_in(guest, known).status_code == 403
    assert guest.get("/console/account").status_code == 303


def test_a_subject_of_another_issuer_is_somebody_else(door: Door, guest: Desk) -> None:
    assert come_in(guest, admit(door, "https://other.example")).status_code == 403


@pytest.fixture
def by_name(make_door: MakeDoor, provider: str) -> Door:
    """A service that takes who comes for the first time for the moderator of his user name."""
    door = make_door(**openid(provider, oidc_username_claim="preferred_username"))
    add_person(door, "Ada")
    return door


def test_where_it_is_switched_on_a_name_links_at_the_first_sign_in(by_name: Door) -> None:
    assert come_in(browser(by_name), "subject-of-ada").location == "/console/"
    with by_name.services.database.transaction() as session:
        assert session.scalars(select(LinkedIdentity.subject)).all() == ["subject-of-ada"]
        assert ("system", "identity.linked") in session.execute(select(AuditEntry.actor, AuditEntry.action)).all()


def test_a_name_links_no_second_identity_and_none_that_nobody_has_here(by_name: Door) -> None:
    come_in(browser(by_name), "subject-of-ada")
    assert come_in(browser(by_name), "ada").status_code == 403
    assert come_in(browser(by_name), "subject-of-bob").status_code == 403
    with by_name.services.database.transaction() as session:
        assert session.scalar(select(Moderator.id).where(Moderator.username == "bob")) is None


def test_a_name_links_no_account_whose_password_another_has_set(by_name: Door) -> None:
    with by_name.services.database.transaction() as session:
        people.set_password(session, people.moderator_by_name(session, "ada"), PASSWORD, actor=ACTOR)
    assert come_in(browser(by_name), "subject-of-ada").status_code == 403


def test_the_second_factor_is_the_providers_to_ask(door: Door, known: str, guest: Desk) -> None:
    with door.services.database.transaction() as session:
        second_factor.require(session, people.moderator_by_name(session, known), required=True, actor=ACTOR)
    come_in(guest, known)
    assert guest.get("/console/account").status_code == 200


def test_a_provider_that_is_down_is_told_and_passwords_are_taken(make_door: MakeDoor) -> None:
    door = make_door(**openid(free_issuer()))
    add_person(door, "ada")
    desk = browser(door)
    assert desk.get(f"{BEGIN}?next=/console/account").location == f"{PAGE}?next=/console/account"
    assert "Newsroom ID does not answer at present" in refusal(desk)
    assert desk.sign_in("ada").location == "/console/"


def test_without_passwords_the_provider_is_the_only_way_in(make_door: MakeDoor, provider: str) -> None:
    door = make_door(**openid(provider), password_sign_in=False)
    name = admit(door, provider)
    desk = browser(door)
    assert 'type="password"' not in desk.get(PAGE).text
    assert desk.sign_in(name).status_code == 403
    assert door.post("/v1/sessions", door.nobody, {"username": name, "password": PASSWORD}).status_code == 403
    assert come_in(desk, name).location == "/console/"


def test_tries_are_counted_with_those_of_passwords(make_door: MakeDoor, provider: str) -> None:
    door = make_door(**openid(provider), rate_limit_login="3/day")
    desk = browser(door)
    assert [desk.get(RETURN).status_code for _ in range(3)] == [303] * 3
    assert desk.sign_in("ada").status_code == 429
    assert [desk.get(BEGIN).status_code for _ in range(4)] == [303, 303, 303, 429]


def linking(desk: Desk, subject: str, password: str = PASSWORD) -> TestResponse:
    """Link a subject to one's own account."""
    come_in(desk, subject, "/console/account/identities/begin")
    return desk.post("/console/account/identities", {"password": password})


def test_a_person_links_his_own_identity_and_comes_in_by_it(door: Door, guest: Desk) -> None:
    bob = newcomer(door)
    assert linking(bob, "robert").location == "/console/account"
    assert come_in(guest, "robert").location == "/console/"
    assert bob.client.get_cookie(cookies.SESSION) != guest.client.get_cookie(cookies.SESSION)


def test_who_does_not_know_the_password_links_nothing(door: Door) -> None:
    bob = newcomer(door)
    answer = linking(bob, "rupert", "not mine")
    assert (answer.status_code, "This is not your password." in answer.text) == (422, True)
    assert come_in(browser(door), "rupert").status_code == 403


def test_an_identity_is_linked_once(door: Door, known: str) -> None:
    bob = newcomer(door)
    linking(bob, known)
    assert "is linked already" in bob.get("/console/account").text


def test_an_identity_that_one_came_back_with_is_offered_to_no_other_account(door: Door) -> None:
    bob, eve = newcomer(door), newcomer(door)
    come_in(bob, "robert", "/console/account/identities/begin")
    offered = bob.client.get_cookie(cookies.IDENTITY)
    assert offered is not None
    eve.client.set_cookie(cookies.IDENTITY, offered.value, secure=True)
    assert eve.get("/console/account/identities/new").status_code == 404
    assert eve.post("/console/account/identities", {"password": PASSWORD}).status_code == 404


def unlink(desk: Desk) -> TestResponse:
    """Unlink the first identity on one's account page."""
    found = re.search(r'action="(/console/account/identities/\d+:unlink)"', desk.get("/console/account").text)
    assert found is not None
    return desk.post(found[1])


def test_unlinking_ends_the_sessions_that_the_identity_opened_and_no_others(door: Door, guest: Desk) -> None:
    desk, subject = newcomer(door), f"new-{next(_numbers)}"
    linking(desk, subject)
    come_in(guest, subject)
    unlink(desk)
    assert guest.get("/console/account").status_code == 303
    assert desk.get("/console/account").status_code == 200
    assert come_in(guest, subject).status_code == 403


def test_the_last_way_into_an_account_stays(known: str, guest: Desk) -> None:
    come_in(guest, known)
    unlink(guest)
    assert "only way into your account" in guest.get("/console/account").text


def test_anothers_identity_cannot_be_unlinked(door: Door, known: str) -> None:
    with door.services.database.transaction() as session:
        theirs = session.scalars(select(LinkedIdentity.id).where(LinkedIdentity.subject == known)).one()
    assert newcomer(door).post(f"/console/account/identities/{theirs}:unlink").status_code == 404


def test_linking_and_the_sessions_that_follow_are_in_the_audit_trail(door: Door, known: str, guest: Desk) -> None:
    come_in(guest, known)
    with door.services.database.transaction() as session:
        identity = session.scalars(select(LinkedIdentity.id).where(LinkedIdentity.subject == known)).one()
        of_it = select(AuditEntry.action).where(AuditEntry.detail["identity"].as_integer() == identity)
        assert session.scalars(of_it.order_by(AuditEntry.id)).all() == ["identity.linked", "token.session_added"]


def test_signing_out_ends_the_session(door: Door, known: str, guest: Desk) -> None:
    come_in(guest, known)
    assert guest.post("/console/sign-out").location == PAGE
    assert guest.get("/console/account").status_code == 303
