"""A second pair of eyes: approving by another person, by keys alone; and decided cases looked at again, blind."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from moderation_service.policy.vocabulary import Action, Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at
from tests.browser.test_shift import take_down
from tests.browser.visitor import onward


def test_a_second_person_approves_by_keys_what_the_first_proposed(visit: Visit, desk: Desk) -> None:
    desk.policy(second_for_editorial=True)
    first = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.disputed()}")
    take_down(first)
    first.goto("/console/approvals")
    expect(first.locator(".approval")).to_contain_text("waits for another person")
    looked_at(first, "approvals-own")
    assert desk.decided() == {}
    second = visit().arrive(desk.hire("bob"), "/console/queue")
    expect(second.locator("#waiting")).to_contain_text("1")
    second.goto("/console/approvals")
    looked_at(second, "approvals-waiting")
    second.keyboard.press("a")  # goes there, and approves nothing that has not been looked at
    expect(second.locator(".approval h3 a")).to_be_focused()
    with onward(second):
        second.keyboard.press("a")
    expect(second.locator(".flashes")).to_contain_text("Approved")
    assert desk.decided() == {"takedown": 1}


def test_who_sees_it_otherwise_is_led_to_the_case_and_what_was_taken_back_is_told(visit: Visit, desk: Desk) -> None:
    desk.policy(second_for_editorial=True)
    case = desk.case("ferry")
    late = visit()
    late.faults.expect("409")
    first = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    take_down(first)
    second = late.arrive(desk.hire("bob"), "/console/approvals")
    first.goto("/console/approvals")
    first.get_by_role("button", name="Take the proposal back").click()
    expect(first.get_by_text("Nothing waits for a second person.")).to_be_visible()
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_role("alert")).to_contain_text("Headline of ferry")
    expect(second.get_by_role("alert")).to_contain_text("The proposal was taken back")
    looked_at(second, "approvals-refused")
    assert desk.decided() == {}


def test_who_proposed_takes_it_back_by_a_key_and_has_no_verdict_of_his_own_left(visit: Visit, desk: Desk) -> None:
    desk.policy(second_for_editorial=True)
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    take_down(page)
    expect(page.locator("#undo")).to_contain_text("Proposed: Headline of article-01")
    own = page.context.new_page()
    own.goto(f"/console/cases/{case}")
    expect(own.get_by_text("Another person decides.")).to_be_visible()
    expect(own.locator(".verdicts")).to_have_count(0)
    with onward(page):
        page.keyboard.press("u")
    expect(page.get_by_role("status").first).to_contain_text("Your proposal is taken back.")
    expect(page.get_by_role("button", name="Clear")).to_be_visible()


def test_those_proposed_together_are_looked_at_together(visit: Visit, desk: Desk) -> None:
    desk.policy(second_over=1)
    ada = desk.hire("ada")
    desk.propose_together(ada, desk.cases(3))
    page = visit().arrive(desk.hire("bob"), "/console/approvals")
    looked_at(page, "approvals-together")
    page.get_by_role("link", name="Look at them side by side").click()
    expect(page.locator(".column-case")).to_have_count(3)
    page.go_back()
    page.get_by_role("button", name="Approve all 3").click()
    expect(page.locator(".flashes")).to_contain_text("3 approved")
    assert desk.decided() == {"takedown": 3}


def test_a_senior_judges_blind_by_the_keyboard_and_is_shown_both(visit: Visit, desk: Desk) -> None:
    desk.policy(qa_percent=100)
    ada = desk.hire("ada")
    desk.decide(ada, desk.disputed(), Action.TAKEDOWN)
    for number in range(6):
        desk.decide(ada, desk.case(f"other-{number}"), Action.CLEAR if number % 2 else Action.TAKEDOWN)
    page = visit().arrive(desk.hire("zoe", Role.SENIOR), "/console/quality")
    for number in range(7):
        with onward(page):
            page.keyboard.press("n")
        if not number:
            expect(page.get_by_role("heading", name="What would you decide?")).to_be_visible()
            looked_at(page, "quality-blind")
        with page.expect_navigation():
            page.keyboard.press("c")
        if not number:
            expect(page.get_by_text("You differ")).to_be_visible()
            looked_at(page, "quality-compared")
    page.keyboard.press("q")
    expect(page).to_have_url(re.compile(r"/console/quality$"))
    expect(page.get_by_text("Nothing waits for you to look at again.")).to_be_visible()
    looked_at(page, "quality-with-figures")
