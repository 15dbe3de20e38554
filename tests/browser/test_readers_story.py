"""The readers' story, whole: words flagged in the newsroom are gone from it, and who asked to be told is told."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from playwright.sync_api import Browser, Page, expect
from standardwebhooks import Webhook

from moderation_service.cli.run import free_port
from moderation_service.db import driver_url
from moderation_service.demo import newsroom
from moderation_service.demo.newsroom import DemoCredentials
from tests.aging import make_older
from tests.browser.visitor import onward
from tests.browser.widget.reader import Reader
from tests.live import Caller, Service, service, until
from tests.notifications.sinks import Letter, MailSink, Receiver, serving
from tests.servers import TestServers

REDIS_DATABASE = 230
STORY, PART, WORDS = "harbour-water-cure", "p2", "cure diabetes, asthma and bad eyesight"
EVE = "eve@mail.example"


@dataclass
class Town:
    """A newsroom and its readers, a moderator, the service between them, and all that it sends."""

    live: Service
    paper: str
    demo: DemoCredentials
    mail: MailSink
    hook: Receiver
    secret: str
    pages: list[Reader] = field(default_factory=list)

    def somebody(self, browser: Browser) -> Reader:
        """A person with a browser of his own, who meets the newsroom and the service and nobody else."""
        self.pages.append(Reader(browser, self.paper, self.live.address))
        return self.pages[-1]

    def next_letter(self) -> Letter:
        """The letter that comes after those that were read."""
        until(lambda: self.mail.letters)
        return self.mail.letters.pop(0)

    def a_quarter_of_an_hour_goes_by(self) -> None:
        """Nobody has second thoughts any more, or holds a case; wait until all who are to be told are written to."""
        with contextlib.closing(self._owner()) as owner:
            make_older(owner, ("decisions", "untold_cases", "claims"), timedelta(minutes=15))
            until(lambda: not owner.execute("SELECT 1 FROM untold_cases").fetchall())
            until(lambda: not owner.execute("SELECT 1 FROM notices WHERE state <> 'sent'").fetchall())

    def events(self) -> list[dict[str, Any]]:
        """What the newsroom's own systems were told, each with a signature that holds, by their numbers."""
        told = [Webhook(self.secret).verify(post.body, post.headers) for post in self.hook.received]
        return sorted(told, key=lambda event: event["data"]["sequence"])

    def _owner(self) -> psycopg.Connection:
        return psycopg.connect(driver_url(self.live.settings.migration_database_url), autocommit=True)


@pytest.fixture
def town(servers: TestServers, worker_id: str, tmp_path: Path) -> Iterator[Town]:
    """Processes as `moderation-service run` starts them, with a mail server and a receiver of webhooks beside them."""
    number = int(re.sub(r"\D", "", worker_id) or "0")
    with (
        servers.database("story", redis_database=REDIS_DATABASE + number) as settings,
        serving(mail := MailSink()),
        serving(hook := Receiver()),
        service(
            settings.replace(
                smtp_url=mail.url, mail_from="desk@courier.example", webhook_allow_private=True, sweep_seconds=1
            ),
            tmp_path,
        ) as live,
    ):
        live.start_worker()
        live.start_beat()
        live.start_api()
        paper, demo = _open_newsroom(live, tmp_path)
        with contextlib.closing(Caller(live.address, demo.secret_key)) as site:
            secret = site.post("/v1/webhook-endpoints", {"url": hook.url()}).json()["secret"]
        town = Town(live, paper, demo, mail, hook, secret)
        yield town
        faults = [fault for somebody in town.pages for fault in somebody.faults.unexpected()]
        for somebody in town.pages:
            somebody.context.close()
        assert faults == []


def _open_newsroom(live: Service, folder: Path) -> tuple[str, DemoCredentials]:
    """Start the demo's newsroom; its address, and what its people need."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    demo = newsroom.load(live.settings, origin=address)
    file = folder / "newsroom.json"
    file.write_text(newsroom.subscription(live.settings, demo, port=port, folder=folder).text())
    live.start("newsroom", [sys.executable, "-m", "moderation_service.demo.paper", str(file)])
    until(lambda: _answers(address), seconds=30)
    return address, demo


def test_flagged_words_leave_the_newsroom_and_who_flagged_them_is_told(town: Town, browser: Browser) -> None:
    reader, moderator = town.somebody(browser), town.somebody(browser).page
    article = _opens_the_article(reader, town)
    receipt = _flags_words_of_a_paragraph(reader)
    _becomes(receipt, "Your flag is in review")
    assert _said(town.next_letter()) == "Your flag is in review"

    _signs_in_by_the_keyboard(moderator, town)
    case = _takes_the_flagged_part_down_by_the_keyboard(moderator)
    _shows_in_its_place(article, "This paragraph was removed")
    _becomes(receipt, "Part of the article was taken out")
    town.a_quarter_of_an_hour_goes_by()
    assert _said(town.next_letter()) == "Part of the article was taken out"

    _takes_all_of_it_down_by_the_keyboard(moderator, case)
    reader.faults.expect("410")
    _shows_in_its_place(article, "This article was removed")
    _becomes(receipt, "The article was taken down")
    town.a_quarter_of_an_hour_goes_by()
    letter = town.next_letter()
    assert _said(letter) == "The article was taken down"
    assert "You were told something else before" in letter.text()

    _ends_letters_in_one_click(letter)
    _undoes_it_by_the_keyboard(moderator)
    _shows_in_its_place(article, "This paragraph was removed")
    _becomes(receipt, "Part of the article was taken out")
    town.a_quarter_of_an_hour_goes_by()
    assert town.mail.letters == []

    assert [(event["data"]["sequence"], event["type"]) for event in town.events()] == [
        (1, "flag.received"),
        (2, "case.opened"),
        (3, "decision.made"),
        (4, "decision.applied"),
        (5, "decision.made"),
        (6, "decision.applied"),
        (7, "decision.made"),
        (8, "decision.applied"),
    ]


# What the reader does.


def _opens_the_article(reader: Reader, town: Town) -> Page:
    reader.page.goto(f"{town.paper}/")
    reader.page.get_by_role("link", name="Harbour water sold as a cure").first.click()
    expect(reader.page.get_by_text(WORDS)).to_be_visible()
    return reader.page


def _flags_words_of_a_paragraph(reader: Reader) -> Page:
    """The page of the receipt."""
    reader.selects(PART, WORDS)
    reader.opens()
    expect(reader.dialog.get_by_label("The words you selected")).to_be_checked()
    reader.chooses()
    reader.dialog.get_by_label("Why?").fill("Water cures none of this.")
    reader.dialog.get_by_label("E-mail").fill(EVE)
    reader.sends()
    receipt = reader.context.new_page()
    receipt.goto(reader.is_thanked())
    expect(receipt.get_by_text(WORDS)).to_be_visible()
    return receipt


def _becomes(receipt: Page, heading: str) -> None:
    """Where the flag stands, on a page that is loaded anew until it says so."""
    found = receipt.get_by_role("heading", name=heading)
    until(lambda: receipt.reload() and found.count())


def _shows_in_its_place(article: Page, words: str) -> None:
    until(lambda: article.reload() and article.get_by_text(words).count())
    assert WORDS not in article.content()


def _said(letter: Letter) -> str:
    """What a letter to the reader says in its subject, before the article's headline."""
    assert letter.recipients == [EVE]
    return str(letter.mail["Subject"]).partition(":")[0]


def _ends_letters_in_one_click(letter: Letter) -> None:
    """As a mail program does it (RFC 8058), without opening anything."""
    address = letter.mail["List-Unsubscribe"].strip("<>")
    assert requests.post(address, data={"List-Unsubscribe": "One-Click"}, timeout=10).ok


# What the moderator does, who has no mouse.


def _signs_in_by_the_keyboard(page: Page, town: Town) -> None:
    assert town.demo.password is not None
    page.goto(f"{town.live.address}/console/queue")
    for label, words in (("User name", town.demo.moderator), ("Password", town.demo.password)):
        page.get_by_label(label).focus()
        page.keyboard.type(words)
    with onward(page):
        page.keyboard.press("Enter")


def _takes_the_flagged_part_down_by_the_keyboard(page: Page) -> str:
    """The address of the case."""
    with onward(page):
        page.keyboard.press("n")
    expect(page.locator(".part.flagged mark")).to_have_text(WORDS)
    case = page.url
    page.keyboard.press("p")
    _cites_accuracy(page)
    return case


def _takes_all_of_it_down_by_the_keyboard(page: Page, case: str) -> None:
    page.goto(case)
    page.keyboard.press("t")
    _cites_accuracy(page)


def _cites_accuracy(page: Page) -> None:
    page.keyboard.type("accu")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_contain_text("Taken down")


def _undoes_it_by_the_keyboard(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.get_by_role("status").first).to_contain_text("Undone")


def _answers(address: str) -> bool:
    with contextlib.suppress(requests.ConnectionError):
        return requests.get(address, timeout=5).ok
    return False
