"""Which browser the tests drive, and what of a visit they hold to be a fault."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Error, Playwright, Request

NO_BROWSER = (
    "NO BROWSER could be had, so nothing of the console was tried in one. Install one (Debian: apt install chromium), "
    "or let Playwright fetch its own: .venv/bin/python -m playwright install chromium --only-shell"
)
# Debian's, then those of other systems; one that Playwright fetched is the last resort.
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Runs in every page before its own scripts; a policy of the page does not reach it.
REPORTER = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`CSP report: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`))"""


def launch(playwright: Playwright) -> Browser | None:
    """A headless browser: the machine's, else Playwright's own; None where neither starts."""
    found = [program for program in map(shutil.which, PROGRAMS) if program]
    # Chromium refuses root its sandbox.
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    for program in (*found[:1], None):
        try:
            return playwright.chromium.launch(executable_path=program, args=options)
        except Error as error:
            print(f"{program or 'the browser that Playwright fetches'} does not start: {error.message}")
    return None


@dataclass
class Faults:
    """What went wrong in a context, though no test looked for it: each one fails the test."""

    hosts: tuple[str, ...]
    seen: list[str] = field(default_factory=list)
    _expected: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.add_init_script(REPORTER)
        context.on("console", self._note_console)
        context.on("weberror", lambda error: self.seen.append(f"uncaught: {error.error}"))
        context.on("dialog", self._note_dialog)
        context.on("request", self._note_request)

    def expect(self, words: str) -> None:
        """Take faults with these words for right, such as `409` where a request is to be refused."""
        self._expected.append(words)

    def unexpected(self) -> list[str]:
        """The faults that no test expected."""
        return [fault for fault in self.seen if not any(words in fault for words in self._expected)]

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.seen.append(f"console: {message.text}")

    def _note_dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_request(self, request: Request) -> None:
        # Everything ships with the service or the page, and nothing in reported text is ever fetched.
        if urlsplit(request.url).netloc not in {*self.hosts, ""}:
            self.seen.append(f"foreign: {request.url}")
