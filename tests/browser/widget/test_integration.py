"""The README's page for the engineer of a site, word for word: from an empty HTML file to a flag the site hears of."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from moderation_service.config import Settings
from tests.browser.browsers import Faults
from tests.live import Service, service, until
from tests.readme import ADDRESS, blocks, terminal

HEADING = "### Add the button to a site"


@pytest.fixture
def newcomer(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    """A service as the section has it started: its webhooks may go to this machine."""
    with service(settings.replace(webhook_allow_private=True), tmp_path) as live:
        live.start_worker()
        live.start_api()
        yield live


def free_ports(count: int) -> list[str]:
    found = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(one.getsockname()[1]) for one in found]
    for one in found:
        one.close()
    return ports


def test_the_page_for_engineers_is_true_word_for_word(newcomer: Service, browser: Browser, tmp_path: Path) -> None:
    pages, server = free_ports(2)
    instead = {ADDRESS: newcomer.address, "8080": pages, "8090": server, "/tmp/": f"{tmp_path}/"}  # noqa: S108
    *before, after, end = blocks(HEADING)
    with terminal(newcomer.settings, instead, seconds=150) as shell:
        for commands, expected in before:
            shell.type(commands, expected)
        flag_as_told(browser, f"http://127.0.0.1:{pages}/", newcomer.address)
        heard = tmp_path / "lighthouse-heard.txt"
        until(lambda: heard.read_text().count("\n") >= 3, seconds=30)
        for commands, expected in (after, end):
            shell.type(commands, expected)


def flag_as_told(browser: Browser, url: str, service: str) -> None:
    """What step 6 asks a person to do."""
    faults = Faults((url.split("/")[2], service.split("/")[2]))
    page = browser.new_page(locale="en-GB")
    faults.watch(page.context)
    faults.expect("File not found")  # the browser asks for an icon that the page has not
    page.goto(url)
    page.get_by_role("button", name="Flag content").click()
    page.get_by_label("It is false or misleading").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.context.close()
    assert faults.unexpected() == []
