"""People sign in: with the mouse, with the keyboard alone, and without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visit
from tests.browser.desk import PASSWORD, Desk
from tests.browser.holding import Held
from tests.browser.visitor import tab_to

ACCOUNT = re.compile(r"/console/account$")


def test_a_moderator_signs_in_and_is_where_he_wanted_to_go(visit: Visit, desk: Desk) -> None:
    page = visit().sign_in(desk.hire("ada"), then="/console/account")
    expect(page).to_have_url(ACCOUNT)


def test_the_keyboard_is_enough_to_sign_in_and_out(visit: Visit, desk: Desk) -> None:
    visitor = visit()
    visitor.faults.expect("401")  # of what the page asks by itself while he signs out
    page = visitor.go("/console/account")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(desk.hire("ada"))
    tab_to(page, "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(ACCOUNT)
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("signed out")


def test_who_signs_out_is_not_told_that_his_session_ended(visit: Visit, desk: Desk) -> None:
    visitor = visit()
    visitor.faults.expect("401")
    page = visitor.arrive(desk.hire("ada"), "/console/account")
    look = Held(page, "**/approvals/live")

    def sign_out(route: Route) -> None:
        done = route.fetch(max_redirects=0)
        with page.expect_response("**/approvals/live") as seen:
            look.let_go()
        assert seen.value.status == 401
        route.fulfill(response=done)

    page.route("**/sign-out", sign_out)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    expect(page).to_have_url(re.compile("/sign-in$"))


def test_no_script_is_needed_to_sign_in(visit: Visit, desk: Desk) -> None:
    page = visit(java_script_enabled=False).sign_in(desk.hire("ada"), then="/console/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Account")


def test_a_wrong_password_and_an_unknown_name_are_told_alike(visit: Visit, desk: Desk) -> None:
    said = []
    for username in (desk.hire("ada"), "nobody"):
        visitor = visit()
        visitor.faults.expect("401")
        page = visitor.go("/console/sign-in")
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill("not the password")
        page.get_by_role("button", name="Sign in").click()
        said.append(page.get_by_role("status").inner_text())
    assert said[0] == said[1] != ""


def test_a_browser_that_prefers_german_is_spoken_to_in_german(visit: Visit) -> None:
    page = visit(locale="de-DE").go("/console/sign-in")
    expect(page.get_by_role("heading", level=1)).to_have_text("Anmelden")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_preferences_are_chosen_by_the_keyboard_and_hold_at_once(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), "/console/account")
    tab_to(page, "Colours")
    page.keyboard.press("d")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_session_elsewhere_is_ended_from_the_account_page(visit: Visit, desk: Desk) -> None:
    username = desk.hire("ada")
    # Without scripts, which on a slow machine notice the end before this test looks, and report it.
    elsewhere = visit(java_script_enabled=False).arrive(username, "/console/account")
    page = visit().arrive(username, "/console/account")
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("has ended")
    elsewhere.reload()
    expect(elsewhere.get_by_role("heading", level=1)).to_have_text("Sign in")
