"""The approvals page: what waits for another person, approved on what was seen, refused with what changed."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from moderation_service.articles.models import Article
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.console.cases import last_decision, look, open_case, verdict, words_of
from tests.console.conftest import Sit
from tests.console.desk import Desk
from tests.factories import make_policy

PATH = "/console/approvals"


@pytest.fixture(autouse=True)
def policy(door: Door) -> None:
    """Takedowns of editorial articles wait, and those sent together with any other."""
    with door.services.database.transaction() as session:
        make_policy(session, session.get_one(Site, door.newsroom.site_id), second_for_editorial=True, second_over=0)


def _proposed(door: Door, desk: Desk, name: str, **changes: str) -> int:
    """A case of which this person proposed the takedown."""
    case_id = open_case(door, name, headline=f"About {name}")
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id, "takedown", **changes))
    return case_id


def _seen(door: Door, case_id: int) -> str:
    return f"{case_id}.{look(door, case_id).version}.1"


def test_a_proposal_is_shown_with_its_evidence(door: Door, desk: Desk, sit: Sit) -> None:
    _proposed(door, sit(), "shown", note="Made up from beginning to end")
    shown = words_of(desk.get(PATH))
    for words in ("About shown", "Take down", "the whole article", "3.4 Fraud", "Made up from beginning to end"):
        assert words in shown
    assert "The policy wants two for editorial articles." in shown


def test_another_person_approves_and_the_case_is_decided(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = _proposed(door, sit(), "approved")
    answer = desk.post(PATH, {"seen": _seen(door, case_id)})
    made = last_decision(door, case_id)
    assert (answer.status_code, answer.location) == (303, f"{PATH}?decided={case_id}")
    assert made is not None
    assert (made.action, made.clause) == ("takedown", "3.4")
    assert "Approved, and decided so." in words_of(desk.get(answer.location))


def test_a_second_press_is_answered_as_the_first(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = _proposed(door, sit(), "pressed-twice")
    form = {"seen": _seen(door, case_id)}
    first, made = desk.post(PATH, form), last_decision(door, case_id)
    again, now = desk.post(PATH, form), last_decision(door, case_id)
    assert (again.status_code, again.location) == (first.status_code, first.location)
    assert (now and now.id) == (made and made.id)
    assert sit().post(PATH, form).status_code == 409


def test_who_decided_otherwise_on_the_same_version_has_not_approved(door: Door, sit: Sit) -> None:
    senior, case_id = sit(Role.SENIOR), _proposed(door, sit(), "broke-the-tie")
    form = {"seen": _seen(door, case_id)}
    senior.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    assert senior.post(PATH, form).status_code == 409


def test_ones_own_waits_for_another_and_may_be_taken_back(door: Door, sit: Sit) -> None:
    own = sit()
    case_id = _proposed(door, own, "own")
    shown = own.get(PATH).text
    assert "waits for another person" in shown
    assert f'value="{_seen(door, case_id)}"' not in shown
    answer = own.post(f"/console/cases/{case_id}/proposal/withdraw", {"to": "approvals"})
    assert answer.location == PATH
    assert "About own" not in words_of(own.get(PATH))


def test_what_does_not_fit_on_the_page_stands_on_the_next(
    door: Door, desk: Desk, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, mine = _proposed(door, desk, "mine-first"), _proposed(door, sit(), "anothers")
    monkeypatch.setattr("moderation_service.console.desk.approvals.ROWS", 1)
    shown, seen = [], f"{PATH}?"
    while seen:
        page = desk.get(seen).text
        shown += re.findall(r'/console/cases/(\d+)"', page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        seen = further[1] if further else ""
    assert [int(number) for number in shown if int(number) in (own, mine)] == [mine, own]


def test_nobody_approves_his_own_whatever_he_sends(door: Door, sit: Sit) -> None:
    own = sit()
    case_id = _proposed(door, own, "not-alone")
    answer = own.post(PATH, {"seen": _seen(door, case_id)})
    assert (answer.status_code, last_decision(door, case_id)) == (403, None)
    assert "another person decides" in words_of(answer)


def test_what_changed_meanwhile_is_said_and_not_approved(door: Door, desk: Desk, sit: Sit) -> None:
    own = sit()
    case_id = _proposed(door, own, "changed")
    seen = _seen(door, case_id)
    own.post(f"/console/cases/{case_id}/proposal/withdraw")
    answer = desk.post(PATH, {"seen": seen})
    assert (answer.status_code, last_decision(door, case_id)) == (409, None)
    assert "The proposal was taken back" in words_of(answer)


def test_those_sent_together_are_approved_together(door: Door, desk: Desk, sit: Sit) -> None:
    cases = [open_case(door, name, headline=f"About {name}") for name in ("side", "by")]
    with door.services.database.transaction() as session:
        session.execute(update(Article).where(Article.external_id.in_(["side", "by"])).values(origin="user"))
    form = {"action": "takedown", "cited": "3.4/terms", "note": "", "seen": [_seen(door, case) for case in cases]}
    sit().post("/console/together", form)
    shown = words_of(desk.get(PATH))
    assert "2 proposed together by" in shown
    assert "Approve all 2" in shown
    assert "The policy wants two for so many at once." in shown
    desk.post(PATH, {"seen": [_seen(door, case) for case in cases]})
    assert all(last_decision(door, case) is not None for case in cases)


def test_one_that_is_refused_keeps_no_other_from_being_approved(door: Door, desk: Desk, sit: Sit) -> None:
    own = sit()
    fine, gone = _proposed(door, own, "fine"), _proposed(door, own, "gone")
    seen = [_seen(door, fine), _seen(door, gone)]
    own.post(f"/console/cases/{gone}/proposal/withdraw")
    answer = desk.post(PATH, {"seen": seen})
    assert (answer.status_code, last_decision(door, gone)) == (409, None)
    assert last_decision(door, fine) is not None
    assert "1 other was approved." in words_of(answer)


@pytest.mark.parametrize("seen", ["", "1", "1.2.x", "-1.1.1"])
def test_a_form_that_is_none_of_ours_is_refused(desk: Desk, seen: str) -> None:
    assert desk.post(PATH, {"seen": seen} if seen else {}).status_code == 422


def test_how_many_wait_is_told_live(door: Door, desk: Desk, sit: Sit) -> None:
    before = desk.get(f"{PATH}/live?seen=0")
    _proposed(door, sit(), "counted")
    after = desk.get(f"{PATH}/live?seen=0")
    assert before.text != after.text
    assert "new" in words_of(after)
    assert desk.get(f"{PATH}/live?seen=0", **{"If-None-Match": after.headers["ETag"]}).status_code == 304


def test_the_case_page_says_why_it_waits_and_takes_a_verdict_of_ones_own(door: Door, desk: Desk, sit: Sit) -> None:
    case_id = _proposed(door, sit(), "otherwise")
    assert "The policy wants two for editorial articles." in words_of(desk.get(f"/console/cases/{case_id}"))
    desk.post(f"/console/cases/{case_id}/decision", verdict(door, case_id))
    assert last_decision(door, case_id) is None
    proposal = rf'href="/console/cases/{case_id}">.*?<div class="proposal">\s*<p><span class="badge \w+">(.*?)</span>'
    found = re.search(proposal, desk.get(PATH).text, re.DOTALL)
    assert found is not None
    assert found[1] == "Clear"


def test_the_case_page_says_beforehand_that_a_takedown_will_wait(door: Door, desk: Desk) -> None:
    case_id = open_case(door, "beforehand")
    assert "What you take down here waits for another person." in words_of(desk.get(f"/console/cases/{case_id}"))
