"""Images of an article before a moderator: none until he asks, veiled then, and never from where they come."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from moderation_service.articles.content import Image
from moderation_service.policy.vocabulary import Action, Role
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.holding import Held
from tests.browser.looks import looked_at
from tests.browser.visitor import Visitor, onward
from tests.doors.remote import RemoteServer, remote_server
from tests.factories import make_content
from tests.pictures import png, shown_at


@pytest.fixture
def remote() -> Iterator[RemoteServer]:
    """Where images are; a request of the browser to it fails the test, as to every other host."""
    with remote_server() as server:
        yield server


def _case(desk: Desk, remote: RemoteServer) -> str:
    """The page of a case with two images, of which the other one is gone."""
    bell = Image(shown_at(remote, "/bell.png", png()), "The bell of the ferry, before the sun")
    content = make_content(images=(bell, Image(f"http://{remote.host}/gone.png")))
    return f"/console/cases/{desk.case('pictured', content=content)}"


def _figure(page: Page) -> Locator:
    return page.get_by_role("figure", name="The bell of the ferry")


def test_an_image_is_loaded_when_asked_for_and_comes_up_blurred_and_grey(
    visit: Visit, desk: Desk, remote: RemoteServer
) -> None:
    page = visit().arrive(desk.hire("ada"), _case(desk, remote))
    figure = _figure(page)
    expect(figure.get_by_role("button", name="Show image")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert (page.locator("main img").count(), remote.asked) == (0, [])
    figure.get_by_role("button", name="Show image").focus()
    page.keyboard.press("Enter")
    image = figure.locator("img")
    expect(image).to_have_css("filter", re.compile(r"^blur\(\d+px\) grayscale\(1\)$"))
    assert image.evaluate("image => [image.naturalWidth, new URL(image.src).origin === location.origin]") == [320, True]
    page.keyboard.press("Enter")
    expect(image).to_have_css("filter", "grayscale(1)")
    figure.get_by_role("button", name="In grey").click()
    expect(image).to_have_css("filter", "none")
    figure.get_by_role("button", name="See it sharp").click()
    expect(image).to_have_css("filter", re.compile(r"^blur\(\d+px\)$"))
    assert remote.asked == ["/bell.png"]


def test_what_cannot_be_had_is_said_and_may_be_asked_for_again(visit: Visit, desk: Desk, remote: RemoteServer) -> None:
    visitor: Visitor = visit()
    visitor.faults.expect("502")
    page = visitor.arrive(desk.hire("ada"), _case(desk, remote))
    figure = page.get_by_role("figure").nth(1)
    figure.get_by_role("button", name="Show image").click()
    expect(figure.get_by_role("status")).to_have_text("The image cannot be had: its host does not hand it out.")
    shown_at(remote, "/gone.png", png())
    figure.get_by_role("button", name="Show image").click()
    expect(figure.locator("img")).to_be_visible()
    expect(figure.get_by_role("status")).not_to_contain_text("cannot be had")


def test_an_image_that_comes_late_takes_nobody_away_from_where_he_went(
    visit: Visit, desk: Desk, remote: RemoteServer
) -> None:
    page = visit().arrive(desk.hire("ada"), _case(desk, remote))
    image = Held(page, "**/images/1?*")
    _figure(page).get_by_role("button", name="Show image").click()
    elsewhere = page.get_by_role("link", name="Why a rule fired here, or why not")
    elsewhere.focus()
    image.let_go()
    expect(_figure(page).locator("img")).to_be_visible()
    expect(elsewhere).to_be_focused()


def test_who_chose_so_sees_images_as_they_are(visit: Visit, desk: Desk, remote: RemoteServer) -> None:
    page = visit().arrive(desk.hire("ada"), "/console/account")
    page.get_by_label("Reported images come up blurred").uncheck()
    page.get_by_label("Reported images are shown in grey").uncheck()
    page.get_by_role("button", name="Save").first.click()
    page.goto(_case(desk, remote))
    _figure(page).get_by_role("button", name="Show image").click()
    expect(_figure(page).locator("img")).to_have_css("filter", "none")


def test_without_scripts_a_link_opens_the_image_by_itself(visit: Visit, desk: Desk, remote: RemoteServer) -> None:
    visitor: Visitor = visit(java_script_enabled=False)
    # The browser's own page around an image, which does without them.
    visitor.faults.expect("Applying inline style")
    visitor.faults.expect("Blocked script execution")
    page = visitor.arrive(desk.hire("ada"), _case(desk, remote))
    with visitor.context.expect_page() as opened:
        _figure(page).get_by_role("link", name="Show image").click()
    opened.value.wait_for_load_state()
    assert re.search(r"/console/cases/\d+/images/1\?revision=1$", opened.value.url)
    assert remote.asked == ["/bell.png"]


def test_a_case_with_images_has_no_barriers_and_fits(visit: Visit, desk: Desk, remote: RemoteServer) -> None:
    visitor: Visitor = visit()
    visitor.faults.expect("502")
    page = visitor.arrive(desk.hire("ada"), _case(desk, remote))
    looked_at(page, "case-images")
    # Each by its figure: a button that was pressed is gone, and the next one has its place among them.
    for figure in page.get_by_role("figure").all():
        figure.get_by_role("button", name="Show image").click()
    expect(page.get_by_text("The image cannot be had")).to_be_visible()
    expect(_figure(page).locator("img")).to_be_visible()
    looked_at(page, "case-images-shown")
    _figure(page).get_by_role("button", name="See it sharp").click()
    looked_at(page, "case-images-sharp")


def test_who_judges_blind_sees_the_images_too(visit: Visit, desk: Desk, remote: RemoteServer) -> None:
    desk.policy(qa_percent=100)
    content = make_content(images=(Image(shown_at(remote, "/bell.png", png()), "The bell of the ferry"),))
    desk.decide(desk.hire("ada"), desk.case("pictured", content=content), Action.CLEAR)
    page = visit().arrive(desk.hire("zoe", Role.SENIOR), "/console/quality")
    with onward(page):
        page.keyboard.press("n")
    _figure(page).get_by_role("button", name="Show image").click()
    expect(_figure(page).locator("img")).to_be_visible()
    looked_at(page, "quality-blind-images")
    assert remote.asked == ["/bell.png"]


def test_side_by_side_the_images_of_each_case_are_a_key_away(visit: Visit, desk: Desk, remote: RemoteServer) -> None:
    pictured, other = _case(desk, remote).rpartition("/")[2], desk.case("not-pictured")
    page = visit().arrive(desk.hire("ada"), f"/console/together?cases={pictured}.{other}")
    assert remote.asked == []
    page.get_by_text("2 images").focus()
    page.keyboard.press("Enter")
    _figure(page).get_by_role("button", name="Show image").click()
    expect(_figure(page).locator("img")).to_be_visible()
    looked_at(page, "together-images")
    assert remote.asked == ["/bell.png"]
