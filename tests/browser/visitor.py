"""Somebody in front of the review desk: one page of a browser, and what he does there again and again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, Page, expect

from moderation_service.console import cookies
from tests.browser.browsers import Faults
from tests.browser.desk import PASSWORD

# Milliseconds: long for a busy machine, short for a test that fails.
PATIENCE = 15_000
expect.set_options(timeout=PATIENCE)


class Visitor:
    """A page of a context of its own, with its faults; `options` are the context's.

    `session_of` opens a session for a user name, and hands out its secret.
    """

    def __init__(self, browser: Browser, address: str, session_of: Callable[[str], str], **options: Any) -> None:
        self._session_of = session_of
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "reduced_motion": "reduce"} | options
        self.context = browser.new_context(base_url=address, **options)
        self.context.set_default_timeout(PATIENCE)
        self.faults = Faults((address.partition("//")[2],))
        self.faults.watch(self.context)
        self.page: Page = self.context.new_page()

    def go(self, path: str) -> Page:
        """Open a page of the desk."""
        self.page.goto(path)
        return self.page

    def arrive(self, username: str, path: str) -> Page:
        """Open a page of the desk as somebody who has signed in before."""
        # The address is only there to say which host; a cookie of this name has to be Secure.
        at, secret = "https://127.0.0.1", self._session_of(username)
        self.context.add_cookies([{"name": cookies.SESSION, "value": secret, "url": at, "secure": True}])
        return self.go(path)

    def sign_in(self, username: str, then: str = "/console/") -> Page:
        """Sign in by the form, on the way to a page of the desk."""
        self.go(then)
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page


@contextlib.contextmanager
def onward(page: Page) -> Iterator[None]:
    """What is done inside leads to another address."""
    here = page.url
    yield
    page.wait_for_url(lambda url: url != here)


def tab_to(page: Page, name: str) -> None:
    """Walk by the Tab key to what has this label or these words.

    Raises:
        AssertionError: it is not among the next 60 stops.
    """
    stops = []
    for _ in range(60):
        page.keyboard.press("Tab")
        stops.append(page.evaluate("(at => (at.labels?.[0] ?? at).textContent.trim())(document.activeElement)"))
        if stops[-1] == name:
            return
    raise AssertionError(f"{name!r} is not among {stops}")
