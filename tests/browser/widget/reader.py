"""Somebody who reads a newspaper's page, and what he does with its buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.browsers import Faults
from tests.browser.visitor import PATIENCE

SELECT = """([part, first, last]) => {
    const text = (id) => document.querySelector(`[data-flag-part="${id}"]`).firstChild;
    const [start, end] = [text(part), last ? text(last.part) : text(part)];
    const from = start.data.indexOf(first);
    const to = last ? end.data.indexOf(last.words) + last.words.length : from + first.length;
    getSelection().setBaseAndExtent(start, from, end, to);
}"""


class Reader:
    """A page in a context of its own, with its faults; `options` are the context's.

    `addresses` are those of the newspaper and of the service, and nothing else may be asked for.
    """

    def __init__(self, browser: Browser, *addresses: str, **options: Any) -> None:
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"} | options
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.faults = Faults(tuple(urlsplit(address).netloc for address in addresses))
        self.faults.watch(self.context)
        self.page: Page = self.context.new_page()

    @property
    def button(self) -> Locator:
        """The button for the whole article."""
        return self.page.get_by_role("button", name="Flag content", exact=True)

    @property
    def dialog(self) -> Locator:
        """The dialog that is open."""
        return self.page.get_by_role("dialog")

    def opens(self) -> Locator:
        """Press the button; the dialog."""
        self.button.click()
        return self.dialog

    def selects(self, part: str, words: str, *, until: tuple[str, str] | None = None) -> None:
        """Select words of a part of the article, or from there until the end of words of another part."""
        last = {"part": until[0], "words": until[1]} if until else None
        self.page.evaluate(SELECT, [part, words, last])

    def chooses(self, reason: str = "It is false or misleading") -> Locator:
        """Choose what is wrong in the dialog that is open; the dialog."""
        self.dialog.get_by_label(reason).check()
        return self.dialog

    def sends(self) -> Locator:
        """Press `Send`; the dialog."""
        self.dialog.get_by_role("button", name="Send").click()
        return self.dialog

    def is_thanked(self) -> str:
        """Wait for the thanks; the link of the receipt."""
        expect(self.dialog.get_by_role("heading", name="Thank you")).to_be_focused()
        return self.dialog.get_by_role("link").get_attribute("href") or ""
