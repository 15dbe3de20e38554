"""Somebody in front of the review desk: one page of a browser, and what he does there again and again."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page

from tests.browser.browsers import Faults

# Milliseconds: long for a busy machine, short for a test that fails.
PATIENCE = 10_000


class Visitor:
    """A page of a context of its own, with its faults; `options` are the context's."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.address = address
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"} | options
        self.context = browser.new_context(base_url=address, **options)
        self.context.set_default_timeout(PATIENCE)
        self.faults = Faults(address.partition("//")[2])
        self.faults.watch(self.context)
        self.page: Page = self.context.new_page()

    def go(self, path: str) -> Page:
        """Open a page of the desk."""
        self.page.goto(path)
        return self.page
