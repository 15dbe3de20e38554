"""The numbers page in a browser: charts are drawn from the tables on it, by day and by night."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from moderation_service.db import Database
from moderation_service.policy.vocabulary import Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at
from tests.browser.past import write_past

FLOW = "[data-of=flow-table]"


def _colours(page: Page, chart: str) -> int:
    """How many colours there are in a chart, but for those that lie between two."""
    return int(
        page.eval_on_selector(
            f"{chart} canvas",
            """canvas => {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                const seen = new Map();
                for (let at = 0; at < data.length; at += 4) {
                    if (data[at + 3] < 255) continue;
                    const colour = data.slice(at, at + 3).join();
                    seen.set(colour, (seen.get(colour) ?? 0) + 1);
                }
                return [...seen.values()].filter(count => count > 40).length;
            }""",
        )
    )


def test_charts_are_drawn_from_their_tables(visit: Visit, desk: Desk, newsrooms: Database) -> None:
    ada = desk.hire("ada", Role.SENIOR)
    write_past(newsrooms, desk.site, 7 * 24, [ada, desk.hire("bob"), desk.hire("cid")])
    page = visit().arrive(ada, "/console/numbers")
    assert _colours(page, FLOW) >= 2
    looked_at(page, "numbers")
    assert page.locator("[role=region]").count() == 0  # the sections are landmarks, what scrolls in them is none
    page.get_by_text("Table").first.click()
    expect(page.locator("#flow-table")).to_be_visible()
    page.goto("/console/numbers?range=24h")
    looked_at(page, "numbers-of-a-day")


def test_a_chart_says_what_is_below_the_pointer(visit: Visit, desk: Desk) -> None:
    desk.case("ferry", reporters=3)
    page = visit().arrive(desk.hire("ada"), "/console/numbers?range=24h")
    box = page.locator(f"{FLOW} .u-over").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20)
    expect(page.locator(".legend").first).to_contain_text("Flags 3")


def test_little_and_nothing_and_a_wrong_range_fit(visit: Visit, desk: Desk) -> None:
    ada, visitor = desk.hire("ada"), visit(locale="de-DE")
    visitor.faults.expect("422")
    page = visitor.arrive(ada, "/console/numbers")
    looked_at(page, "numbers-nothing")
    desk.case("ferry")
    page.goto("/console/numbers")
    looked_at(page, "numbers-one-point")
    page.goto("/console/numbers?from=2026-11-02T00:00&until=2026-11-01T00:00")
    looked_at(page, "numbers-wrong-range")


def test_without_scripts_the_tables_are_open(visit: Visit, desk: Desk) -> None:
    desk.case("ferry")
    page = visit(java_script_enabled=False).arrive(desk.hire("ada"), "/console/numbers")
    expect(page.locator("#flow-table")).to_be_visible()
    expect(page.locator(FLOW)).to_be_hidden()
