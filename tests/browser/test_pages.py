"""Every page in both themes and two widths: no barriers, no scrolling sideways, and a picture to look at."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from moderation_service.policy.vocabulary import Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at
from tests.browser.visitor import onward


class Look(NamedTuple):
    """A page: its address, about a disputed `{case}`, its `{site}`, `{policy}` or a `{person}`, and the role it takes.

    `{rule}` is a live rule that fired on the case.
    """

    path: str
    role: Role | None = Role.MODERATOR


PAGES = {
    "sign-in": Look("/console/sign-in", role=None),
    "account": Look("/console/account"),
    "password": Look("/console/account/password"),
    "queue": Look("/console/queue"),
    "case": Look("/console/cases/{case}"),
    "queue-closed": Look("/console/queue?state=closed"),
    "admin": Look("/console/admin", role=Role.ADMIN),
    "admin-sites": Look("/console/admin/sites", role=Role.ADMIN),
    "admin-site": Look("/console/admin/sites/{site}", role=Role.ADMIN),
    "admin-webhooks": Look("/console/admin/sites/{site}/webhooks", role=Role.ADMIN),
    "admin-webhook": Look("/console/admin/sites/{site}/webhooks/{endpoint}", role=Role.ADMIN),
    "admin-people": Look("/console/admin/people", role=Role.ADMIN),
    "admin-new-person": Look("/console/admin/people:new", role=Role.ADMIN),
    "admin-person": Look("/console/admin/people/{person}", role=Role.ADMIN),
    "admin-policies": Look("/console/admin/policies", role=Role.ADMIN),
    "admin-policy": Look("/console/admin/policies/{policy}", role=Role.ADMIN),
    "admin-write-policy": Look("/console/admin/policies/sites/{site}:write", role=Role.ADMIN),
    "admin-dead-letters": Look("/console/admin/dead-letters?kind=notices", role=Role.SENIOR),
    "admin-trail": Look("/console/admin/trail", role=Role.SENIOR),
    "admin-confirm": Look("/console/admin/people/{person}:shut-out", role=Role.ADMIN),
    "rules": Look("/console/rules", role=Role.SENIOR),
    "rule": Look("/console/rules/{rule}?site={site}", role=Role.SENIOR),
    "rule-form": Look("/console/rules/{rule}/edit?site={site}", role=Role.SENIOR),
    "rule-why": Look("/console/cases/{case}/why?rule={rule}&site={site}", role=Role.SENIOR),
    "rule-take-back": Look("/console/rules/{rule}/versions/2/revert?site={site}", role=Role.SENIOR),
    "together": Look("/console/together?cases={case}&like={case}"),
    "approvals": Look("/console/approvals"),
    "quality": Look("/console/quality", role=Role.SENIOR),
    "problem": Look("/console/nowhere"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_barriers_and_fits(visit: Visit, desk: Desk, name: str) -> None:
    look, visitor = PAGES[name], visit()
    visitor.faults.expect("404 (Not Found)")
    rule = desk.rule()  # before there are flags to fire on
    path = look.path.format(case=desk.disputed(), site=desk.slug, **desk.administered(), rule=rule)
    page = visitor.go(path) if look.role is None else visitor.arrive(desk.hire("ada", look.role), path)
    looked_at(page, name)


def test_a_decided_case_and_the_offer_to_undo_have_no_barriers_and_fit(visit: Visit, desk: Desk) -> None:
    desk.case("ferry")
    path = f"/console/cases/{desk.disputed()}"
    page = visit().arrive(desk.hire("ada"), path)
    page.get_by_label("Only this part: p2").check()
    page.keyboard.press("t")
    expect(page.get_by_role("listbox")).to_be_visible()
    looked_at(page, "case-choosing-a-clause")
    with onward(page):
        page.keyboard.press("Enter")
    looked_at(page, "case-next-with-undo")
    page.goto(path)
    looked_at(page, "case-decided")


def test_a_refusal_has_no_barriers_and_fits(visit: Visit, desk: Desk) -> None:
    path, late = f"/console/cases/{desk.disputed()}", visit()
    late.faults.expect("409")
    page = late.arrive(desk.hire("bob"), path)
    first = visit().arrive(desk.hire("ada"), path)
    with onward(first):
        first.get_by_role("button", name="Clear").click()
    page.get_by_role("button", name="Clear").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looked_at(page, "case-refused")


def test_what_became_of_each_case_has_no_barriers_and_fits(visit: Visit, desk: Desk) -> None:
    ids = [desk.disputed(), *desk.cases(4)]
    colleague = visit().arrive(desk.hire("bob"), f"/console/cases/{ids[1]}")
    page = visit().arrive(desk.hire("ada"), "/console/together?cases=" + ".".join(map(str, ids)))
    looked_at(page, "together-several")
    colleague.get_by_role("button", name="Claim").click()
    expect(colleague.locator("#hold")).to_contain_text("You hold it")
    page.get_by_role("button", name="Tick all that are free, or none").click()
    page.get_by_role("button", name="Clear (5)").click()
    expect(page.locator(".results > ol > li")).to_have_count(5)
    looked_at(page, "together-results")


def test_saved_views_have_no_barriers_and_fit(visit: Visit, desk: Desk) -> None:
    desk.cases(2)
    page = visit().arrive(desk.hire("ada", Role.SENIOR), "/console/queue?reason=misleading&held=free")
    for name, whom in (("Free and misleading", ""), ("What the team looks at first in the morning", desk.slug)):
        page.get_by_text("Save this view").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.get_by_label("For whom").select_option(whom)
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".flashes")).to_contain_text("The view is saved.")
        page.goto("/console/queue?escalated=yes")
    page.keyboard.press("1")
    expect(page.locator(".tabs [aria-current]")).to_contain_text("Free and misleading")
    page.get_by_text("This view", exact=True).click()
    looked_at(page, "queue-views")


def test_a_rule_on_its_way_from_the_form_has_no_barriers_and_fits(visit: Visit, desk: Desk) -> None:
    path = f"/console/rules/{desk.rule()}/edit?site={desk.slug}"
    desk.disputed()
    visitor = visit()
    visitor.faults.expect("422")
    page = visitor.arrive(desk.hire("ada", Role.SENIOR), path)
    page.get_by_label("Value (0 to 5,000)").fill("three")
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_role("alert")).to_contain_text("Not a number")
    looked_at(page, "rule-form-faults")
    page.get_by_label("Value (0 to 5,000)").fill("3")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="What it would have done")).to_be_visible()
    looked_at(page, "rule-backtest")
    page.get_by_role("link", name="Back to the form").click()
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_label("Why you change it")).to_be_focused()
    looked_at(page, "rule-change")


def test_the_kill_switch_has_no_barriers_and_fits(visit: Visit, desk: Desk) -> None:
    desk.rule()
    page = visit().arrive(desk.hire("ada", Role.SENIOR), "/console/rules")
    page.get_by_label("Why").fill("A brigade uses our rules.")
    page.get_by_role("button", name="Stop all automatic actions").click()
    expect(page.get_by_role("alert")).to_contain_text("Automatic actions are off")
    looked_at(page, "rules-stopped")


@pytest.mark.parametrize("path", ["/console/account", "/console/admin/sites/{site}"])
def test_nothing_to_press_is_out_of_sight_on_a_narrow_screen(visit: Visit, desk: Desk, path: str) -> None:
    ada = desk.hire("ada", Role.ADMIN)
    desk.administered()
    visit().arrive(ada, "/console/queue")
    page = visit(locale="de-DE", viewport={"width": 360, "height": 800}).arrive(ada, path.format(site=desk.slug))
    pressed = page.locator("nav.places a, .scroll button, .scroll .button").all()
    boxes = [box for one in pressed if (box := one.bounding_box()) is not None]
    assert len(boxes) > 7
    assert max(box["x"] + box["width"] for box in boxes) <= 360


def test_the_keys_are_told_in_two_columns_and_in_the_readers_language(visit: Visit, desk: Desk) -> None:
    path = f"/console/cases/{desk.case('ferry')}"
    page = visit(locale="de-DE").arrive(desk.hire("ada"), path)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("Leertaste")
    expect(page.locator("#keys")).to_contain_text("Umschalt")
    told = page.locator("#keys dd").evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
    assert len(set(told)) == 1
