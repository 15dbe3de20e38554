"""People sign in through an OpenID Connect provider, which to the browser is another site."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.desk import PASSWORD, Desk
from tests.browser.looks import looked_at
from tests.browser.visitor import Visitor

ACCOUNT = re.compile(r"/console/account$")


def sign_in_there(page: Page, subject: str) -> None:
    """Say at the provider who one is."""
    page.get_by_label("Subject").fill(subject)
    page.get_by_role("button", name="Continue").click()


def abroad(visitor: Visitor, issuer: str) -> Visitor:
    """Somebody who may go to the provider."""
    visitor.faults.expect(f"foreign: {issuer}/")
    return visitor


def test_a_moderator_links_his_identity_and_comes_in_by_it_without_a_password(
    visit: Visit, desk: Desk, provider: str
) -> None:
    page = abroad(visit(), provider).arrive(desk.hire("ada"), "/console/account")
    page.get_by_role("link", name="Link an identity").click()
    sign_in_there(page, f"ada of {desk.slug}")
    looked_at(page, "new-identity")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Link to").click()
    expect(page.get_by_role("status")).to_contain_text("You can sign in with Newsroom ID")
    looked_at(page, "account-linked")

    page = abroad(visit(), provider).go("/console/account")
    page.get_by_role("link", name="Sign in with Newsroom ID").click()
    sign_in_there(page, f"ada of {desk.slug}")
    expect(page).to_have_url(ACCOUNT)
    expect(page.get_by_role("heading", level=1)).to_have_text("Account")


def test_who_is_not_known_is_told_what_to_pass_on(visit: Visit, provider: str) -> None:
    visitor = abroad(visit(), provider)
    visitor.faults.expect("403 (Forbidden)")
    page = visitor.go("/console/sign-in")
    page.get_by_role("link", name="Sign in with Newsroom ID").click()
    sign_in_there(page, "a8f5f167-f44f-4964-a2d4-ecf17f0e1a6c@staff.news.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not known here yet")
    looked_at(page, "unknown-identity")
