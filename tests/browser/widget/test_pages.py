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


@pytest.mark.parametrize(("width", "height"), [(1200, 900), (360, 740)])
def test_the_way_to_send_is_in_sight_however_much_is_asked(read: Read, width: int, height: int) -> None:
    reader = read(viewport={"width": width, "height": height})
    reader.opens().get_by_role("button", name="This is illegal").click()
    for name in ("Send", "Cancel"):
        expect(reader.dialog.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)


def test_what_has_the_focus_is_never_under_the_way_to_send(read: Read) -> None:
    reader = read(viewport={"width": 360, "height": 740})
    foot = reader.opens().get_by_role("button", name="Send").bounding_box()
    reader.dialog.get_by_label("E-mail").focus()
    field = reader.dialog.get_by_label("E-mail").bounding_box()
    assert foot is not None
    assert field is not None
    assert field["y"] + field["height"] < foot["y"]


def test_on_a_phone_held_sideways_the_questions_have_all_the_height(read: Read) -> None:
    reader = read(viewport={"width": 740, "height": 360})
    send = reader.opens().get_by_role("button", name="Send")
    expect(send).not_to_be_in_viewport()
    send.scroll_into_view_if_needed()
    expect(send).to_be_in_viewport(ratio=1)
