"""What goes wrong between a reader and the service costs him no word, and makes no second flag."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Route, expect

from moderation_service.widget import script
from tests.browser.holding import Held
from tests.browser.widget.conftest import Read
from tests.browser.widget.paper import Paper
from tests.browser.widget.reader import Reader
from tests.live import Caller, until

FLAGS = "**/v1/flags"
NOTICES = "**/v1/legal-notices"
SAID = "There was no flood."


@pytest.fixture
def unlucky(read: Read) -> Reader:
    """A reader; what is refused him is no fault of the page."""
    reader = read()
    reader.faults.expect("Failed to load resource")
    return reader


@pytest.fixture
def ready(unlucky: Reader) -> Reader:
    """A reader who has written his flag and has only to send it."""
    unlucky.opens()
    unlucky.chooses().get_by_label("Why?").fill(SAID)
    return unlucky


@pytest.fixture
def beside(unlucky: Reader) -> Reader:
    """The same with a flag about a paragraph."""
    opens_beside(unlucky)
    unlucky.chooses().get_by_label("Why?").fill(SAID)
    return unlucky


def opens_beside(reader: Reader) -> Locator:
    """Press the button in the second paragraph; the dialog."""
    reader.page.locator("flag-content[part=p2]").get_by_role("button").click()
    return reader.dialog


@pytest.fixture
def busy(paper: Paper) -> Iterator[Caller]:
    """Somebody of the reader's network who has sent as many flags as one may in a minute."""
    caller = Caller(paper.service, paper.key, Origin=paper.press.origin)
    body = {"article": {"external_id": "ferry"}, "reason": "misleading"}
    until(lambda: time.time() % 60 < 55)  # or the minute ends before the test does
    # Each process of the service counts for itself, and tells the others a little later; a connection knows one.
    until(lambda: {caller.post("/v1/flags", body, Connection="close").status_code for _ in range(20)} == {429})
    yield caller
    caller.close()


def alert(reader: Reader) -> Locator:
    return reader.dialog.get_by_role("alert")


def answered(status: int, body: str = "{}", **headers: str) -> Callable[[Route], None]:
    """The answer of a service, or of a proxy before it, that is not well."""
    allowed = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After", **headers}
    return lambda route: route.fulfill(status=status, body=body, headers=allowed)


def test_offline_is_said_and_when_it_is_over_the_flag_goes_out(ready: Reader, paper: Paper) -> None:
    ready.context.set_offline(True)
    ready.sends()
    expect(alert(ready)).to_contain_text("You are offline. Nothing was sent")
    ready.context.set_offline(False)
    ready.sends()
    ready.is_thanked()
    assert [flag["comment"] for flag in paper.flags()] == [SAID]


def test_an_answer_that_got_lost_makes_no_second_flag(ready: Reader, paper: Paper) -> None:
    keys = []

    def lose(route: Route) -> None:
        keys.append(route.request.header_value("Idempotency-Key"))
        route.fetch()
        route.abort()

    ready.page.route(FLAGS, lose)
    ready.sends()
    expect(alert(ready)).to_contain_text("The service does not answer.")
    ready.page.unroute(FLAGS)
    with ready.page.expect_request(FLAGS) as second:
        ready.sends()
    ready.is_thanked()
    assert second.value.header_value("Idempotency-Key") == keys[0]
    assert re.fullmatch(r'"[0-9a-f]{32}"', keys[0] or "")
    assert len(paper.flags()) == 1


def loses_its_answer(reader: Reader, requests: str, *, arriving: bool = True) -> None:
    """Send, and hear nothing of it, whether it arrived or not."""
    reader.page.route(requests, lambda route: (arriving and route.fetch(), route.abort()))
    reader.sends()
    expect(alert(reader)).to_contain_text("The service does not answer.")
    reader.page.unroute(requests)


def test_what_is_changed_after_a_lost_answer_is_no_second_flag(beside: Reader, paper: Paper) -> None:
    loses_its_answer(beside, FLAGS)
    beside.dialog.get_by_label("The whole article").check()
    loses_its_answer(beside, FLAGS, arriving=False)
    beside.dialog.get_by_label("Why?").fill("It never rained.")
    beside.sends()
    receipt = beside.is_thanked()
    expect(beside.dialog).to_contain_text("It is what you sent first")
    (flag,) = paper.flags()
    assert (flag["part"], flag["comment"], f"{paper.service}/r/{flag['receipt']}?lang=en") == ("p2", SAID, receipt)


def test_what_was_changed_is_kept_and_can_be_sent_as_another_flag(beside: Reader, paper: Paper) -> None:
    loses_its_answer(beside, FLAGS)
    beside.dialog.get_by_label("Why?").fill("It never rained.")
    beside.sends()
    beside.is_thanked()
    beside.page.keyboard.press("Escape")
    opens_beside(beside).get_by_label("The whole article").check()
    beside.sends()
    beside.is_thanked()
    assert [flag["comment"] for flag in paper.flags()] == [SAID, "It never rained."]
    beside.page.keyboard.press("Escape")
    expect(opens_beside(beside).get_by_label("Why?")).to_have_value("")


def test_what_is_changed_after_nothing_had_arrived_is_the_flag(ready: Reader, paper: Paper) -> None:
    loses_its_answer(ready, FLAGS, arriving=False)
    ready.dialog.get_by_label("Why?").fill("It never rained.")
    ready.sends()
    ready.is_thanked()
    expect(ready.dialog).not_to_contain_text("It is what you sent first")
    assert [flag["comment"] for flag in paper.flags()] == ["It never rained."]


def test_a_flag_that_is_still_being_taken_in_is_asked_for_again(ready: Reader, paper: Paper) -> None:
    ready.page.route(FLAGS, answered(409))
    ready.sends()
    expect(alert(ready)).to_contain_text("try again in a moment")
    ready.page.unroute(FLAGS)
    ready.sends()
    ready.is_thanked()
    assert len(paper.flags()) == 1


def test_a_notice_that_is_changed_after_a_lost_answer_is_no_second_one(ready: Reader, paper: Paper) -> None:
    ready.dialog.get_by_role("button", name="This is illegal").click()
    dialog = ready.chooses("A child is exploited or endangered")
    dialog.get_by_label("I believe in good faith").check()
    loses_its_answer(ready, NOTICES)
    dialog.get_by_label("Why is it illegal?").fill("It never rained.")
    ready.sends()
    receipt = ready.is_thanked()
    expect(dialog).to_contain_text("It is what you sent first")
    assert [flag["comment"] for flag in paper.flags()] == [SAID]
    ready.page.goto(receipt)
    expect(ready.page.get_by_role("heading", name="Your legal notice")).to_be_visible()


@pytest.mark.parametrize("status", [500, 503])
def test_what_was_typed_outlives_a_service_that_is_down_and_the_closing_of_the_dialog(
    ready: Reader, paper: Paper, status: int
) -> None:
    ready.page.route(FLAGS, answered(status))
    ready.sends()
    expect(alert(ready)).to_contain_text("Nothing you wrote is lost")
    expect(alert(ready).get_by_role("link")).to_have_attribute("href", f"{paper.form}&lang=en")
    ready.page.keyboard.press("Escape")
    ready.opens()
    expect(ready.dialog.get_by_label("Why?")).to_have_value(SAID)
    expect(ready.dialog.get_by_label("It is false or misleading")).to_be_checked()


def test_a_service_that_says_nothing_is_waited_for_ten_seconds(ready: Reader) -> None:
    ready.page.clock.install()
    ready.page.evaluate("AbortSignal.timeout = (ms) => { window.waited = ms; return AbortSignal.abort(); }")
    ready.sends()
    expect(alert(ready)).to_contain_text("The service does not answer.")
    assert ready.page.evaluate("window.waited") == 10_000


def test_closed_while_it_is_sent_the_receipt_is_there_when_it_is_opened_again(ready: Reader) -> None:
    flag = Held(ready.page, FLAGS)
    expect(ready.sends().get_by_role("button", name="Sending")).to_have_attribute("aria-disabled", "true")
    ready.page.keyboard.press("Escape")
    with ready.page.expect_response(FLAGS):
        flag.let_go()
    ready.opens()
    ready.is_thanked()


def test_too_many_flags_are_told_when_to_go_on(ready: Reader, busy: Caller) -> None:
    ready.sends()
    expect(alert(ready)).to_have_text(re.compile(r"Too many flags were sent from here. Try again at \d\d:\d\d\."))


def test_the_time_to_go_on_is_the_one_the_service_said(ready: Reader) -> None:
    ready.page.route(FLAGS, answered(429, **{"Retry-After": "Mon, 23 Nov 2026 11:29:30 GMT"}))
    ready.sends()
    expect(alert(ready)).to_contain_text("Try again at 12:30.")  # in Berlin, and not before it is over


def test_what_the_service_refuses_is_said_where_it_is_asked(ready: Reader) -> None:
    dialog = ready.dialog
    dialog.get_by_label("E-mail").fill("=?utf-8?q?ada?=@reader.example")
    ready.sends()
    expect(dialog.get_by_label("E-mail")).to_be_focused()
    expect(dialog.get_by_label("E-mail")).to_have_value("=?utf-8?q?ada?=@reader.example")
    expect(dialog.get_by_label("E-mail")).to_have_accessible_description(re.compile("cannot send mail to this address"))


def test_what_the_reader_cannot_mend_is_said_plainly_and_the_site_learns_more(ready: Reader, paper: Paper) -> None:
    ready.page.locator("flag-content[article]").last.evaluate("element => element.setAttribute('key', 'pk_unknown')")
    ready.faults.expect("This key is not known, or its time is over (try `moderation-service site check`")
    ready.sends()
    expect(alert(ready)).to_contain_text("This button is not set up rightly")
    expect(alert(ready)).not_to_contain_text("key")
    expect(alert(ready).get_by_role("link")).to_have_attribute("href", f"{paper.form}&lang=en")


def test_a_key_that_is_not_for_pages_is_never_sent(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(tag=script.tag(paper.service, "sk_secret")))
    reader.faults.expect("does not begin with pk_")
    sent: list[str] = []
    reader.page.on("request", lambda request: sent.append(request.url))
    reader.opens()
    expect(alert(reader)).to_contain_text("This button is not set up rightly")
    reader.chooses()
    reader.sends()
    expect(alert(reader).get_by_role("link")).to_have_attribute("href", f"{paper.form}&lang=en")
    assert sent == []


def test_an_error_is_gone_when_it_is_mended(ready: Reader, paper: Paper) -> None:
    ready.dialog.get_by_label("E-mail").fill("ada")
    ready.sends()
    ready.dialog.get_by_label("E-mail").fill("ada@reader.example")
    ready.sends()
    ready.is_thanked()
    assert [flag["email"] for flag in paper.flags()] == ["ada@reader.example"]


def test_a_reader_whom_the_site_names_is_known_by_that(read: Read, paper: Paper) -> None:
    reader = read()
    reader.page.locator("flag-content[article]").last.evaluate("e => e.setAttribute('reporter', 'reader-7')")
    reader.opens()
    reader.chooses()
    with reader.page.expect_request(FLAGS) as sent:
        reader.sends()
    reader.is_thanked()
    body = sent.value.post_data_json or {}
    assert (body.get("reporter"), body.get("visitor")) == ("reader-7", None)
