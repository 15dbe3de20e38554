"""Backtests over HTTP: asked for, looked at, cancelled, their cases as CSV; for seniors of the site alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from tests.api.conftest import MakeDoor
from tests.api.door import Door, assert_problem, bearer
from tests.factories import make_moderator, make_site
from tests.triage.backtest.past import asks, document

PATH = "/v1/sites/courier/backtests"
SAID = document("any", asks("reporters", ">=", 1, within="6h"))


@pytest.fixture
def door(make_door: MakeDoor) -> Door:
    """A newsroom of the test's own: one backtest runs at a time."""
    return make_door()


def _ask(door: Door, who: dict[str, str] | None = None, path: str = PATH, **changes: Any) -> TestResponse:
    now = datetime.now(UTC)
    body = {"document": SAID, "from": (now - timedelta(days=1)).isoformat(), "until": now.isoformat()} | changes
    return door.post(path, who or door.moderator, body)


def _token(door: Door, role: Role, slug: str | None = None) -> dict[str, str]:
    with door.services.database.transaction() as session:
        make_moderator(session, "another", role, make_site(session, slug) if slug else None)
        person = people.moderator_by_name(session, "another")
        return bearer(people.new_token(session, person, kind="personal", name="t", lifetime=None))


def test_it_is_asked_for_run_and_read(door: Door) -> None:
    case = door.case_of("ferry", "r1", "r2")
    asked = _ask(door)
    assert (asked.status_code, asked.get_json()["state"]) == (202, "waiting")
    door.backtest()
    done = door.get(asked.headers["Location"], door.moderator).get_json()
    assert (done["state"], done["done"], done["result"]["touched"]) == ("done", 1.0, 1)
    assert done["result"]["shown"][0]["case_id"] == case["id"]


def test_its_cases_are_csv_once_it_is_done(door: Door) -> None:
    door.case_of("ferry")
    path = f"{_ask(door).headers['Location']}.csv"
    assert_problem(door.get(path, door.moderator), 409)
    door.backtest()
    answer = door.get(path, door.moderator)
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.text.splitlines()[1].split(",")[1] == "ferry"


def test_a_rule_of_the_book_is_tried_by_its_name(door: Door) -> None:
    door.post("/v1/rules", door.moderator, {"document": SAID, "because": "A test."})
    assert _ask(door, document=None, rule="any").get_json()["document"]["name"] == "any"
    assert_problem(_ask(door, document=None, rule="none"), 404)


def test_a_cancelled_one_stays_to_be_seen(door: Door) -> None:
    path = _ask(door).headers["Location"]
    assert door.call("DELETE", path, door.moderator).status_code == 204
    assert door.get(path, door.moderator).get_json()["state"] == "cancelled"
    assert_problem(door.call("DELETE", path, door.moderator), 409)


def test_only_a_senior_of_the_site_may(door: Door) -> None:
    path = _ask(door).headers["Location"]
    moderator = _token(door, Role.MODERATOR)
    for answer in (_ask(door, moderator), door.get(path, moderator), door.call("DELETE", path, moderator)):
        assert_problem(answer, 403)


def test_a_senior_of_another_site_finds_nothing(door: Door) -> None:
    path = _ask(door).headers["Location"]
    stranger = _token(door, Role.SENIOR, "herald")
    assert_problem(door.get(path, stranger), 404)
    assert_problem(door.get(path.replace("courier", "herald"), stranger), 404)
    assert_problem(_ask(door, stranger), 404)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"document": None}, "#/document"),
        ({"document": SAID | {"actions": []}}, "#/document/actions"),
        ({"document": SAID | {"site": "herald"}}, "#/document/site"),
        ({"from": "2026-01-01T00:00:00"}, "#/from"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "#/from"),
        ({"from": "9999-12-31T23:59:59-14:00"}, "#/from"),
        ({"from": "2020-01-01T00:00:00Z"}, "#/until"),
    ],
)
def test_what_is_wrong_is_named(door: Door, changes: dict[str, Any], pointer: str) -> None:
    assert_problem(_ask(door, **changes), 422, pointer)
