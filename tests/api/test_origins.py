"""Who may send from where: CORS, publishable and secret keys, tokens."""

from __future__ import annotations

import pytest

from moderation_service.sites import service as sites
from tests.api.door import Door, assert_problem, bearer
from tests.factories import ACTOR, make_site
from tests.live import ORIGIN, flag_of

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
NEARLY = [
    "http://courier.example",
    "https://courier.example/",
    "https://courier.example:443",
    "https://www.courier.example",
    "https://courier.example.evil.example",
    "https://COURIER.example",
    "null",
    "*",
    "",
]


def test_preflight_of_a_known_origin_is_answered_for_it_alone(door: Door) -> None:
    answer = door.call("OPTIONS", "/v1/flags", {"Origin": ORIGIN}, **PREFLIGHT)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Idempotency-Key" in answer.headers["Access-Control-Allow-Headers"]
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("origin", NEARLY)
def test_preflight_of_any_other_origin_allows_nothing(door: Door, origin: str) -> None:
    answer = door.call("OPTIONS", "/v1/flags", {"Origin": origin}, **PREFLIGHT)
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/articles/ferry", "/v1/sessions", "/metrics"])
def test_other_routes_know_no_cross_origin_callers(door: Door, path: str) -> None:
    preflight = door.call("OPTIONS", path, {"Origin": ORIGIN}, **PREFLIGHT)
    answer = door.get(path, door.moderator | {"Origin": ORIGIN})
    assert "Access-Control-Allow-Origin" not in preflight.headers
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_answer_to_a_reader_is_readable_from_his_page(door: Door, article: str) -> None:
    answer = door.flag(article)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_refusal_is_readable_too(door: Door) -> None:
    answer = door.post("/v1/flags", bearer("pk_wrong") | {"Origin": ORIGIN}, {})
    assert_problem(answer, 401)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


@pytest.mark.parametrize("origin", NEARLY)
def test_publishable_key_from_elsewhere_is_403(door: Door, article: str, origin: str) -> None:
    answer = door.post("/v1/flags", door.reader | {"Origin": origin}, flag_of(article, "r"))
    assert_problem(answer, 403)


def test_publishable_key_without_an_origin_is_403(door: Door, article: str) -> None:
    who = bearer(door.newsroom.publishable_key)
    assert_problem(door.post("/v1/flags", who, flag_of(article, "r")), 403)


def test_secret_key_needs_no_origin(door: Door, article: str) -> None:
    assert door.post("/v1/flags", door.site, flag_of(article, "r")).status_code == 202


def test_origin_of_another_site_is_403_and_not_told_to_its_browser(door: Door, article: str) -> None:
    with door.services.database.transaction() as session:
        other = make_site(session, "gazette")
    answer = door.post("/v1/flags", door.reader | {"Origin": other.url}, flag_of(article, "r"))
    assert_problem(answer, 403)
    assert answer.headers.get("Access-Control-Allow-Origin") in {None, other.url}


def test_other_sites_see_neither_flags_nor_articles_of_this_one(door: Door, article: str) -> None:
    receipt = door.flag(article).get_json()["receipt"]
    with door.services.database.transaction() as session:
        key = sites.add_key(session, make_site(session, "herald"), kind="secret", name="s", actor=ACTOR)
    assert_problem(door.get(f"/v1/flags/{receipt}", bearer(key)), 404)
    assert_problem(door.get(f"/v1/articles/{article}", bearer(key)), 404)
    assert_problem(door.call("DELETE", f"/v1/flags/{receipt}", bearer(key)), 404)


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer ", "Bearer x", "Basic YTpi", "bearer " + "x" * 300, "Bearer é"])
def test_no_credential_or_a_wrong_one_is_401_and_says_how(door: Door, sent: str) -> None:
    answer = door.get("/v1/me", {"Authorization": sent})
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_each_kind_of_credential_opens_its_own_routes_only(door: Door, article: str) -> None:
    assert_problem(door.get("/v1/cases", door.site), 401)
    assert_problem(door.get(f"/v1/articles/{article}", door.moderator), 401)
    assert_problem(door.get(f"/v1/articles/{article}", door.reader), 403)
    assert_problem(door.call("PUT", f"/v1/articles/{article}", door.reader, {}), 403)
