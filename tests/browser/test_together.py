"""Several moderators at one desk: each sees the others, and nobody overwrites what another did."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from moderation_service.console import cookies
from tests.browser.conftest import Visit
from tests.browser.desk import PASSWORD, Desk
from tests.browser.visitor import onward

# Milliseconds within which an open page looks what others did; its clock is put forward by as much.
A_LOOK = 5_000
KEPT = "What you typed is kept in this tab."


def test_new_cases_are_told_without_moving_what_one_reads(visit: Visit, desk: Desk) -> None:
    desk.cases(2)
    visitor = visit()
    visitor.page.clock.install()
    page = visitor.arrive(desk.hire("ada"), "/console/queue")
    card = page.locator("li.case").nth(1)
    before = card.bounding_box()
    for name in ("third", "fourth"):
        desk.case(name, reporters=5, reason="danger_to_life")
    page.clock.run_for(A_LOOK)
    expect(page.locator("#new")).to_have_text("2 new")
    assert card.bounding_box() == before
    expect(page.locator("li.case")).to_have_count(2)
    page.locator("#new").get_by_role("link").click()
    expect(page.locator("li.case")).to_have_count(4)


def test_who_takes_a_case_is_seen_in_the_queue(visit: Visit, desk: Desk) -> None:
    case = desk.case("ferry")
    visitor = visit()
    visitor.page.clock.install()
    watching = visitor.arrive(desk.hire("ada"), "/console/queue")
    working = visit().arrive(desk.hire("bob"), f"/console/cases/{case}")
    working.get_by_role("button", name="Claim").click()
    expect(working.locator("#hold")).to_contain_text("You hold it")
    watching.clock.run_for(A_LOOK)
    expect(watching.locator("li.case").first).to_contain_text(f"Held by {desk.name('bob')}")


def test_the_second_on_a_case_sees_who_holds_it_before_he_decides(visit: Visit, desk: Desk) -> None:
    path, visitor = f"/console/cases/{desk.case('ferry')}", visit()
    visitor.page.clock.install()
    second = visitor.arrive(desk.hire("bob"), path)
    first = visit().arrive(desk.hire("ada"), path)
    first.get_by_role("button", name="Claim").click()
    expect(first.locator("#hold")).to_contain_text("You hold it")
    second.clock.run_for(A_LOOK)
    expect(second.locator("#hold")).to_contain_text(f"{desk.name('ada')} holds this case")


def test_the_second_to_decide_is_told_what_changed_and_keeps_what_he_typed(visit: Visit, desk: Desk) -> None:
    path = f"/console/cases/{desk.case('ferry')}"
    late = visit()
    late.faults.expect("409")
    second = late.arrive(desk.hire("bob"), path)
    first = visit().arrive(desk.hire("ada"), path)
    second.get_by_label("Note on the decision").fill("I have read all of it twice")
    with onward(first):
        first.get_by_role("button", name="Clear").click()
    second.get_by_role("button", name="Clear").click()
    refusal = second.get_by_role("alert")
    expect(refusal).to_contain_text("Nothing was done")
    expect(refusal.get_by_role("listitem").first).to_have_text(f"Decided · {desk.name('ada')} · Cleared")
    expect(second.get_by_label("Note on the decision")).to_have_value("I have read all of it twice")
    assert desk.decided() == {"clear": 1}


def test_a_case_that_a_colleague_holds_is_not_taken_from_him(visit: Visit, desk: Desk) -> None:
    path = f"/console/cases/{desk.case('ferry')}"
    late = visit()
    late.faults.expect("409")
    second = late.arrive(desk.hire("bob"), path)
    first = visit().arrive(desk.hire("ada"), path)
    first.get_by_role("button", name="Claim").click()
    expect(first.locator("#hold")).to_contain_text("You hold it")
    second.get_by_role("button", name="Clear").click()
    expect(second.get_by_role("alert")).to_contain_text(desk.name("ada"))
    assert desk.decided() == {}


def test_three_are_decided_together_by_keys_and_the_one_that_moved_is_left_alone(visit: Visit, desk: Desk) -> None:
    moved, *_ = desk.cases(3)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    for _ in range(3):
        page.keyboard.press("j")
        page.keyboard.press("x")
    with onward(page):
        page.keyboard.press("b")
    expect(page.locator(".column-case")).to_have_count(3)
    first = visit().arrive(desk.hire("bob"), f"/console/cases/{moved}?queue=elsewhere")
    with onward(first):
        first.keyboard.press("c")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    page.keyboard.press("c")
    page.keyboard.press("Shift+X")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(3)
    page.keyboard.press("t")
    page.keyboard.type("ha")
    page.keyboard.press("Enter")
    results = page.locator(".results > ol > li")
    expect(results).to_have_count(3)
    expect(results.filter(has_text="Headline of article-01")).to_contain_text(f"Decided · {desk.name('bob')} · Cleared")
    assert desk.decided() == {"clear": 1, "takedown": 2}
    page.keyboard.press("u")
    expect(results.filter(has_text="Undone")).to_have_count(2)
    assert desk.decided() == {"clear": 3, "takedown": 2}


def test_the_way_to_look_at_cases_together_is_there_when_one_is_ticked_and_always_without_scripts(
    visit: Visit, desk: Desk
) -> None:
    desk.cases(1)
    page = visit().arrive(desk.hire("ada"), "/console/queue")
    expect(page.locator("#together")).to_be_hidden()
    page.keyboard.press("b")
    expect(page).to_have_url(re.compile("/console/queue$"))
    page.keyboard.press("x")
    expect(page.locator("#together")).to_be_visible()
    plain = visit(java_script_enabled=False).arrive(desk.hire("bob"), "/console/queue")
    expect(plain.locator("#together")).to_be_visible()


def test_what_is_being_typed_is_left_alone_by_what_others_do(visit: Visit, desk: Desk) -> None:
    path, visitor = f"/console/cases/{desk.case('ferry')}", visit()
    visitor.page.clock.install()
    typing = visitor.arrive(desk.hire("bob"), path)
    typing.get_by_label("Note on the decision").fill("Half a sen")
    visit().arrive(desk.hire("ada"), path).get_by_role("button", name="Claim").click()
    typing.clock.run_for(A_LOOK)
    expect(typing.locator("#hold")).to_contain_text(desk.name("ada"))
    typing.keyboard.type("tence")
    expect(typing.get_by_label("Note on the decision")).to_have_value("Half a sentence")


def test_who_was_signed_out_is_led_to_the_way_in(visit: Visit, desk: Desk) -> None:
    username, visitor = desk.hire("ada"), visit()
    visitor.faults.expect("401")
    visitor.page.clock.install()
    desk.case("ferry")
    page = visitor.arrive(username, "/console/queue")
    desk.end_sessions(username)
    page.clock.run_for(A_LOOK)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_what_is_typed_when_a_session_ends_stays_and_is_there_again_after_the_sign_in(visit: Visit, desk: Desk) -> None:
    username, visitor, path = desk.hire("ada"), visit(), f"/console/cases/{desk.case('ferry')}"
    visitor.faults.expect("401")
    visitor.page.clock.install()
    page = visitor.arrive(username, path)
    note, part = page.get_by_label("Note on the decision"), page.get_by_label("Only this part: p1")
    note.fill("Half a sentence")
    part.check()
    desk.end_sessions(username)
    page.clock.run_for(A_LOOK)
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended.")
    page.get_by_role("button", name="Clear").click()
    expect(note).to_have_value("Half a sentence")
    note.fill("Half a sentence more")
    page.get_by_role("alert").get_by_role("link", name="Sign in").click()
    _sign_in(page, username)
    expect(page).to_have_url(re.compile(path))
    expect(note).to_have_value("Half a sentence more")
    expect(part).to_be_checked()
    assert page.evaluate("sessionStorage.length") == 0
    assert desk.decided() == {}


def test_what_was_sent_after_a_session_ended_is_there_again_for_its_writer_alone(visit: Visit, desk: Desk) -> None:
    ada, bob, path = desk.hire("ada"), desk.hire("bob"), f"/console/cases/{desk.case('ferry')}"
    visitor = visit()
    visitor.faults.expect("401")
    page = visitor.arrive(ada, path)
    words = page.get_by_label("For colleagues; it cannot be taken out again")
    for back, found in ((ada, "He wrote to us"), (bob, "")):
        page.keyboard.press("a")
        words.fill("He wrote to us")
        visitor.context.clear_cookies(name=cookies.SESSION)
        page.keyboard.press("Control+Enter")
        _sign_in(page, back)
        expect(page).to_have_url(re.compile(path))
        expect(words).to_have_value(found)
    assert page.evaluate("sessionStorage.length") == 0


def test_words_that_a_form_no_longer_valid_would_not_bring_are_there_again(visit: Visit, desk: Desk) -> None:
    visitor, path = visit(), f"/console/cases/{desk.case('ferry')}"
    visitor.faults.expect("403")
    page = visitor.arrive(desk.hire("ada"), path)
    page.keyboard.press("a")
    words = page.get_by_label("For colleagues; it cannot be taken out again")
    words.fill("He wrote to us")
    words.evaluate("field => field.form.elements.csrf.value = 'of another session'")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("main")).to_contain_text(KEPT)
    page.get_by_role("link", name="Back to it").click()
    expect(page).to_have_url(re.compile(f"{path}$"))
    expect(words).to_have_value("He wrote to us")
    with page.expect_navigation():
        words.press("Control+Enter")
    expect(page.locator(".history")).to_contain_text("He wrote to us")
    assert page.evaluate("sessionStorage.length") == 0


def test_what_was_typed_when_the_service_did_not_answer_is_there_again(visit: Visit, desk: Desk) -> None:
    visitor, case = visit(), desk.case("ferry")
    visitor.faults.expect("503")
    page = visitor.arrive(desk.hire("ada"), f"/console/cases/{case}")
    note, words = page.get_by_label("Note on the decision"), page.get_by_label("Why a senior should decide")
    note.fill("Half a sentence")
    page.locator("#panel-escalate summary").click()
    words.fill("It takes a lawyer")
    for button in ("Escalate", "Clear"):
        with desk.busy(case):
            page.get_by_role("button", name=button).click()
            expect(page.get_by_role("heading", level=1)).to_have_text("The service does not answer")
        expect(page.get_by_role("main")).to_contain_text(KEPT)
        page.goto("/console/account")
        page.goto(f"/console/cases/{case}")
        expect(words).to_have_value("It takes a lawyer")
        expect(note).to_have_value("Half a sentence")
    assert page.evaluate("sessionStorage.length") == 0
    assert desk.decided() == {}


def test_what_stands_beside_a_verdict_that_is_refused_stays(visit: Visit, desk: Desk) -> None:
    visitor = visit()
    visitor.faults.expect("422")
    page = visitor.arrive(desk.hire("ada"), f"/console/cases/{desk.case('ferry')}")
    page.keyboard.press("a")
    words = page.get_by_label("For colleagues; it cannot be taken out again")
    words.fill("Half a sentence")
    page.get_by_role("button", name="Take down").click()
    expect(page.get_by_role("alert").first).to_contain_text("Nothing was done")
    expect(words).to_have_value("Half a sentence")


def _sign_in(page: Page, username: str) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
