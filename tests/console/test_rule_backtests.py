"""A rule tried on the past from its form, its result drawn; and why it did or did not fire on a case."""

from __future__ import annotations

import pytest

from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from moderation_service.triage.rules.entries import Mode
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.console.cases import open_case, words_of
from tests.console.desk import Desk, seat
from tests.console.forms import fields_of
from tests.triage.rules.books import make_entry

ANY_FLAG = {"field": "flags", "within": "24h", "operator": ">=", "value": 1}


@pytest.fixture
def door(make_door: MakeDoor) -> Door:
    """A newsroom of the test's own: one backtest runs at a time."""
    return make_door()


@pytest.fixture
def senior(door: Door) -> Desk:
    """A senior of the site, where a rule is live that fires on any flag."""
    with door.services.database.transaction() as session:
        site = session.get_one(Site, door.newsroom.site_id)
        make_entry(session, "any-flag", mode=Mode.LIVE, site="courier", conditions={"all": [ANY_FLAG]})
    return seat(door, "sam", Role.SENIOR, site)


def ask(senior: Desk, **typed: str) -> str:
    """Press the button that tries it, in the form for the rule; where that leads."""
    path = "/console/rules/any-flag/edit?site=courier"
    sent = fields_of(senior.get(path), "rule-form").to_dict() | {"step": "try"} | typed
    answer = senior.post(path, sent)
    return answer.location or words_of(answer)


def test_a_backtest_is_asked_for_run_and_drawn(door: Door, senior: Desk) -> None:
    case = open_case(door, "ferry")
    path = ask(senior)
    waiting = senior.get(path)
    assert ("waiting" in words_of(waiting), 'http-equiv="refresh"' in waiting.text) == (True, True)
    door.backtest()
    done = senior.get(path)
    assert "Cases touched 1 of 1 that were flagged" in words_of(done)
    assert f'href="/console/cases/{case}"' in done.text
    assert "this rule and live ones 1" in words_of(done)
    assert 'http-equiv="refresh"' not in done.text


def test_what_was_tried_goes_back_into_the_form(door: Door, senior: Desk) -> None:
    path = ask(senior, **{"c.0.value": "7"})
    back = senior.get(path).text.split('href="/console/rules/any-flag/edit?')[1].split('"')[0].replace("&amp;", "&")
    form = fields_of(senior.get(f"/console/rules/any-flag/edit?{back}"), "rule-form")
    assert form["c.0.value"] == "7"


def test_its_cases_are_csv_and_it_stands_on_the_rules_page(door: Door, senior: Desk) -> None:
    open_case(door, "ferry")
    path = ask(senior).partition("?")[0]
    assert senior.get(f"{path}.csv").status_code == 409
    door.backtest()
    assert senior.get(f"{path}.csv").text.splitlines()[1].split(",")[1] == "ferry"
    assert "1 cases touched" in words_of(senior.get("/console/rules/any-flag?site=courier"))


def test_a_backtest_is_cancelled_once(door: Door, senior: Desk) -> None:
    path = ask(senior).partition("?")[0]
    assert "runs no further" in words_of(senior.get(senior.post(f"{path}/cancel").location))
    assert "cancelled already" in words_of(senior.get(senior.post(f"{path}/cancel").location))


@pytest.mark.parametrize(
    ("field", "typed"),
    [("try_from", "yesterday"), ("try_from", "0001-01-01"), ("try_until", "9999-12-31"), ("try_from", "2090-01-01")],
)
def test_a_period_that_is_none_is_refused_and_stays_as_it_was_typed(
    door: Door, senior: Desk, field: str, typed: str
) -> None:
    path = "/console/rules/any-flag/edit?site=courier"
    sent = fields_of(senior.get(path), "rule-form").to_dict() | {"step": "try", field: typed}
    answer = senior.post(path, sent)
    assert (answer.status_code, fields_of(answer, "rule-form")[field]) == (422, typed)


@pytest.mark.parametrize(("slug", "status"), [("nowhere", 404), ("x\0", 422), ("", 422)])
def test_a_site_that_is_none_is_refused_and_nothing_typed_is_lost(senior: Desk, slug: str, status: int) -> None:
    path = "/console/rules/any-flag/edit?site=courier"
    sent = fields_of(senior.get(path), "rule-form").to_dict() | {"step": "try", "try_site": slug, "c.0.value": "77"}
    answer = senior.post(path, sent)
    assert (answer.status_code, fields_of(answer, "rule-form")["c.0.value"]) == (status, "77")


def test_a_running_backtest_says_how_far_it_is_only_when_that_changed(door: Door, senior: Desk) -> None:
    path = ask(senior).partition("?")[0]
    first = senior.get(f"{path}/live")
    again = senior.get(f"{path}/live", **{"If-None-Match": first.headers["ETag"]})
    assert ("waiting" in first.text, again.status_code) == (True, 304)


def test_why_shows_each_condition_with_what_it_sees(door: Door, senior: Desk) -> None:
    with door.services.database.transaction() as session:
        grave = {"field": "severity", "operator": ">=", "value": 5}
        make_entry(session, "grave", mode=Mode.LIVE, site="courier", conditions={"all": [ANY_FLAG, {"not": grave}]})
    case = open_case(door, "ferry")
    said = words_of(senior.get(f"/console/cases/{case}/why?rule=grave&site=courier"))
    assert "Its conditions are met now." in said
    assert "yes: flags by readers within 24 hr: at least 1 (here: 1)" in said
    assert "no: severity: at least 5 (here: 2)" in said
    assert "any-flag" in said


def test_why_is_asked_from_the_case(door: Door, senior: Desk) -> None:
    case = open_case(door, "ferry")
    assert f'href="/console/cases/{case}/why"' in senior.get(f"/console/cases/{case}").text
    assert senior.get(f"/console/cases/{case}/why?rule=none").status_code == 404
