"""An admin sets a newsroom up: a site, its key, and somebody who then signs in."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from moderation_service.policy.vocabulary import Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at
from tests.browser.visitor import onward


def shown(page: Page) -> str:
    """The secret that the page shows this once."""
    return page.locator("#secret").inner_text()


def test_an_admin_makes_a_site_a_key_and_somebody_who_signs_in(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada", Role.ADMIN, everywhere=True), "/console/admin/sites")
    slug = f"new-{desk.slug}"
    page.get_by_role("link", name="New site").click()
    page.get_by_label("Short name").fill(slug)
    page.get_by_label("Name", exact=True).fill("The Herald")
    page.get_by_label("Home page").fill("https://herald.example")
    page.get_by_role("button", name="Add the site").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The Herald")
    page.get_by_label("What it is for").fill("widget")
    page.get_by_role("button", name="Make a key").click()
    first = shown(page)
    looked_at(page, "admin-shown-once")
    page.get_by_role("link", name="I have kept it").click()
    assert first not in page.content()
    page.get_by_role("button", name="Replace the key widget").click()
    assert shown(page) not in ("", first)

    page.goto("/console/admin/people:new")
    page.get_by_label("User name").fill(f"vera-{slug}")
    page.get_by_label("Name", exact=True).fill("Vera Lind")
    page.get_by_label("Where").select_option(label="The Herald")
    page.get_by_role("button", name="Add the person").click()
    password = shown(page)
    other = visit().go("/console/sign-in")
    other.get_by_label("User name").fill(f"vera-{slug}")
    other.get_by_label("Password").fill(password)
    with onward(other):
        other.get_by_role("button", name="Sign in").click()
    # What somebody else knows is no password to keep.
    other.get_by_label("Your password now").fill(password)
    other.get_by_label("New password").fill("known to Vera alone")
    with onward(other):
        other.get_by_role("button", name="Change the password").click()
    other.goto("/console/queue")
    expect(other).to_have_url(re.compile("/console/queue"))
