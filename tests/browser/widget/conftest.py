"""A newspaper's pages, and readers who look at them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from moderation_service.db import Database
from tests.browser.widget.paper import Paper, Press, running
from tests.browser.widget.reader import Reader
from tests.live import Service

Read = Callable[..., Reader]


@pytest.fixture(scope="package")
def press() -> Iterator[Press]:
    """A server of pages, which is not the service."""
    with running() as press:
        yield press


@pytest.fixture
def paper(newsrooms: Database, press: Press, live: Service) -> Paper:
    """A site of the test's own, with an article."""
    return Paper(newsrooms, press, live.address)


@pytest.fixture
def read(browser: Browser, paper: Paper) -> Iterator[Read]:
    """Lets somebody read a page of the paper; a fault on any of his pages fails the test."""
    readers: list[Reader] = []

    def read(url: str | None = None, **options: Any) -> Reader:
        readers.append(Reader(browser, paper.service, paper.press.origin, **options))
        readers[-1].page.goto(url or paper.publish())
        return readers[-1]

    yield read
    faults = [fault for reader in readers for fault in reader.faults.unexpected()]
    for reader in readers:
        reader.context.close()
    assert faults == []
