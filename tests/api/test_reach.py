"""PUT of an article's views, and their batch."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from tests.api.door import Door, assert_problem


def _put(door: Door, article: str, views: Any, **headers: str) -> TestResponse:
    return door.call("PUT", f"/v1/articles/{article}/reach", door.site, {"views": views}, **headers)


def _batch(door: Door, *articles: Any) -> list[dict[str, Any]]:
    answer = door.post("/v1/reach:batch", door.site, {"articles": list(articles)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.get_json()["results"]
    return results


def _later(door: Door) -> None:
    """Let two minutes pass."""
    with door.services.database.transaction() as session:
        session.execute(text("UPDATE article_reach SET reported_at = reported_at - interval '2 minutes'"))


def test_views_are_counted(door: Door, article: str) -> None:
    answer = _put(door, article, 12)
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["external_id"], told["reported_views"], told["views"]) == (article, 12, 12)
    assert told["velocity"] > 0


def test_it_is_told_how_many_are_believed(door: Door, article: str) -> None:
    told = _put(door, article, 1_000_000).get_json()
    assert (told["reported_views"], told["views"]) == (1_000_000, 100)


def test_a_second_report_within_a_minute_is_429(door: Door, article: str) -> None:
    _put(door, article, 12)
    answer = _put(door, article, 13)
    assert_problem(answer, 429)
    assert 50 <= int(answer.headers["Retry-After"]) <= 60


def test_after_a_minute_the_next_is_taken(door: Door, article: str) -> None:
    _put(door, article, 12)
    _later(door)
    assert _put(door, article, 13).get_json()["views"] == 13


def test_a_wrong_report_is_mended_by_the_next(door: Door, article: str) -> None:
    assert _put(door, article, 10**12).get_json()["views"] == 100
    for views in (50, 60):
        _later(door)
        told = _put(door, article, views).get_json()
        assert (told["reported_views"], told["views"]) == (views, views)


def test_unknown_article_is_404(door: Door) -> None:
    assert_problem(_put(door, "unknown", 12), 404)


@pytest.mark.parametrize("views", [None, -1, 1.5, "12", True, 10**12 + 1, [], {}])
def test_what_is_no_count_is_refused_by_name(door: Door, article: str, views: Any) -> None:
    assert_problem(_put(door, article, views), 422, "#/views")


def test_no_more_than_the_views_is_taken(door: Door, article: str) -> None:
    answer = door.call("PUT", f"/v1/articles/{article}/reach", door.site, {"views": 1, "velocity": 9})
    assert_problem(answer, 422, "#/velocity")


@pytest.mark.parametrize("path", ["PUT /v1/articles/any/reach", "POST /v1/reach:batch"])
def test_readers_cannot_report_views(door: Door, path: str) -> None:
    method, _, path = path.partition(" ")
    assert_problem(door.call(method, path, door.reader, {"views": 1}), 403)


def test_batch_answers_each_article_on_its_own(door: Door, article: str) -> None:
    good = {"external_id": article, "views": 12}
    results = _batch(door, good, {"external_id": "unknown", "views": 1}, {"external_id": article}, good, {}, "x", None)
    assert [result["status"] for result in results] == [200, 404, 422, 429, 422, 422, 422]
    assert results[0]["reach"]["views"] == 12
    assert results[2]["problem"]["errors"][0]["pointer"] == "#/views"


def test_batch_of_1000_is_taken_and_one_of_1001_is_not(door: Door) -> None:
    articles = [{"external_id": f"{'x' * 190}-{n}", "views": n} for n in range(1001)]
    assert {result["status"] for result in _batch(door, *articles[:1000])} == {404}
    assert_problem(door.post("/v1/reach:batch", door.site, {"articles": articles}), 422, "#/articles")


@pytest.mark.parametrize("articles", [[], None, {}, "x"])
def test_batch_that_is_none_is_refused_by_name(door: Door, articles: Any) -> None:
    members = assert_problem(door.post("/v1/reach:batch", door.site, {"articles": articles}), 422)
    assert members["errors"][0]["pointer"].startswith("#/articles")


def test_the_document_says_what_is_in_a_batch(door: Door) -> None:
    schemas = door.app.test_client().get("/openapi.json").get_json()["components"]["schemas"]
    assert schemas["ReachBatch"]["properties"]["articles"]["items"] == {"$ref": "#/components/schemas/ArticleViews"}
