"""The README's tour of the review desk: from sign-in to the numbers, with the pictures that the README shows."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
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


def test_a_shift_from_sign_in_to_the_numbers(browser: Browser, live: Service) -> None:
    ada = Visitor(browser, live.address, lambda _: "", viewport=WINDOW, color_scheme="light")
    page = ada.sign_in("ada", then="/console/queue")
    expect(page.locator("li.case")).to_have_count(7)
    picture(page, "queue")
    with onward(page):
        page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_contain_text("harbour")
    picture(page, "case")
    page.keyboard.press("t")
    page.keyboard.type("ac")
    picture(page, "clause")
    with onward(page):
        page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_contain_text("Taken down")
    picture(page, "next")
    ada.context.close()
    assert ada.faults.unexpected() == []
