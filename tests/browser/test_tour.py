"""The README's tour of the review desk: from sign-in to the numbers, with the pictures that the README shows."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from moderation_service.config import Settings
from moderation_service.db import Database
from tests.browser.looks import SCREENSHOTS
from tests.browser.newsroom import Newsroom
from tests.browser.visitor import Visitor, onward
from tests.live import Service, service

WINDOW = {"width": 1280, "height": 800}


@pytest.fixture
def live(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    """A service whose newsroom has a week behind it."""
    with contextlib.closing(Database(settings, pool_size=2)) as database:
        Newsroom(database, settings).live_a_week()
    with service(settings, tmp_path) as live:
        live.start_worker()
        live.start_api()
        yield live


def picture(page: Page, name: str) -> None:
    """Take one of the pictures that `make pictures` puts into the README."""
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"tour-{name}.png")


class Colleague(Visitor):
    """Somebody of the newsroom, signed in by password in a window of the pictures' size."""

    def __init__(self, browser: Browser, live: Service, username: str) -> None:
        super().__init__(browser, live.address, lambda _: "", viewport=WINDOW, color_scheme="light")
        self.sign_in(username)


@pytest.fixture
def colleague(browser: Browser, live: Service) -> Iterator[Callable[[str], Page]]:
    """Lets somebody of the newsroom sign in; a fault on any page fails the test."""
    came: list[Colleague] = []

    def arrive(username: str) -> Page:
        came.append(Colleague(browser, live, username))
        return came[-1].page

    yield arrive
    for one in came:
        one.context.close()
    assert [fault for one in came for fault in one.faults.unexpected()] == []


def test_a_shift_from_sign_in_to_the_numbers(colleague: Callable[[str], Page]) -> None:
    ada = colleague("ada")
    decide_the_first(ada)
    decide_together(ada)
    ben = colleague("ben")
    approve(ben)
    cleo = colleague("cleo")
    look_after_quality(cleo)
    look_at_the_rules(cleo)
    look_at_the_numbers(cleo)
    look_after_the_house(colleague("dora"))


def decide_the_first(page: Page) -> None:
    """The queue, its first case, and the next one."""
    page.goto("/console/queue")
    expect(page.locator("li.case")).to_have_count(7)
    picture(page, "queue")
    with onward(page):
        page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("harbour")
    page.keyboard.press("t")
    page.keyboard.type("ac")
    expect(page.get_by_role("listbox")).to_be_visible()
    picture(page, "case")
    with onward(page):
        page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_contain_text("Taken down")
    picture(page, "next")


def decide_together(page: Page) -> None:
    """Three advertisements with one verdict, which is enough of them to take a second person."""
    page.goto("/console/queue?search=sheds")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    with onward(page):
        page.keyboard.press("b")
    expect(page.locator(".column-case")).to_have_count(3)
    page.keyboard.press("Shift+X")
    picture(page, "together")
    page.keyboard.press("t")
    page.keyboard.type("fr")
    page.keyboard.press("Enter")
    expect(page.locator(".results")).to_contain_text("Proposed")


def approve(page: Page) -> None:
    """The second person looks at what was proposed, and agrees."""
    page.goto("/console/approvals")
    expect(page.locator("li.approval")).to_have_count(3)
    picture(page, "approvals")
    page.get_by_role("button", name="Approve all 3").click()
    expect(page.locator("li.approval")).to_have_count(0)


def look_after_quality(page: Page) -> None:
    """A senior decides anew, not knowing what was decided."""
    page.goto("/console/quality")
    with onward(page):
        page.keyboard.press("n")
    picture(page, "quality")


def look_at_the_rules(page: Page) -> None:
    """A rule, in words, and on the past."""
    page.goto("/console/rules")
    page.get_by_role("link", name="repeat-flags").first.click()
    picture(page, "rule")


def look_at_the_numbers(page: Page) -> None:
    """A week in figures."""
    page.goto("/console/numbers?range=7d")
    expect(page.locator("canvas").first).to_be_visible()
    picture(page, "numbers")


def look_after_the_house(page: Page) -> None:
    """Sites and their keys, people, policies, dead letters and the audit trail."""
    page.goto("/console/admin")
    for place in ("Sites and keys", "People", "Policies", "Dead letters", "Audit trail"):
        page.get_by_role("link", name=place).first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text(place)
