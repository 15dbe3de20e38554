"""The demo's newspaper in a browser: how it looks, and a paragraph that is flagged there and goes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from moderation_service.client import ModerationService
from moderation_service.demo import newsroom
from moderation_service.demo.paper.app import create_app
from moderation_service.demo.paper.manuscripts import manuscripts
from moderation_service.demo.paper.views import Views
from tests.browser.browsers import Faults
from tests.browser.looks import looked_at
from tests.live import Service, until

ARTICLE = "/articles/harbour-water-cure"
CURE = "Two spoonfuls a day"


@pytest.fixture(scope="module")
def paper(live: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The newspaper, with all its articles; its address."""

    def answer(environ: Any, start: Any) -> Iterable[bytes]:
        return app(environ, start)

    server = make_server("127.0.0.1", 0, answer, threaded=True)
    address = f"http://127.0.0.1:{server.server_port}"
    credentials = newsroom.load(live.settings, origin=address)
    told = newsroom.subscription(live.settings, credentials, port=server.server_port, folder=Path())
    service = ModerationService(told.service, told.secret_key)
    for external_id, article in manuscripts(address, date(2026, 3, 6)):
        service.put_article(external_id, article)
    views = Views(tmp_path_factory.mktemp("paper") / "views.json")
    app = create_app(told, service, views)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield address
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, live: Service, paper: str) -> Iterator[Page]:
    """A reader's page; a fault on it fails the test."""
    faults = Faults((paper.partition("//")[2], live.address.partition("//")[2]))
    with browser.new_context(base_url=paper, locale="en-GB", reduced_motion="reduce") as context:
        faults.watch(context)
        yield context.new_page()
    assert faults.unexpected() == []


@pytest.mark.parametrize(
    ("path", "name"),
    [("/", "paper-front"), ("/de/", "paper-front-de"), (ARTICLE, "paper-article"), ("/de/letters", "paper-section")],
)
def test_the_newspaper_has_no_barriers_at_any_width(page: Page, path: str, name: str) -> None:
    page.goto(path)
    looked_at(page, name)


def test_all_of_an_article_is_reached_by_the_keyboard(page: Page) -> None:
    page.goto(ARTICLE)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main").get_by_role("link").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_paragraph_that_a_reader_flags_is_taken_down_and_gone(page: Page, live: Service) -> None:
    page.goto(ARTICLE)
    page.locator("flag-content[part=p2]").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("It is false or misleading").check()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("heading", name="Thank you")).to_be_visible()
    case = until(lambda: live.open_case("harbour-water-cure"))
    assert case is not None
    live.decide(case, parts=["p2"])
    until(lambda: CURE not in ((page.reload() and page.content()) or ""))
    expect(page.get_by_text("This paragraph was removed")).to_be_visible()


def test_without_scripts_the_mark_leads_to_the_form(browser: Browser, live: Service, paper: str) -> None:
    with browser.new_context(base_url=paper, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(ARTICLE)
        link = page.get_by_role("link", name="Flag content")
        expect(link).to_have_attribute("href", f"{live.address}/flag/demo?article=harbour-water-cure")
