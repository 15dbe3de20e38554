"""The path of whoever says that something is illegal: it asks what Article 16 of the Digital Services Act asks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.widget.conftest import Read
from tests.browser.widget.paper import Paper
from tests.browser.widget.reader import Reader


@pytest.fixture
def reader(read: Read) -> Reader:
    """A reader in front of the empty notice."""
    reader = read()
    reader.opens().get_by_role("button", name="This is illegal").click()
    return reader


def told(reader: Reader, reason: str = "It says something false that damages someone", **fields: str) -> Locator:
    """Fill what every notice needs, and what is named."""
    dialog = reader.chooses(reason)
    dialog.get_by_label("Why is it illegal?").fill("I never sold lead.")
    dialog.get_by_label("I believe in good faith").check()
    for label, value in fields.items():
        dialog.get_by_label(label.replace("_", " ")).fill(value)
    return dialog


def test_a_notice_has_a_receipt_and_a_flag_for_each_address(reader: Reader, paper: Paper) -> None:
    other = f"{paper.press.origin}/mill"
    told(reader, Your_name="Ada Reed", **{"E-mail": "ada@reader.example", "Other_addresses": f"{other}\n"})
    reader.sends()
    assert reader.is_thanked().startswith(f"{paper.service}/r/")
    expect(reader.dialog).to_contain_text("Your notice was received.")
    assert [(flag["reason"], flag["email"]) for flag in paper.flags()] == [("defamation", "ada@reader.example")] * 2


def test_an_address_of_somebody_else_is_told_and_the_rest_is_taken(reader: Reader, paper: Paper) -> None:
    others = {"Other_addresses": "https://elsewhere.example/mill"}
    told(reader, Your_name="Ada Reed", **{"E-mail": "ada@reader.example", **others})
    reader.sends()
    reader.is_thanked()
    expect(reader.dialog).to_contain_text("This could not be sent: https://elsewhere.example/mill")
    assert len(paper.flags()) == 1


def test_what_is_left_out_keeps_no_notice_from_being_sent_and_its_receipt_says_what_it_lacks(
    reader: Reader, paper: Paper
) -> None:
    expect(reader.dialog).to_contain_text("What you would rather not say you may leave out")
    reader.chooses("It says something false that damages someone")
    reader.sends()
    receipt = reader.is_thanked()
    expect(reader.dialog).to_contain_text("its page tells you what was decided")  # and no letter, without an address
    reader.page.goto(receipt)
    lacks = "why it is illegal, your name, your e-mail address, that you give it in good faith"
    expect(reader.page.get_by_text(lacks)).to_be_visible()
    assert [(flag["reason"], flag["comment"]) for flag in paper.flags()] == [("defamation", None)]


def test_who_tells_of_an_offence_against_a_child_is_not_told_that_his_name_is_lacking(reader: Reader) -> None:
    told(reader, "A child is exploited or endangered")
    reader.sends()
    reader.page.goto(reader.is_thanked())
    expect(reader.page.get_by_role("heading", name="Your legal notice")).to_be_visible()
    expect(reader.page.get_by_text("It leaves out")).to_have_count(0)


def test_what_makes_it_illegal_has_to_be_said(reader: Reader, paper: Paper) -> None:
    reader.sends()
    expect(reader.dialog.get_by_role("radiogroup", name="What makes it illegal?")).to_have_attribute(
        "aria-invalid", "true"
    )
    assert paper.flags() == []


def test_what_is_wrong_stands_clear_of_the_ring_around_its_field(reader: Reader) -> None:
    told(reader, Other_addresses="courier.example/mill")
    reader.sends()
    field, said = reader.dialog.get_by_label("Other addresses"), reader.dialog.get_by_text("Please give full addresses")
    expect(field).to_be_focused()
    above, below = field.bounding_box(), said.bounding_box()
    assert above is not None
    assert below is not None
    ring = 3 + 2  # how thick it is, and how far from the field
    assert below["y"] - (above["y"] + above["height"]) > ring


def test_an_address_that_is_none_is_pointed_at(reader: Reader) -> None:
    told(reader, "A child is exploited or endangered", Other_addresses="courier.example/mill")
    reader.sends()
    expect(reader.dialog.get_by_label("Other addresses")).to_be_focused()


def test_what_was_typed_goes_along_from_one_path_to_the_other(reader: Reader) -> None:
    told(reader)
    reader.dialog.get_by_role("button", name="Something else is wrong with it").click()
    expect(reader.dialog.get_by_label("Why?")).to_have_value("I never sold lead.")
