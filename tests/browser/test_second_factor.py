"""A second factor: set up in the browser, and asked for from then on."""

from __future__ import annotations

import re
import time

import pyotp
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.desk import PASSWORD, Desk
from tests.browser.looks import looked_at
from tests.browser.visitor import onward

STEP = 30  # seconds


def begin(page: Page) -> None:
    """Ask for a key to be shown."""
    page.goto("/console/account/second-factor")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()


def confirm(page: Page) -> pyotp.TOTP:
    """Put the key that is shown in force by its first code; the page then shows the recovery codes."""
    authenticator = pyotp.TOTP(re.sub(r"\s", "", page.locator("code.secret").inner_text()))
    page.get_by_label("Type the code").fill(authenticator.now())
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    return authenticator


def give_password(page: Page, username: str) -> None:
    """Sign in as far as a password leads."""
    page.goto("/console/sign-in")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One-time password")


def test_who_has_a_second_factor_signs_in_with_its_code(visit: Visit, desk: Desk) -> None:
    username, visitor = desk.hire("ada"), visit()
    begin(visitor.arrive(username, "/console/account"))
    authenticator = confirm(visitor.page)
    page = visit().page
    give_password(page, username)
    # The code that set it up was used by that, so this is the next one.
    page.get_by_label("Code").fill(authenticator.at(time.time() + STEP))
    with onward(page):
        page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_a_recovery_code_opens_the_account_once(visit: Visit, desk: Desk) -> None:
    username, visitor = desk.hire("ada"), visit()
    begin(visitor.arrive(username, "/console/account"))
    confirm(visitor.page)
    code = visitor.page.locator(".codes code").first.inner_text()
    for heading in ("Queue", "One-time password"):
        later = visit()
        later.faults.expect("401")
        give_password(later.page, username)
        later.page.get_by_label("Code").fill(code)
        later.page.get_by_role("button", name="Sign in").click()
        expect(later.page.get_by_role("heading", level=1)).to_have_text(heading)


def test_the_pages_of_the_second_factor_have_no_barriers_and_fit(visit: Visit, desk: Desk) -> None:
    username, visitor = desk.hire("ada"), visit()
    page = visitor.arrive(username, "/console/account")
    begin(page)
    looked_at(page, "second-factor")
    confirm(page)
    looked_at(page, "recovery-codes")
    other = visit().page
    give_password(other, username)
    looked_at(other, "sign-in-code")
