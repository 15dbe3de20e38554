"""A duty editor and her rule: written by the keyboard, tried on the past, switched on, seen to fire, and taken back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from moderation_service.policy.vocabulary import Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.visitor import onward, tab_to
from tests.factories import make_content

POLITICS = make_content(category="POLITICS", headline="The council votes")


def add(page: Page, button: str, what: str) -> None:
    """Choose from the list before a button, and press that."""
    tab_to(page, button)
    page.keyboard.press("Shift+Tab")
    page.keyboard.type(what)
    page.keyboard.press("Tab")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press("Enter")


def press(page: Page, name: str) -> None:
    """Walk to a button or a link, and press it; another page comes."""
    tab_to(page, name)
    with onward(page):
        page.keyboard.press("Enter")


def write(page: Page) -> None:
    """Three distinct reporters with a record within six hours on a politics article escalate to a senior."""
    tab_to(page, "Name: small letters, digits, hyphens")
    page.keyboard.type("three-with-records")
    tab_to(page, "Because: why there is this rule")
    page.keyboard.type("A takedown in politics is read as taking sides.")
    add(page, "Add a condition", "category")
    page.keyboard.type("contains")
    tab_to(page, "Value; for “one of”, one a line")
    page.keyboard.type("politics")
    add(page, "Add a condition", "distinct")
    tab_to(page, "Value (0 to 5,000)")
    page.keyboard.type("3")
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    add(page, "Add an action", "escalate")
    add(page, "Add an action", "require")


def test_a_duty_editor_writes_a_rule_tries_it_switches_it_on_and_takes_it_back(visit: Visit, desk: Desk) -> None:
    desk.records()
    desk.case("last-month", content=POLITICS, reporters=3)
    page = visit().arrive(desk.hire("eva", Role.SENIOR), "/console/rules:new")
    write(page)
    press(page, "Try it")
    expect(page.get_by_role("heading", name="What it would have done")).to_be_visible()
    expect(page.locator("#cases-title ~ ol > li")).to_have_count(1)
    press(page, "Back to the form with this rule")
    press(page, "Look at the change")
    expect(page.get_by_text("distinct readers with a record within 6 hours: at least 3")).to_be_visible()
    page.keyboard.type("A try.")
    press(page, "Keep it as a draft")
    tab_to(page, "Why you change its mode")
    page.keyboard.type("It finds what it should.")
    tab_to(page, "Switch it on")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It acts on every case")

    rule = page.url
    case = f"/console/cases/{desk.case('today', content=POLITICS, reporters=3)}"
    fired = page.locator("#why-title ~ .rules")
    page.goto(case)
    expect(fired).to_contain_text("distinct readers with a record within 6 hours: 3")
    expect(page.get_by_text("Escalated by a rule")).to_be_visible()
    page.goto(rule)
    press(page, "Take back what it did")
    press(page, "Take all of it back")
    expect(page.get_by_role("status")).to_contain_text("Taken back: 1 firings on 1 undecided cases")
    page.goto(case)
    expect(page.get_by_text("Escalated by a rule")).to_have_count(0)
