"""The receipt's page: what it tells whoever holds the link, and what he may do there."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation_service.audit.models import AuditEntry
from moderation_service.intake.models import FlagContact
from moderation_service.sites import service as sites
from tests.api.conftest import MakeDoor
from tests.api.door import Door
from tests.live import article_of, verdict_on

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
HEADLINE = "Ferry runs again"
_numbers = itertools.count()


def flagged(door: Door, **words: Any) -> tuple[str, str]:
    """A flag on an article of its own; the article's id and the receipt."""
    name = f"receipt-{next(_numbers)}"
    door.put_article(name, article_of(HEADLINE, ["First.", "Second."]))
    return name, door.flag(name, **words).get_json()["receipt"]


def decided(door: Door, action: str, *, verdict: dict[str, Any] | None = None, **words: Any) -> str:
    """The receipt of a flag that was decided and carried out."""
    name, receipt = flagged(door, **words)
    decide(door, name, action, **(verdict or {}))
    return receipt


def decide(door: Door, name: str, action: str, **words: Any) -> None:
    door.work()
    cases = door.get("/v1/cases?limit=100", door.moderator).get_json()["cases"]
    case = next(case for case in cases if case["article"]["external_id"] == name)
    door.post(f"/v1/cases/{case['id']}/claim", door.moderator)
    answer = door.post(f"/v1/cases/{case['id']}/decisions", door.moderator, verdict_on(case, action, **words))
    assert answer.status_code == 201, answer.text
    door.work()


def page(door: Door, receipt: str, query: str = "", **headers: str) -> TestResponse:
    return door.get(f"/r/{receipt}{query}", door.nobody, **headers)


def test_it_tells_what_was_flagged_and_that_it_waits(door: Door) -> None:
    _, receipt = flagged(door, comment="Nobody was <there>.", target={"kind": "part", "part": "p2"})
    answer = page(door, receipt)
    assert answer.status_code == 200
    for words in (
        HEADLINE,
        "paragraph 2",
        "Second.",
        "Nobody was &lt;there&gt;.",
        "We have your flag",
        "Courier",
        "misleading",
    ):
        assert words in answer.text


def test_it_is_in_review_once_it_was_taken_in(door: Door) -> None:
    _, receipt = flagged(door)
    door.work()
    assert "Your flag is in review" in page(door, receipt).text


def test_what_was_taken_down_is_told_with_its_rule_and_named_no_more(door: Door) -> None:
    text = page(door, decided(door, "takedown")).text
    assert "The article was taken down" in text
    assert "The site was seen to follow the decision on" in text
    assert "The reason: it breaks this rule of Courier:" in text
    assert '<blockquote lang="" dir="auto">' in text  # a policy says its rules in its own tongue
    assert HEADLINE not in text


def test_a_takedown_by_law_says_so(door: Door) -> None:
    receipt = decided(door, "takedown", verdict={"clause": "3.4", "ground": "law"})
    assert "The reason: it breaks the law." in page(door, receipt).text


def test_it_links_the_article_while_readers_may_see_it_and_the_site(door: Door) -> None:
    name, url = f"linked-{next(_numbers)}", "https://courier.example/linked"
    door.put_article(name, article_of(HEADLINE) | {"url": url})
    receipt = door.flag(name).get_json()["receipt"]
    assert f'<a href="{url}" rel="noreferrer"><span' in page(door, receipt).text
    decide(door, name, "takedown")
    text = page(door, receipt).text
    assert url not in text
    assert '<a href="https://courier.example" rel="noreferrer">Courier</a>' in text


def test_a_part_that_was_taken_out_is_numbered_and_not_quoted(door: Door) -> None:
    receipt = decided(door, "takedown", verdict={"parts": ["p2"]}, target={"kind": "part", "part": "p2"})
    text = page(door, receipt).text
    assert "paragraph 2" in text
    assert "Second." not in text


def test_an_address_that_is_not_the_sites_is_not_linked(door: Door) -> None:
    door.put_article("elsewhere", article_of() | {"url": "https://elsewhere.example/a"})
    receipt = door.flag("elsewhere").get_json()["receipt"]
    assert "elsewhere.example" not in page(door, receipt).text


@pytest.mark.parametrize(
    ("language", "said", "unsaid"),
    [
        (
            {},
            ["The article is not to stay", "The decision is recorded for the site to carry out."],
            ["was seen to follow", "was taken down"],
        ),
        (
            GERMAN,
            ["Der Artikel soll nicht bleiben", "Die Entscheidung ist festgehalten"],
            ["festgestellt", "Der Artikel wurde entfernt"],
        ),
    ],
)
def test_of_an_article_that_its_site_never_sent_nobody_says_that_the_site_follows(
    door: Door, language: dict[str, str], said: list[str], unsaid: list[str]
) -> None:
    name = f"untold-{next(_numbers)}"
    article = {"external_id": name, "url": f"https://courier.example/{name}"}
    receipt = door.post("/v1/flags", door.reader, {"article": article, "reason": "hate"}).get_json()["receipt"]
    decide(door, name, "takedown")
    text = page(door, receipt, **language).text
    assert [words for words in said if words not in text] == []
    assert [words for words in unsaid if words in text] == []
    assert door.get(f"/v1/flags/{receipt}", door.reader).get_json()["applied_at"] is None


def test_words_that_were_taken_out_are_not_shown_again(door: Door) -> None:
    target = {"kind": "quotation", "part": "p2", "selector": {"exact": "Second"}}
    name, receipt = flagged(door, target=target)
    assert "<q" in page(door, receipt).text
    decide(door, name, "takedown", parts=["p2"])
    text = page(door, receipt).text
    assert "Part of the article was taken out" in text
    assert HEADLINE in text
    assert "Second" not in text


def test_words_of_the_whole_article_are_not_shown_once_any_were_taken_out(door: Door) -> None:
    target = {"kind": "quotation", "selector": {"exact": "First and Second"}}
    name, receipt = flagged(door, target=target)
    assert "First and Second" in page(door, receipt).text
    decide(door, name, "takedown", parts=["p2"])
    text = page(door, receipt).text
    assert "Part of the article was taken out" in text
    assert "First and Second" not in text


def test_what_stays_is_told_with_respect(door: Door) -> None:
    text = page(door, decided(door, "clear")).text
    assert "The article stays as it is" in text
    assert "Thank you for telling us all the same" in text


def test_a_decision_about_another_part_is_told_as_such(door: Door) -> None:
    receipt = decided(door, "takedown", verdict={"parts": ["p2"]}, target={"kind": "part", "part": "p1"})
    assert "What you flagged stays as it is" in page(door, receipt).text


def test_it_speaks_the_browsers_language_unless_asked_for_another(door: Door) -> None:
    _, receipt = flagged(door)
    assert 'lang="de"' in page(door, receipt, **GERMAN).text.partition("<head>")[0]
    assert "Ihre Meldung ist da" in page(door, receipt, **GERMAN).text
    assert "We have your flag" in page(door, receipt, "?lang=en", **GERMAN).text
    assert f'href="/r/{receipt}/withdraw?lang=de"' in page(door, receipt, "?lang=de").text


@pytest.mark.parametrize("receipt", ["0198f000-0000-7000-8000-000000000000", "nothing", "%00", "%F0%9F%92%A5"])
@pytest.mark.parametrize("path", ["", "/withdraw", "/erase-email"])
def test_a_receipt_that_does_not_exist_is_told_in_words(door: Door, receipt: str, path: str) -> None:
    answer = page(door, receipt + path, **GERMAN)
    assert (answer.status_code, answer.mimetype) == (404 if "%00" not in receipt else 400, "text/html")


def test_nobody_else_learns_of_it(door: Door) -> None:
    headers = page(door, flagged(door)[1]).headers
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "Set-Cookie" not in headers


def test_a_flag_is_withdrawn_after_asking_and_twice_is_the_same(door: Door) -> None:
    _, receipt = flagged(door)
    path = f"/r/{receipt}/withdraw"
    assert "Withdraw this flag?" in door.get(path, door.nobody).text
    assert "We have your flag" in page(door, receipt).text
    for _ in range(2):
        answer = door.post(f"{path}?lang=de", door.nobody)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/r/{receipt}?lang=de")
    assert "You withdrew this flag" in page(door, receipt).text


def test_a_decision_outlasts_the_flag_and_the_page_says_so_before_and_after(door: Door) -> None:
    receipt = decided(door, "takedown")
    asked = door.get(f"/r/{receipt}/withdraw", door.nobody).text
    assert "“The article was taken down”. That decision stands, whether you withdraw the flag or not." in asked
    door.post(f"/r/{receipt}/withdraw", door.nobody)
    text = page(door, receipt).text
    assert "a person had decided: “The article was taken down”. That decision stands." in text
    for words in (
        "If you think that the decision is wrong",
        "The decision was made by a person",
        "can see and withdraw",
    ):
        assert words not in text
    assert "Die Entscheidung hat" not in page(door, receipt, **GERMAN).text


def test_a_flag_that_is_withdrawn_is_not_asked_about_again(door: Door) -> None:
    _, receipt = flagged(door)
    assert "decided already" not in door.get(f"/r/{receipt}/withdraw", door.nobody).text
    door.post(f"/r/{receipt}/withdraw", door.nobody)
    assert door.get(f"/r/{receipt}/withdraw", door.nobody).headers["Location"] == f"/r/{receipt}"
    assert "Once it is decided" not in page(door, receipt).text


def test_what_is_decided_after_a_flag_was_withdrawn_is_no_answer_to_it(door: Door) -> None:
    name, receipt = flagged(door)
    door.flag(name, "another reader")
    door.work()
    door.post(f"/r/{receipt}/withdraw", door.nobody)
    decide(door, name, "clear")
    assert "had decided" not in page(door, receipt).text


def test_who_flags_again_after_withdrawing_has_the_same_receipt_again(door: Door) -> None:
    name, receipt = flagged(door)
    door.post(f"/r/{receipt}/withdraw", door.nobody)
    door.flag(name)
    assert "We have your flag" in page(door, receipt).text


def test_who_disagrees_is_sent_to_the_contact_that_is_set_or_else_to_the_editors(door: Door) -> None:
    receipt = decided(door, "clear")
    text = page(door, receipt).text
    assert "write to the editors of Courier and name the address of this page" in text
    assert f"{door.settings.public_url}/r/{receipt}</p>" in text
    with door.services.database.transaction() as session:
        sites.adjust(session, "courier", actor="test", legal_url="https://courier.example/contact")
    try:
        assert 'href="https://courier.example/contact"' in page(door, receipt).text
    finally:
        with door.services.database.transaction() as session:
            sites.adjust(session, "courier", actor="test", legal_url=None)


def test_an_address_is_erased_and_the_trail_says_so_without_it(door: Door) -> None:
    _, receipt = flagged(door, email="reader@courier.example")
    assert "We keep an e-mail address" in page(door, receipt).text
    assert "reader@courier.example" not in page(door, receipt).text
    for _ in range(2):
        answer = door.post(f"/r/{receipt}/erase-email", door.nobody)
        assert "Your e-mail address was erased." in door.get(answer.headers["Location"], door.nobody).text
    assert "Your e-mail address was erased." not in page(door, receipt).text
    assert "was erased on" in page(door, receipt).text
    with door.services.database.transaction() as session:
        assert session.scalars(select(FlagContact.email).where(FlagContact.erased_at.is_not(None))).all() == [None]
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "flag.email_erased")).all()
    assert [(entry.actor, entry.detail) for entry in entries] == [("reporter", {})]


def test_a_network_that_guesses_learns_nothing_more(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_receipt="2/day")
    _, receipt = flagged(door)
    nowhere = "0198f000-0000-7000-8000-00000000000{}"
    assert [page(door, nowhere.format(n)).status_code for n in range(4)] == [404, 404, 429, 429]
    answer = page(door, receipt)
    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_flag_that_came_after_a_decision_is_not_said_to_be_looked_at(door: Door) -> None:
    name, _ = flagged(door)
    decide(door, name, "clear")
    late = door.flag(name, "reader-2", comment="Look again.").get_json()["receipt"]
    door.work()
    shown = page(door, late).text
    assert "answered automatically, with a decision that a person had made before" in shown
    assert "The decision was made by a person" not in shown
