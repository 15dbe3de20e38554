"""A moderator's shift: the keyboard is enough, and so is a browser without scripts; what was done can be undone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from moderation_service.intake.submission import Target
from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.visitor import onward

QUEUE = re.compile(r"/console/queue")
CASE = re.compile(r"/console/cases/\d+")


def take_down(page: Page, clause: str = "ha") -> None:
    """Take the whole article down by the first clause that these letters find."""
    page.keyboard.press("t")
    page.keyboard.type(clause)
    with onward(page):
        page.keyboard.press("Enter")


def test_fifty_cases_are_decided_by_the_keyboard_alone(visit: Visit, desk: Desk) -> None:
    desk.cases(50)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    with onward(page):
        page.keyboard.press("n")
    for number in range(50):
        expect(page.locator("#hold")).to_contain_text("You hold it")
        if number % 2:
            take_down(page)
        else:
            with onward(page):
                page.keyboard.press("c")
    expect(page).to_have_url(QUEUE)
    expect(page.get_by_text("Nothing is waiting.").first).to_be_visible()
    assert desk.decided() == {"clear": 25, "takedown": 25}


def test_the_next_case_takes_the_place_of_the_one_decided_and_back_leads_to_that(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    before = page.title()
    page.evaluate("window.same = true")
    with onward(page):
        page.keyboard.press("c")
    assert page.evaluate("window.same")
    expect(page).not_to_have_title(before)
    expect(page.locator("main")).to_be_focused()
    expect(page.locator("body > [role=status]")).to_have_text(page.title())
    page.go_back()
    expect(page).to_have_title(before)
    expect(page.locator("#deciding-title")).to_have_text("Decide anew")


def test_what_the_network_lost_is_sent_once_more(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    visitor = visit()
    visitor.faults.expect("ERR_FAILED")
    page = visitor.arrive(desk.hire("ada"), f"/console/cases/{case}")
    page.route("**/decision", lambda route: route.abort(), times=1)
    with onward(page):
        page.keyboard.press("c")
    expect(page).to_have_url(re.compile(f"decided={case}"))
    assert desk.decided() == {"clear": 1}


def test_no_script_is_needed_to_take_an_article_down(visit: Visit, desk: Desk) -> None:
    desk.cases(2)
    page = visit(java_script_enabled=False).arrive(desk.hire("ada"), "/console/queue")
    page.get_by_role("button", name="Next case").click()
    page.get_by_label("Clause and ground").select_option(index=1)
    page.get_by_role("button", name="Take down").click()
    expect(page).to_have_url(CASE)
    assert desk.decided() == {"takedown": 1}


def test_a_takedown_is_undone_by_a_key(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    take_down(page)
    expect(page.locator("#undo")).to_contain_text("Taken down")
    with onward(page):
        page.keyboard.press("u")
    expect(page).to_have_url(re.compile(f"/console/cases/{case}$"))
    expect(page.get_by_role("status").first).to_contain_text("Undone")
    assert desk.decided() == {"takedown": 1, "clear": 1}


def test_on_a_narrow_page_the_offer_to_undo_covers_nothing_and_moves_nothing(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    visitor = visit(viewport={"width": 360, "height": 640})
    visitor.page.clock.install()
    page = visitor.arrive(desk.hire("ada"), f"/console/cases/{case}")
    with onward(page):
        page.get_by_role("button", name="Clear").click()
    page.locator("#deciding-title").scroll_into_view_if_needed()
    before = page.locator(".deciding").bounding_box()
    assert page.locator("#undo").evaluate("bar => getComputedStyle(bar).position") == "static"
    page.clock.run_for(11_000)
    expect(page.locator(".snack")).to_be_hidden()
    assert page.locator(".deciding").bounding_box() == before


def test_the_first_page_of_all_has_the_times_of_the_readers_zone(visit: Visit, desk: Desk) -> None:
    page = visit(timezone_id="Asia/Kolkata").arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    time = page.locator(".flags time").first
    at_first = time.inner_text()
    page.reload()
    assert at_first == time.inner_text()
    assert "UTC" not in at_first


def test_a_clearance_is_undone_by_the_mouse_and_the_case_is_held_again(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    with onward(page):
        page.get_by_role("button", name="Clear").click()
    with onward(page):
        page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(f"/console/cases/{case}$"))
    expect(page.locator("#hold")).to_contain_text("You hold it")


def test_a_takedown_without_a_clause_says_what_is_missing_and_does_nothing(visit: Visit, desk: Desk) -> None:
    visitor = visit()
    visitor.faults.expect("422")
    page = visitor.arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    page.get_by_label("Note on the decision").fill("In haste")
    page.get_by_role("button", name="Take down").click()
    expect(page.get_by_label("Note on the decision")).to_have_value("In haste")
    assert desk.decided() == {}


def test_a_clause_is_found_by_its_title_or_else_its_text_and_nothing_is_cited_for_no_match(
    visit: Visit, desk: Desk
) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    page.keyboard.press("t")
    choices = page.get_by_role("listbox").get_by_role("option")
    page.keyboard.type("misl")
    expect(choices).to_have_text([re.compile("Accuracy")])
    page.keyboard.type("x")
    expect(choices).to_have_text(["No clause has a word that begins so"])
    page.keyboard.press("Enter")
    assert desk.decided() == {}


def test_a_click_takes_the_clause_that_is_marked_and_never_the_one_cited_before(visit: Visit, desk: Desk) -> None:
    case, _ = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    take_down(page, "hate")
    expect(page.locator("#undo")).to_contain_text("under 2.2 Hate:")
    clause = page.get_by_role("combobox", name="Clause and ground")
    expect(clause).to_have_value(re.compile("2.2 Hate"))
    clause.fill("zzzz")
    page.get_by_role("button", name="Take down").click()
    expect(clause).to_be_focused()
    assert clause.evaluate("field => field.validationMessage") == "No clause has a word that begins so"
    clause.fill("haras")
    with onward(page):
        page.get_by_role("button", name="Take down").click()
    expect(page.locator("#undo")).to_contain_text("under 2.3 Harassment:")
    assert desk.decided() == {"takedown": 2}


def test_a_clearance_minds_no_words_in_the_field_for_the_clause(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    page.get_by_role("combobox", name="Clause and ground").fill("zzzz")
    with onward(page):
        page.get_by_role("button", name="Clear").click()
    assert desk.decided() == {"clear": 1}


def test_what_is_taken_down_at_once_takes_shift_and_not_caps_lock(visit: Visit, desk: Desk) -> None:
    first, second = desk.cases(2)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{first}")
    take_down(page, "hate")
    expect(page.locator("#undo")).to_contain_text("under 2.2 Hate:")
    press = (
        "([key, shiftKey]) => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, shiftKey, bubbles: true}))"
    )
    page.evaluate(press, ["T", False])
    expect(page.get_by_role("combobox", name="Clause and ground")).to_be_focused()
    expect(page).to_have_url(re.compile(f"/cases/{second}"))
    page.keyboard.press("Escape")
    with onward(page):
        page.evaluate(press, ["t", True])
    assert desk.decided() == {"takedown": 2}


def test_two_letters_choose_the_clause_that_they_begin_and_that_fits_the_flags(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry', reason='harassment')}")
    page.keyboard.press("t")
    page.keyboard.type("ha")
    choices = page.get_by_role("listbox").get_by_role("option")
    names = ["2.3 Harassment", "2.3 Harassment", "2.2 Hate", "2.2 Hate", "1.4 Self-harm", "1.4 Self-harm"]
    expect(choices).to_have_text([re.compile(name) for name in names])
    expect(choices.first).to_be_in_viewport()
    marked = str(choices.first.get_attribute("id"))
    expect(page.get_by_role("combobox", name="Clause and ground")).to_have_attribute("aria-activedescendant", marked)
    page.keyboard.press("Enter")
    expect(page.locator("#undo")).to_contain_text("Taken down (the whole article) under 2.3 Harassment:")


def test_reported_text_is_blurred_for_who_wants_that_until_it_is_reached(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), "/console/account")
    page.get_by_label("Reported text is blurred").check()
    page.get_by_role("button", name="Save").first.click()
    page.goto(f"/console/cases/{desk.case('ferry')}")
    first, second = page.locator(".part .text").nth(1), page.locator(".part .text").nth(2)
    expect(first).to_have_css("filter", re.compile("blur"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_css("filter", "none")
    expect(second).to_have_css("filter", re.compile("blur"))


def test_one_part_is_taken_down_alone(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    page.get_by_label("Only this part: p1").check()
    page.keyboard.press("Escape")
    take_down(page)
    assert desk.parts_taken_down() == [["p1"]]


def test_the_flagged_part_alone_is_taken_down_by_a_key(visit: Visit, desk: Desk) -> None:
    case = desk.case("ferry", target=Target(part="p1"))
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    page.keyboard.press("p")
    page.keyboard.type("ha")
    with onward(page):
        page.keyboard.press("Enter")
    assert desk.parts_taken_down() == [["p1"]]


def test_the_flags_of_a_part_are_shown_by_its_counts_and_what_is_typed_stays(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.disputed()}")
    flags, every = page.locator("#flags .flags > li"), page.locator("#flags .flags > li").count()
    page.get_by_label("Note on the decision").fill("Half a sen")
    page.locator("#part-p1 .to-flags").press("Enter")
    expect(flags).to_have_count(1)
    page.get_by_role("link", name="Show the flags of all parts").click()
    expect(flags).to_have_count(every)
    expect(page.get_by_label("Note on the decision")).to_have_value("Half a sen")


def test_the_keys_are_shown_by_one_of_them_and_typing_presses_none(visit: Visit, desk: Desk) -> None:
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    page.get_by_label("Note on the decision").type("can? not")
    expect(page.get_by_label("Note on the decision")).to_have_value("can? not")
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("c")
    assert desk.decided() == {}


@pytest.mark.parametrize(
    ("key", "words", "said"), [("e", "Too big for me", "Escalated"), ("s", "I know him", "Skipped")]
)
def test_a_case_is_passed_on_with_words_by_the_keyboard(
    visit: Visit, desk: Desk, key: str, words: str, said: str
) -> None:
    desk.cases(2)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    with onward(page):
        page.keyboard.press("n")
    page.keyboard.press(key)
    page.keyboard.type("Too close to me")
    with onward(page):
        page.keyboard.press("Control+Enter")
    expect(page.locator(".flashes")).to_contain_text(said)
    expect(page).to_have_url(CASE)


def test_who_goes_on_with_half_a_note_is_asked_first_and_gives_the_case_back(visit: Visit, desk: Desk) -> None:
    desk.cases(2)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    with onward(page):
        page.keyboard.press("n")
    left = page.url
    page.get_by_label("Note on the decision").fill("Half a sen")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("alert")).to_contain_text("is not sent")
    expect(page.get_by_label("Note on the decision")).to_have_value("Half a sen")
    with onward(page):
        page.keyboard.press("n")
    page.goto(left)
    expect(page.locator("#hold").get_by_role("button", name="Claim")).to_be_visible()


def test_a_case_is_handed_to_a_colleague_who_then_holds_it(visit: Visit, desk: Desk) -> None:
    path = f"/console/cases/{desk.case('ferry')}"
    bob = desk.hire("bob")
    page = visit().arrive(desk.hire("ada"), path)
    page.keyboard.press("h")
    page.locator("select[name=to]").select_option(bob)
    with onward(page):
        page.keyboard.press("Control+Enter")
    expect(visit().arrive(bob, path).locator("#hold")).to_contain_text("You hold it")


def test_the_queue_is_walked_and_searched_by_keys(visit: Visit, desk: Desk) -> None:
    desk.cases(3)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    page.keyboard.press("/")
    page.keyboard.type("article-02")
    with onward(page):
        page.keyboard.press("Enter")
    expect(page.locator("li.case")).to_have_count(1)
    page.locator("main").focus()
    page.keyboard.press("j")
    with onward(page):
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Headline of article-02")
