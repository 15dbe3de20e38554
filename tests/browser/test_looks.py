"""What watches the pages sees what it is there for: a watcher that is blind finds every page right."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.browsers import Faults
from tests.browser.looks import AXE, barriers, overhang

HOST = "desk.test"
DIGEST = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
POLICY = "default-src 'none'; script-src 'self'"


@pytest.fixture
def faults() -> Faults:
    """The faults of `page`."""
    return Faults((HOST,))


@pytest.fixture
def page(browser: Browser, faults: Faults) -> Iterator[Page]:
    """A page that is watched."""
    with browser.new_context() as context:
        faults.watch(context)
        yield context.new_page()


def show(page: Page, body: str) -> None:
    """Show a page with this body, under a strict policy."""
    html = f"<!doctype html><html lang=en><title>Desk</title><main>{body}</main>"
    headers = {"Content-Security-Policy": POLICY}
    page.route("**/*", lambda route: route.fulfill(body=html, content_type="text/html", headers=headers))
    page.goto(f"http://{HOST}/")


def test_axe_is_the_file_that_was_looked_at() -> None:
    assert hashlib.sha256(AXE.read_bytes()).hexdigest() == DIGEST


def test_an_orderly_page_has_no_faults_and_no_barriers(page: Page, faults: Faults) -> None:
    show(page, "<h1>Queue</h1>")
    assert (faults.unexpected(), barriers(page), overhang(page)) == ([], [], 0)


def test_what_the_policy_refuses_is_a_fault(page: Page, faults: Faults) -> None:
    with page.context.expect_event("console", lambda message: "CSP report" in message.text):
        show(page, "<h1>Queue</h1><script>document.title = 'pwned'</script>")
    assert any("CSP report: script-src-elem inline" in fault for fault in faults.unexpected())


def test_a_dialog_is_a_fault(page: Page, faults: Faults) -> None:
    show(page, "<h1>Queue</h1>")
    page.evaluate("alert('hello')")
    assert faults.unexpected() == ["dialog: hello"]


def test_an_uncaught_error_is_a_fault(page: Page, faults: Faults) -> None:
    show(page, "<h1>Queue</h1>")
    with page.context.expect_event("weberror"):
        page.evaluate("setTimeout(() => { throw new Error('torn') })")
    assert any("torn" in fault for fault in faults.unexpected())


def test_what_is_asked_of_another_host_is_a_fault(page: Page, faults: Faults) -> None:
    show(page, "<h1>Queue</h1>")
    page.goto("http://elsewhere.test/")
    assert faults.unexpected() == ["foreign: http://elsewhere.test/"]


def test_an_expected_fault_is_none(page: Page, faults: Faults) -> None:
    show(page, "<h1>Queue</h1>")
    faults.expect("hello")
    page.evaluate("alert('hello')")
    assert faults.unexpected() == []


def test_a_field_without_a_name_is_a_barrier(page: Page) -> None:
    show(page, "<h1>Queue</h1><input>")
    assert [barrier.partition(" ")[0] for barrier in barriers(page)] == ["label"]


def test_a_page_wider_than_its_window_hangs_over(page: Page) -> None:
    show(page, f"<h1>{'Q' * 1000}</h1>")
    assert overhang(page) > 0
