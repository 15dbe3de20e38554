"""A rule tried on the past from its form: asked for, run, drawn, cancelled, and taken back into the form."""

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


def test_a_running_backtest_says_how_far_it_is_only_when_that_changed(door: Door, senior: Desk) -> None:
    path = ask(senior).partition("?")[0]
    first = senior.get(f"{path}/live")
    again = senior.get(f"{path}/live", **{"If-None-Match": first.headers["ETag"]})
    assert ("waiting" in first.text, again.status_code) == (True, 304)


def test_cancelling_leads_to_its_own_page_whatever_the_address_says(senior: Desk) -> None:
    asked = ask(senior).partition("?")[0]
    answer = senior.post(f"{asked}/cancel?rule=seen&slug=other&_scheme=javascript")
    assert (answer.status_code, answer.location) == (303, f"{asked}?rule=seen")
