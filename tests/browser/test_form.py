"""The form for readers without scripts, in a browser that runs none: filled in, sent, refused, and looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import looked_at
from tests.factories import make_content

PLAIN = {"java_script_enabled": False, "viewport": {"width": 360, "height": 780}}


@pytest.fixture
def article(desk: Desk) -> str:
    """What a link to the form has to say of the paragraph of a site's article."""
    desk.case("old-mill", content=make_content("The mill turns.", "Its wheel was stolen.", headline="The old mill"))
    return f"{desk.slug}?article=old-mill&part=p2"


def fill(page: Page) -> None:
    page.get_by_label("It is false or misleading").check()
    page.get_by_label("Why?").fill("It was sold.")
    page.get_by_label("E-mail").fill("ada@reader.example")


def test_a_flag_is_sent_without_a_script(visit: Visit, article: str) -> None:
    page = visit(**PLAIN).go(f"/flag/{article}")
    expect(page.get_by_label("This paragraph")).to_be_checked()
    fill(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your flag", exact=True)).to_be_visible()
    for words in ("The old mill", "paragraph 2", "It was sold."):
        expect(page.get_by_text(words).first).to_be_visible()


def test_a_double_click_is_one_flag(visit: Visit, article: str) -> None:
    page = visit(**PLAIN).go(f"/flag/{article}")
    fill(page)
    page.get_by_role("button", name="Send").dblclick()
    expect(page.get_by_role("heading", name="Your flag", exact=True)).to_be_visible()


def test_a_legal_notice_is_sent_by_keyboard_and_its_receipt_leads_to_each_item(visit: Visit, article: str) -> None:
    page = visit(**PLAIN).go(f"/flag/{article}")
    page.get_by_role("link", name="This is illegal").focus()
    page.keyboard.press("Enter")
    page.get_by_label("It says something false that damages someone").focus()
    page.keyboard.press("Space")
    page.get_by_label("Why is it illegal?").focus()
    page.keyboard.type("It names a thief.")
    page.get_by_label("Your name").focus()
    page.keyboard.type("Ada Reader")
    page.keyboard.press("Enter")
    expect(page.get_by_text("an e-mail address, confirmation that it is given in good faith")).to_have_count(0)
    expect(page.get_by_role("heading", name="Your legal notice")).to_be_visible()
    page.get_by_role("link", name="The old mill").click()
    expect(page.get_by_text("It names a thief.")).to_be_visible()


def test_each_page_has_no_barriers_and_fits(visit: Visit, article: str) -> None:
    visitor = visit()
    visitor.faults.expect("422")
    page = visitor.go(f"/flag/{article}")
    looked_at(page, "form")
    page.get_by_label("Why?").fill("x" * 40 + " It was sold.")
    page.locator("form").evaluate("form => { form.noValidate = true; form.email.value = 'nobody'; }")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_be_visible()
    looked_at(page, "form-refused")
    page.goto(f"/flag/{article.partition('?')[0]}")
    looked_at(page, "form-without-an-article")
    page.goto(f"/flag/{article.replace('?', '/illegal?')}&lang=de")
    looked_at(page, "form-legal")
    page.get_by_label("Behauptet Falsches").first.check()
    page.get_by_role("button", name="Senden").click()
    looked_at(page, "form-legal-receipt")


def test_a_flag_whose_answer_got_lost_is_sent_once_more_as_the_same(visit: Visit, desk: Desk, article: str) -> None:
    visitor = visit(**PLAIN)
    visitor.faults.expect("502")
    visitor.faults.expect("404")  # the icon of the page that the gateway answers with
    page = visitor.go(f"/flag/{article}")
    fill(page)

    def lose(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.fulfill(status=502, content_type="text/html", body="<h1>502</h1>")

    page.route("**/flag/**", lose, times=1)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="502")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Why?")).to_have_value("It was sold.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Your flag", exact=True)).to_be_visible()
    assert desk.said("It was sold.") == 1
