"""What readers are told by mail, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import func, select, update

from moderation_service.cases.models import Claim
from moderation_service.intake.models import Flag
from moderation_service.notifications.letters import announcing
from moderation_service.notifications.models import Notice, UntoldCase
from tests.notifications.letters.conftest import EVE, HEADLINE, Post, link

COMMENT = "Buy my pills at https://evil.example"


def test_a_flag_with_an_address_is_answered_at_once(post: Post) -> None:
    receipt = post.flag(comment=COMMENT)
    (letter,) = post.work()
    assert letter.recipients == [EVE]
    assert letter.mail["Subject"] == f"Your flag is in review: {HEADLINE}"
    assert f"You flagged “{HEADLINE}” on Courier." in letter.text()
    assert link(letter, "/r/") == f"https://flags.example/r/{receipt}?lang=en"
    assert "You will get another e-mail when it is decided" in letter.text()
    assert "on this page" not in letter.text()
    assert post.work() == []


def test_an_address_whose_domain_is_beyond_ascii_gets_its_letter(post: Post) -> None:
    post.flag(email="eve@bücher.example")
    assert [letter.recipients for letter in post.work()] == [["eve@xn--bcher-kva.example"]]


def test_nothing_that_a_reader_wrote_stands_in_a_letter(post: Post) -> None:
    quoted = {"kind": "quotation", "part": "p2", "selector": {"exact": "Second"}}
    post.flag(comment=COMMENT, target=quoted)
    (letter,) = post.work()
    assert "evil" not in letter.raw.decode()
    assert "Second" not in letter.text()


def test_the_title_that_a_reader_gave_an_unknown_article_stands_in_no_letter(post: Post) -> None:
    unknown = {"url": "https://courier.example/new", "title": "Buy my pills"}
    post.flag(article=unknown)
    (letter,) = post.work()
    assert "pills" not in letter.raw.decode()
    assert "You flagged an article on Courier." in letter.text()


def test_a_flag_without_an_address_is_answered_by_nobody(post: Post) -> None:
    post.door.flag(post.article)
    assert post.work() == []


@pytest.mark.parametrize("triaged", [True, False])
def test_who_flags_once_more_to_leave_an_address_is_answered_there(post: Post, triaged: bool) -> None:
    post.door.flag(post.article)
    if triaged:
        post.work()
    post.flag()
    assert [letter.recipients for letter in post.work()] == [[EVE]]


def test_another_address_does_not_take_the_place_of_the_first(post: Post) -> None:
    post.flag()
    post.flag(email="mallory@mail.example")
    post.work()
    post.decide("clear")
    post.work()
    assert set(post.recipients()) == {EVE}


def test_a_takedown_is_told_when_the_store_was_seen_to_follow(post: Post) -> None:
    post.flag()
    post.work()
    post.decide("takedown")
    post.tell()
    assert len(post.sink.letters) == 1
    (letter,) = post.work()
    assert letter.mail["Subject"] == "The article was taken down"
    assert "The reason: it breaks this rule of Courier:" in letter.text()
    assert '<blockquote lang="" dir="auto">' in letter.text("html")  # a policy says its rules in its own tongue
    assert "The decision was made by a person." in letter.text()
    assert HEADLINE not in letter.text()


def test_a_letter_names_the_day_of_a_flag_its_place_and_its_reason(post: Post) -> None:
    post.flag(target={"kind": "part", "part": "p2"})
    post.flag(reason="hate")
    (letter,) = post.work()
    today = datetime.now(UTC).strftime("%-d %B %Y")
    assert f"Your flag of {today}, on paragraph 2, said: It is false or misleading." in letter.text()
    assert f"Your flag of {today}, on the whole article, said: It attacks people for who they are." in letter.text()


def test_a_clearance_is_told_when_it_was_decided(post: Post) -> None:
    post.flag()
    post.work()
    post.decide("clear")
    (letter,) = post.work()
    assert letter.mail["Subject"] == f"The article stays as it is: {HEADLINE}"
    assert link(letter, "#disagree").endswith("?lang=en#disagree")


def test_it_is_said_in_the_flags_language_in_text_and_in_html(post: Post) -> None:
    post.flag(locale="de-AT")
    (letter,) = post.work()
    assert letter.mail["Content-Language"] == "de"
    assert f"Sie haben „{HEADLINE}“ auf Courier gemeldet." in letter.text()
    assert '<html lang="de">' in letter.text("html")
    assert 'rel="noreferrer">Keine E-Mails mehr dazu</a>' in letter.text("html")


def test_flags_of_one_reader_that_end_alike_are_told_in_one_letter(post: Post) -> None:
    receipts = [post.flag(target={"kind": "part", "part": part}) for part in ("p1", "p2")]
    (received,) = post.work()
    post.decide("clear")
    (decided,) = post.work()
    for letter in (received, decided):
        assert all(receipt in letter.text() for receipt in receipts)


def test_flags_of_one_reader_that_end_differently_are_told_apart(post: Post) -> None:
    for part in ("p1", "p2"):
        post.flag(target={"kind": "part", "part": part})
    post.work()
    post.decide("takedown", parts=["p2"])
    assert {letter.mail["Subject"] for letter in post.work()} == {
        f"Part of the article was taken out: {HEADLINE}",
        f"What you flagged stays as it is: {HEADLINE}",
    }


def test_what_came_too_late_for_a_receipt_gets_the_outcome_alone(post: Post) -> None:
    post.flag()
    post.decide("clear")
    (letter,) = post.work()
    assert "stays as it is" in letter.mail["Subject"]


def test_a_decision_that_is_superseded_is_told_as_changed(post: Post) -> None:
    post.flag()
    post.decide("clear")
    post.work()
    post.decide("takedown")
    (letter,) = post.work()
    assert letter.mail["Subject"] == "The article was taken down"
    assert "something else before: the decision was changed" in letter.text()


def test_a_decision_that_means_the_same_for_a_reader_is_told_to_him_once(post: Post) -> None:
    post.flag(target={"kind": "part", "part": "p1"})
    post.decide("clear")
    post.work()
    post.decide("takedown", parts=["p2"])
    assert post.work() == []


def test_a_decision_just_made_is_told_to_nobody(slow_post: Post) -> None:
    slow_post.flag()
    slow_post.work()
    slow_post.decide("clear")
    assert slow_post.work() == []
    with slow_post.door.services.database.transaction() as session:
        due_at, now = session.execute(select(func.max(UntoldCase.due_at), func.clock_timestamp())).one()
    assert timedelta(seconds=10) < due_at - now < timedelta(seconds=16)


def test_what_a_moderator_has_undone_waits_until_he_lets_go_of_it(post: Post) -> None:
    post.flag()
    post.work()
    post.undo(post.decide("takedown"))
    assert post.work() == []
    with post.door.services.database.transaction() as session:
        session.execute(update(Claim).values(expires_at=func.now()))
        session.execute(update(UntoldCase).values(due_at=func.now()))
    (letter,) = post.work()
    assert "stays as it is" in letter.mail["Subject"]


def test_a_letter_that_never_went_is_taken_back_when_something_else_is_decided(post: Post) -> None:
    post.flag()
    post.work()
    post.sink.answers["CONNECT"] = "421 not now"
    post.decide("clear")
    assert post.work() == []
    del post.sink.answers["CONNECT"]
    post.decide("takedown")
    (letter,) = post.work()
    assert "was changed" not in letter.text()
    with post.door.services.database.transaction() as session:
        assert session.scalars(select(Notice.state)).all() == ["sent", "sent"]


def test_whom_one_turn_does_not_reach_the_next_one_does(post: Post) -> None:
    for number in range(3):
        post.flag(f"reader-{number}", f"eve-{number}@mail.example")
    with patch.object(announcing, "AT_ONCE", 2):
        letters = post.work()
    assert {letter.recipients[0] for letter in letters} == {f"eve-{number}@mail.example" for number in range(3)}


def test_a_case_that_fails_keeps_no_other_waiting(post: Post) -> None:
    post.flag()
    post.door.work()
    with patch.object(announcing, "standing_of", side_effect=RuntimeError):
        post.tell()
    with post.door.services.database.transaction() as session:
        assert session.scalars(select(UntoldCase.due_at > func.clock_timestamp())).all() == [True]
        session.execute(update(UntoldCase).values(due_at=func.now()))
    assert len(post.work()) == 1


def test_a_repeat_of_a_flag_is_not_answered_again(post: Post) -> None:
    receipt = post.flag()
    post.work()
    post.open(f"/r/{receipt}/withdraw", "POST")
    assert post.flag() == receipt
    assert post.work() == []


def test_a_withdrawn_flag_is_not_written_about(post: Post) -> None:
    receipt = post.flag()
    post.door.work()
    post.open(f"/r/{receipt}/withdraw", "POST")
    assert post.work() == []


def test_a_mail_whose_flag_was_withdrawn_on_its_way_is_not_sent(post: Post) -> None:
    receipt = post.flag()
    post.sink.answers["CONNECT"] = "421 not now"
    post.work()
    del post.sink.answers["CONNECT"]
    post.open(f"/r/{receipt}/withdraw", "POST")
    post.make_due()
    assert post.work() == []
    with post.door.services.database.transaction() as session:
        assert session.scalars(select(Notice.id)).all() == []


def test_a_legal_notice_is_confirmed_once_and_answered_place_by_place(post: Post) -> None:
    post.door.put_article("elsewhere")
    items = [{"article": {"external_id": name}} for name in (post.article, "elsewhere")]
    told = {"reason": "hate", "explanation": COMMENT, "email": EVE, "good_faith": True, "items": items}
    receipt = post.door.post("/v1/legal-notices", post.door.reader, told).get_json()["receipt"]
    (letter,) = post.work()
    assert letter.mail["Subject"] == "Your notice of illegal content was received"
    assert link(letter, "/r/") == f"https://flags.example/r/{receipt}?lang=en"
    post.decide("clear")
    (letter,) = post.work()
    assert letter.mail["Subject"] == f"The article stays as it is: {HEADLINE}"


def give_notice(post: Post, *items: dict[str, Any], **words: Any) -> list[str]:
    """Give notice of these items; the receipt of each."""
    told = {"reason": "hate", "explanation": COMMENT, "email": EVE, "good_faith": True, "items": items} | words
    results = post.door.post("/v1/legal-notices", post.door.reader, told).get_json()["results"]
    return [result["flag"]["receipt"] for result in results]


def test_the_confirmation_of_a_notice_says_what_it_is_about(post: Post) -> None:
    named = {"article": {"external_id": post.article}, "target": {"kind": "part", "part": "p2"}}
    give_notice(post, named, {"article": {"url": "https://courier.example/copy"}})
    (letter,) = post.work()
    today = datetime.now(UTC).strftime("%-d %B %Y")
    about = f"You gave Courier notice on {today} that something there is illegal: It attacks people for who they are."
    for said in (about, f"1. “{HEADLINE}” (paragraph 2)", "2. An article (the whole article)"):
        assert said in letter.text().splitlines()
    assert "flag" not in letter.text().replace("https://flags.example", "")
    assert "courier.example/copy" not in letter.text()


@pytest.mark.parametrize(
    ("locale", "subject", "place"),
    [
        ("en", "The article stays as it is: place 2 of 3", "place 2 of 3 (the whole article)"),
        ("de", "Der Artikel bleibt, wie er ist: Stelle 2 von 3", "Stelle 2 von 3 (der ganze Artikel)"),
    ],
)
def test_the_answer_to_one_of_several_addresses_says_which(post: Post, locale: str, subject: str, place: str) -> None:
    # Neither in the order of the alphabet nor told by the site: nothing but the order given tells them apart.
    urls = [f"https://courier.example/{locale}/{name}" for name in ("c", "b", "a")]
    _, second, _ = give_notice(post, *({"article": {"url": url}} for url in urls), locale=locale)
    post.work()
    with post.door.services.database.transaction() as session:
        flag = session.scalars(select(Flag).where(Flag.receipt == second)).one()
    post.decide_case(flag.case_id, "clear")
    (letter,) = post.work()
    assert letter.mail["Subject"] == subject
    assert place in letter.text()
    assert link(letter, "#disagree").startswith(f"https://flags.example/r/{second}?")


def test_a_notice_is_confirmed_though_one_of_its_items_was_withdrawn(post: Post) -> None:
    post.door.put_article("other-place")
    items = [{"article": {"external_id": name}} for name in (post.article, "other-place")]
    told = {"reason": "hate", "explanation": COMMENT, "email": EVE, "good_faith": True, "items": items}
    results = post.door.post("/v1/legal-notices", post.door.reader, told).get_json()["results"]
    post.sink.answers["CONNECT"] = "421 busy"
    assert post.work() == []
    del post.sink.answers["CONNECT"]
    post.open(f"/r/{results[0]['flag']['receipt']}/withdraw", "POST")
    post.make_due()
    assert [letter.mail["Subject"] for letter in post.work()] == ["Your notice of illegal content was received"]
