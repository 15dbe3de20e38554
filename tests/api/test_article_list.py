"""The list of a site's articles, as readers may see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from moderation_service.sites import service as sites
from tests.api.door import Door, assert_problem, bearer
from tests.factories import ACTOR, make_site
from tests.live import article_of


def _page(door: Door, query: str = "limit=100") -> list[dict[str, Any]]:
    answer = door.get(f"/v1/articles?{query}", door.site)
    assert answer.status_code == 200, answer.text
    articles: list[dict[str, Any]] = answer.get_json()["articles"]
    return articles


def _row(door: Door, external_id: str) -> dict[str, Any]:
    return next(row for row in _page(door) if row["external_id"] == external_id)


def _pages(door: Door, query: str) -> Iterator[list[str]]:
    path: str | None = f"/v1/articles?{query}"
    while path:
        answer = door.get(path, door.site)
        yield [row["external_id"] for row in answer.get_json()["articles"]]
        link = answer.headers.get("Link", "")
        path = link[1:].partition(">")[0].removeprefix("http://localhost") or None


def test_a_visible_article_is_listed_with_its_face(door: Door) -> None:
    said = {"dateline": {"place": "Tarnbeck", "published_on": "2026-03-06"}, "url": "https://courier.example/face"}
    door.put_article("face", article_of() | said)
    row = _row(door, "face")
    assert row.pop("changed_at")
    assert row == {
        "external_id": "face",
        "url": "https://courier.example/face",
        "origin": "editorial",
        "revision": 1,
        "state": "visible",
        "headline": "Ferry runs again",
        "category": "LOCAL",
        "dateline": said["dateline"],
        "language": "en",
    }


@pytest.mark.parametrize(("ground", "state"), [("terms", "removed"), ("law", "removed_legal")])
def test_of_what_was_taken_down_nothing_is_told_but_that(door: Door, ground: str, state: str) -> None:
    door.decided(f"listed-{ground}", ground=ground)
    row = _row(door, f"listed-{ground}")
    assert (row["state"], row["headline"], row["category"]) == (state, None, None)


def test_a_headline_that_was_removed_is_not_listed(door: Door) -> None:
    door.decided("headless", parts=["headline"])
    row = _row(door, "headless")
    assert (row["state"], row["headline"], row["category"]) == ("redacted", None, "LOCAL")


def test_an_article_without_one_paragraph_keeps_its_face(door: Door) -> None:
    dateline = {"place": "Tarnbeck", "published_on": "2026-03-06"}
    door.put_article("redated", article_of() | {"dateline": dateline})
    door.decide(door.flagged("redated"), parts=["p1"])
    row = _row(door, "redated")
    assert (row["state"], row["headline"], row["dateline"]) == ("redacted", "Ferry runs again", dateline)


def test_an_article_known_from_flags_alone_has_no_face_yet(door: Door) -> None:
    flag = {"article": {"external_id": "unsent", "url": "https://courier.example/unsent"}, "reason": "spam"}
    assert door.post("/v1/flags", door.reader, flag).status_code == 202
    row = _row(door, "unsent")
    assert (row["revision"], row["state"], row["headline"]) == (0, "visible", None)


def test_what_changed_since_a_moment_is_listed_with_the_latest_last(door: Door) -> None:
    for name in ("since-1", "since-2", "since-3"):
        door.put_article(name)
    moment = _row(door, "since-2")["changed_at"]
    door.decided("since-1")
    changed = [row["external_id"] for row in _page(door, f"changed_since={quote(moment)}")]
    assert changed == ["since-2", "since-3", "since-1"]


def test_the_same_content_again_is_no_change_but_another_address_is(door: Door, article: str) -> None:
    before = _row(door, article)["changed_at"]
    door.put_article(article)
    assert _row(door, article)["changed_at"] == before
    door.put_article(article, article_of() | {"url": "https://courier.example/moved"})
    assert _row(door, article)["changed_at"] > before


def test_the_pages_together_are_the_whole_list(door: Door) -> None:
    for number in range(5):
        door.put_article(f"paged-{number}")
    whole = [row["external_id"] for row in _page(door)]
    pages = list(_pages(door, "limit=2"))
    assert [name for page in pages for name in page] == whole
    assert max(map(len, pages)) == 2


def test_the_articles_of_another_site_are_not_listed(door: Door, article: str) -> None:
    with door.services.database.transaction() as session:
        other = make_site(session, "gazette")
        key = sites.add_key(session, other, kind="secret", name="test", actor=ACTOR)
    assert door.get("/v1/articles", bearer(key)).get_json()["articles"] == []


@pytest.mark.parametrize(
    "query", ["changed_since=yesterday", "changed_since=2026-01-01T00:00:00", "cursor=x", "limit=0"]
)
def test_what_cannot_be_read_is_refused_by_name(door: Door, query: str) -> None:
    field = query.partition("=")[0]
    members = assert_problem(door.get(f"/v1/articles?{query}", door.site), 422)
    assert field in members["errors"][0]["pointer"]
