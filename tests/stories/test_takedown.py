"""From a page saved as text to 410, and back to 200 when a colleague decides anew."""

from __future__ import annotations

from typing import Any

import pytest

from moderation_service.articles.importing import read_page
from tests.live import Service, flag_of, until, verdict_on

PAGE = """HEALTH
Spring water of Oldmere said to mend broken bones
Oldmere, NorthshireTue Mar 3 2026
The owner of a spring at Oldmere sells its water as a remedy for broken bones.
Doctors of the county hospital know of no bone that it has mended.
A flask costs as much as a week's bread.
continue reading...
questions
Has anybody measured what is in the water?
Who inspects the spring?
actions
flag content
"""


def imported(name: str, page: str = PAGE) -> dict[str, Any]:
    """The page as the body that the API takes."""
    content = read_page(page.encode(), name=f"{name}.txt").content
    return {
        "category": content.category,
        "headline": content.headline,
        "dateline": {"place": content.place, "published_on": str(content.published_on)},
        "paragraphs": list(content.paragraphs),
        "questions": list(content.questions),
    }


@pytest.fixture
def receipt(live: Service, request: pytest.FixtureRequest) -> tuple[str, str]:
    """An article of the test's own that was flagged by one reader: its id and the receipt."""
    article = request.node.name
    live.put_article(article, imported(article))
    answer = live.reader.post("/v1/flags", flag_of(article, "reader-1"))
    assert answer.status_code == 202, answer.text
    return article, answer.json()["receipt"]


def standing(live: Service, receipt: str) -> dict[str, Any]:
    """What the reader is told of his flag."""
    found: dict[str, Any] = live.reader.get(f"/v1/flags/{receipt}").json()
    return found


def waiting(live: Service, article: str) -> dict[str, Any]:
    """The article's case, once it is in the queue."""
    case = until(lambda: live.open_case(article))
    assert case is not None
    return case


def test_imported_page_is_shown_with_all_its_parts(live: Service) -> None:
    live.put_article("spring-water", imported("spring-water"))
    shown = live.shown("spring-water").json()
    assert [part["id"] for part in shown["parts"]] == ["headline", "dateline", "p1", "p2", "p3", "q1", "q2"]
    assert shown["dateline"] == {"place": "Oldmere, Northshire", "published_on": "2026-03-03"}


def test_flag_waits_in_the_queue_for_a_moderator(live: Service, receipt: tuple[str, str]) -> None:
    article, flag = receipt
    case = waiting(live, article)
    assert (case["reasons"], case["flags"], case["held"]) == (["misleading"], 1, None)
    assert standing(live, flag)["status"] == "in review"


def test_takedown_is_applied_and_its_reader_told(live: Service, receipt: tuple[str, str]) -> None:
    article, flag = receipt
    decision = live.decide(waiting(live, article))
    gone = live.shown_as(article, 410)
    assert gone.json()["external_id"] == article
    told = until(lambda: (seen := standing(live, flag))["applied_at"] and seen)
    assert told["status"] == "upheld"
    assert told["applied_at"] > decision["decided_at"]


def test_superseding_decision_brings_the_article_back(live: Service, receipt: tuple[str, str]) -> None:
    article, flag = receipt
    before = live.shown(article).json()
    case = waiting(live, article)
    first = live.decide(case)
    live.shown_as(article, 410)
    second = live.decide(case, "clear")
    assert second["supersedes"] == first["id"]
    assert live.shown_as(article, 200).json() == before
    assert standing(live, flag)["status"] == "not upheld"


def test_case_tells_its_history_in_order(live: Service, receipt: tuple[str, str]) -> None:
    article, _ = receipt
    case = waiting(live, article)
    live.decide(case)
    live.shown_as(article, 410)
    path = f"/v1/cases/{case['id']}"
    kinds = until(lambda: (seen := [e["kind"] for e in live.moderator.get(path).json()["history"]])[3:] and seen)
    assert kinds == ["opened", "claimed", "decided", "applied"]


def test_takedown_by_law_says_who_blocks(live: Service, receipt: tuple[str, str]) -> None:
    article, _ = receipt
    live.decide(waiting(live, article), ground="law")
    blocked = live.shown_as(article, 451)
    assert 'rel="blocked-by"' in blocked.headers["Link"]
    assert blocked.headers["Content-Type"] == "application/problem+json"


def test_decision_on_what_moved_on_is_refused_with_what_changed(live: Service, receipt: tuple[str, str]) -> None:
    article, _ = receipt
    case = waiting(live, article)
    held = live.moderator.post(f"/v1/cases/{case['id']}/claim").json()
    live.put_article(article, imported(article, PAGE.replace("a week's bread", "a day's bread")))
    answer = live.moderator.post(f"/v1/cases/{case['id']}/decisions", verdict_on(held))
    assert answer.status_code == 409
    assert answer.json()["changed"] == [{"kind": "article_revised", "revision": 2}]
