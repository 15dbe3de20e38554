"""The button and the dialog looked at, in both themes and two widths: no barriers, and nothing to scroll sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.looks import looked_at
from tests.browser.widget.conftest import Read
from tests.browser.widget.paper import Paper
from tests.browser.widget.reader import Reader

CSS = """
:root { color-scheme: light dark; font: 1.1rem/1.6 Georgia, serif; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 42rem; }
"""


def button(reader: Reader) -> None:
    """The page with its buttons."""
    expect(reader.button).to_be_visible()


def dialog(reader: Reader) -> None:
    """A selection to be flagged, and one thing missing."""
    reader.selects("p2", "found in the reeds")
    reader.page.get_by_role("button", name="Flag content: This paragraph").click()
    reader.sends()


def legal(reader: Reader) -> None:
    """The notice, with all that it lacks."""
    reader.opens().get_by_role("button", name="This is illegal").click()
    reader.sends()


def unreachable(reader: Reader) -> None:
    """The service is away."""
    reader.faults.expect("Failed to load resource")
    reader.page.route("**/v1/flags", lambda route: route.abort())
    reader.opens()
    reader.chooses()
    reader.sends()
    expect(reader.dialog.get_by_role("alert")).to_be_visible()


def thanks(reader: Reader) -> None:
    """After it was sent."""
    reader.opens()
    reader.chooses().get_by_label("E-mail").fill("ada@reader.example")
    reader.sends()
    reader.is_thanked()


@pytest.mark.parametrize("show", [button, dialog, legal, unreachable, thanks])
def test_it_can_be_looked_at(read: Read, paper: Paper, show: Callable[[Reader], None]) -> None:
    reader = read(paper.publish(css=CSS))
    show(reader)
    looked_at(reader.page, f"widget-{show.__name__}")


@pytest.mark.parametrize("show", [dialog, legal])
def test_it_can_be_looked_at_from_right_to_left(read: Read, paper: Paper, show: Callable[[Reader], None]) -> None:
    reader = read(paper.publish(css=CSS, html='lang="ar" dir="rtl"'))
    show(reader)
    looked_at(reader.page, f"widget-{show.__name__}-rtl")
