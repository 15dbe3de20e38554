"""What is typed at the desk is lost by no step, and what is pressed in haste decides nothing that nobody has seen."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.holding import Held
from tests.browser.looks import looked_at
from tests.browser.visitor import onward

A_LOOK = 5_000
SAID = "Half a sentence"
# Milliseconds after which a key is no further letter of a word that was begun before.
A_PAUSE = 600
# The next letter of "record", as soon as the next case is there.
GOES_ON = """() => new MutationObserver((_, observer) => {
    observer.disconnect();
    const key = { key: "c", bubbles: true, cancelable: true };
    window.wentOn = !document.body.dispatchEvent(new KeyboardEvent("keydown", key));
}).observe(document.body, { childList: true })"""
COLLEAGUES = "For colleagues; it cannot be taken out again"


def _typed(page: Page) -> None:
    """Type a note on the decision, and leave its field."""
    page.get_by_label("Note on the decision").fill(SAID)
    page.keyboard.press("Escape")


def _is_there(page: Page) -> None:
    expect(page.get_by_label("Note on the decision")).to_have_value(SAID)


def test_what_is_pressed_while_a_verdict_is_on_its_way_does_nothing_to_the_next_case(visit: Visit, desk: Desk) -> None:
    case, _, _ = desk.cases(3)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    verdict = Held(page, "**/decision")
    page.keyboard.press("c")
    page.keyboard.type("a For the re")
    page.evaluate(GOES_ON)
    with onward(page):
        verdict.let_go()
    expect(page.locator("main")).to_be_focused()
    page.wait_for_timeout(A_PAUSE)
    assert page.evaluate("window.wentOn")
    assert desk.decided() == {"clear": 1}
    with onward(page):
        page.keyboard.press("c")
    assert desk.decided() == {"clear": 2}


@pytest.mark.parametrize(
    "answer", ["Promise.resolve(new Response('<h1>Bad gateway</h1>', { status: 502 }))", "Promise.reject(new Error())"]
)
def test_where_no_answer_comes_everything_stays_as_it_stands(visit: Visit, desk: Desk, answer: str) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    _typed(page)
    page.evaluate(f"() => {{ window.real = fetch; window.fetch = () => {answer}; }}")
    page.keyboard.press("c")
    expect(page.get_by_role("alert").last).to_contain_text("The service did not answer")
    _is_there(page)
    page.evaluate("() => { window.fetch = window.real; }")
    page.wait_for_timeout(A_PAUSE)
    with onward(page):
        page.keyboard.press("c")
    expect(page.locator(".unanswered")).to_have_count(0)
    assert desk.decided() == {"clear": 1}
    page.goto(f"/console/cases/{case}")
    expect(page.locator(".history")).to_contain_text(SAID)


def test_what_a_gateway_answered_in_the_services_place_is_there_again(visit: Visit, desk: Desk) -> None:
    visitor, path = visit(), f"/console/cases/{desk.case('ferry')}"
    visitor.faults.expect("502")
    visitor.faults.expect("404")  # the icon that such a page does not name
    page = visitor.arrive(desk.hire("ada"), path)
    page.route("**/notes", lambda route: route.fulfill(status=502, content_type="text/html", body="<h1>502</h1>"))
    page.keyboard.press("a")
    words = page.get_by_label(COLLEAGUES)
    words.fill(SAID)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="502")).to_be_visible()
    page.unroute("**/notes")
    page.goto(path)
    expect(words).to_have_value(SAID)
    with page.expect_navigation():
        words.press("Control+Enter")
    expect(page.locator(".history")).to_contain_text(SAID)
    expect(words).to_have_value("")
    assert page.evaluate("sessionStorage.length") == 0


def test_what_is_typed_is_there_again_for_who_left_by_a_key(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    with onward(page):
        page.keyboard.press("c")
    second = page.url
    _typed(page)
    with onward(page):
        page.keyboard.press("u")
    expect(page.get_by_label("Note on the decision")).to_have_value("")
    page.goto(second)
    _is_there(page)
    with onward(page):
        page.keyboard.press("q")
    page.goto(second)
    _is_there(page)


def test_a_note_that_was_not_sent_with_a_verdict_is_there_again_when_that_is_undone(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    page.keyboard.press("a")
    page.keyboard.type(SAID)
    page.keyboard.press("Escape")
    with onward(page):
        page.keyboard.press("c")
    expect(page.get_by_label(COLLEAGUES)).to_have_value("")
    with onward(page):
        page.keyboard.press("u")
    expect(page.get_by_label(COLLEAGUES)).to_have_value(SAID)


def test_choices_without_a_word_are_made_anew(visit: Visit, desk: Desk) -> None:
    path = f"/console/cases/{desk.case('ferry')}"
    page = visit().arrive(desk.hire("ada"), path)
    part = page.get_by_label("Only this part: p1")
    part.check()
    with onward(page):
        page.keyboard.press("q")
    page.goto(path)
    expect(part).not_to_be_checked()


def test_who_signs_out_leaves_nothing_that_he_typed(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    _typed(page)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("signed out")
    assert page.evaluate("sessionStorage.length") == 0


@pytest.mark.parametrize("link", ["#flags .flags a[href='#part-p1']", "a.skip"])
def test_links_within_the_page_leave_it_alone(visit: Visit, desk: Desk, link: str) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.disputed()}")
    page.locator("#part-p1 .to-flags").press("Enter")
    expect(page).to_have_url(re.compile("part=p1"))
    _typed(page)
    page.evaluate("window.same = true")
    with onward(page):
        page.locator(link).first.press("Enter")
    page.wait_for_timeout(300)
    assert page.evaluate("window.same")
    _is_there(page)


def test_who_shows_the_case_as_it_is_now_has_his_words_again(visit: Visit, desk: Desk) -> None:
    case, visitor = desk.case("ferry"), visit()
    visitor.page.clock.install()
    page = visitor.arrive(desk.hire("bob"), f"/console/cases/{case}?queue=main")
    _typed(page)
    desk.case("ferry", reporters=3, reason="hate")
    page.clock.run_for(A_LOOK)
    with page.expect_navigation():
        page.get_by_role("link", name="Show it as it is now").click()
    expect(page).to_have_url(re.compile(f"/{case}\\?queue=main$"))
    _is_there(page)


def test_who_holds_the_case_is_shown_as_soon_as_the_focus_leaves_the_button(visit: Visit, desk: Desk) -> None:
    path, visitor = f"/console/cases/{desk.case('ferry')}", visit()
    visitor.page.clock.install()
    page = visitor.arrive(desk.hire("bob"), path)
    page.locator("#hold button").focus()
    visit().arrive(desk.hire("ada"), path).get_by_role("button", name="Claim").click()
    with page.expect_response("**/live*"):
        page.clock.run_for(A_LOOK)
    expect(page.locator("#hold button")).to_be_focused()
    page.get_by_label("Note on the decision").focus()
    page.clock.run_for(A_LOOK)
    expect(page.locator("#hold")).to_contain_text("holds this case")


def test_an_enter_that_ends_a_composed_word_decides_nothing(visit: Visit, desk: Desk) -> None:
    desk.cases(2)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    with onward(page):
        page.keyboard.press("n")
    page.keyboard.press("t")
    page.keyboard.type("ha")
    ends = "key => ({ key, isComposing: true, bubbles: true, cancelable: true })"
    page.evaluate(f"document.activeElement.dispatchEvent(new KeyboardEvent('keydown', ({ends})('Enter')))")
    page.wait_for_timeout(300)
    assert desk.decided() == {}
    with onward(page):
        page.keyboard.press("Enter")
    assert desk.decided() == {"takedown": 1}


@pytest.mark.parametrize("width", [1280, 360])
def test_what_others_did_is_told_in_sight_and_moves_no_button(visit: Visit, desk: Desk, width: int) -> None:
    case, visitor = desk.case("ferry"), visit(viewport={"width": width, "height": 800})
    visitor.page.clock.install()
    page = visitor.arrive(desk.hire("bob"), f"/console/cases/{case}")
    button = page.get_by_role("button", name="Take down")
    button.scroll_into_view_if_needed()
    before = button.bounding_box()
    desk.case("ferry", reporters=3, reason="hate")
    page.clock.run_for(A_LOOK)
    news = page.get_by_role("link", name="Show it as it is now")
    expect(news).to_be_in_viewport()
    assert button.bounding_box() == before
    looked_at(page, "case-moved")


def test_a_key_pressed_twice_does_not_make_the_desk_deaf(visit: Visit, desk: Desk) -> None:
    case, *_ = desk.cases(4)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    page.keyboard.press("c")
    page.keyboard.press("c")
    page.wait_for_url(re.compile(f"decided={case}"))
    for _ in range(2):
        page.wait_for_timeout(A_PAUSE)
        with onward(page):
            page.keyboard.press("c")
    assert desk.decided() == {"clear": 3}


def test_who_is_signed_out_loses_no_word_by_a_look_at_the_flags_of_a_part(visit: Visit, desk: Desk) -> None:
    ada, visitor = desk.hire("ada"), visit()
    visitor.faults.expect("401")
    path = f"/console/cases/{desk.disputed()}"
    page = visitor.arrive(ada, path)
    _typed(page)
    desk.end_sessions(ada)
    page.locator("#part-p1 .to-flags").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    visitor.arrive(ada, path)
    _is_there(page)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_claim_moves_nothing_in_the_queue(visit: Visit, desk: Desk, width: int) -> None:
    first, *_ = desk.cases(3)
    visitor = visit(viewport={"width": width, "height": 800})
    visitor.page.clock.install()
    page = visitor.arrive(desk.hire("bob"), "/console/queue")
    tops = "[...document.querySelectorAll('li.case')].map((row) => row.getBoundingClientRect().top)"
    before = page.evaluate(tops)
    visit().arrive(desk.hire("ada"), f"/console/cases/{first}").get_by_role("button", name="Claim").click()
    page.clock.run_for(A_LOOK)
    expect(page.locator(".held .badge")).to_have_count(1)
    assert page.evaluate(tops) == before
