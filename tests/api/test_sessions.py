"""Signing in and out, who I am, and by which policy."""

from __future__ import annotations

import pytest

from moderation_service.sites import people
from tests.api.door import Door, assert_problem, bearer

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module", autouse=True)
def _password(door: Door) -> None:
    with door.services.database.transaction() as session:
        people.set_password(session, people.moderator_by_name(session, "m1"), PASSWORD, actor="test", temporary=False)


def test_password_gives_a_token_that_works_until_sign_out(door: Door) -> None:
    answer = door.post("/v1/sessions", door.nobody, {"username": "M1", "password": PASSWORD})
    assert answer.status_code == 201
    who = bearer(answer.get_json()["token"])
    assert door.get("/v1/me", who).get_json()["username"] == "m1"
    assert door.call("DELETE", "/v1/sessions/current", who).status_code == 204
    assert_problem(door.get("/v1/me", who), 401)


def test_wrong_name_and_wrong_password_are_told_alike(door: Door) -> None:
    bodies = [{"username": name, "password": "wrong password"} for name in ("m1", "nobody", "m2")]
    details = {assert_problem(door.post("/v1/sessions", door.nobody, b), 401)["detail"] for b in bodies}
    assert len(details) == 1


def test_password_is_never_in_an_answer(door: Door) -> None:
    body = {"username": "m1\x00", "password": PASSWORD}
    assert PASSWORD not in door.post("/v1/sessions", door.nobody, body).text


def test_policy_names_reasons_and_clauses(door: Door) -> None:
    policy = door.get("/v1/policy", door.moderator).get_json()
    assert "danger_to_life" in [reason["reason"] for reason in policy["reasons"]]
    assert {"3.4", "5.1"} <= {clause["clause"] for clause in policy["clauses"]}
