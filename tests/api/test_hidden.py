"""An article hidden until it is reviewed, as its site and its moderators meet it."""

from __future__ import annotations

import pytest

from moderation_service import upkeep
from moderation_service.sites.service import site_by_slug
from tests.api.door import Door, assert_problem
from tests.live import verdict_on


def test_hidden_article_is_404_and_says_that_it_may_come_back(door: Door) -> None:
    door.hidden("says-so")
    answer = door.get("/v1/articles/says-so", door.site)
    members = assert_problem(answer, 404)
    assert (members["state"], members["external_id"], "headline" in members) == ("hidden", "says-so", False)
    assert answer.headers["Retry-After"] == "60"
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_unknown_article_is_told_from_a_hidden_one(door: Door) -> None:
    answer = door.get("/v1/articles/never-seen", door.site)
    assert "state" not in assert_problem(answer, 404)
    assert "Retry-After" not in answer.headers


def test_copy_from_before_it_was_hidden_is_not_good(door: Door) -> None:
    door.put_article("copied")
    etag = door.get("/v1/articles/copied", door.site).headers["ETag"]
    door.hidden("copied")
    assert_problem(door.get("/v1/articles/copied", door.site, **{"If-None-Match": etag}), 404)


def test_case_shows_since_and_until_when_its_article_is_hidden(door: Door) -> None:
    case = door.hidden("since-until")
    assert case["hidden"]["since"] < case["hidden"]["until"]
    assert case["history"][-2]["kind"] == "hidden"


def test_case_that_hides_nothing_says_so(door: Door) -> None:
    case = door.case_of("hides-nothing")
    assert door.get(f"/v1/cases/{case['id']}", door.moderator).get_json()["hidden"] is None


@pytest.mark.parametrize(("action", "status"), [("takedown", 410), ("clear", 200)])
def test_decision_ends_it(door: Door, action: str, status: int) -> None:
    case = door.hidden(f"ends-{action}")
    path = f"/v1/cases/{case['id']}"
    door.post(f"{path}/claim", door.moderator)
    assert door.post(f"{path}/decisions", door.moderator, verdict_on(case, action)).status_code == 201
    door.work()
    assert door.get(f"/v1/articles/ends-{action}", door.site).status_code == status
    assert door.get(path, door.moderator).get_json()["hidden"] is None


def test_site_that_switches_hiding_off_has_its_articles_back(door: Door) -> None:
    door.hidden("switched-off")
    with door.services.database.transaction() as session:
        site_by_slug(session, "courier").hide_pending = False
    with door.services.database.transaction() as session:
        upkeep.look_after_hidden(session)
    door.work()
    assert door.get("/v1/articles/switched-off", door.site).status_code == 200
