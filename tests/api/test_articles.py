"""PUT and GET of articles, with their caches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.door import Door, assert_problem
from tests.live import article_of


def test_put_tells_new_changed_and_unchanged_apart(door: Door) -> None:
    bodies = [article_of(), article_of(), article_of("Ferry sinks")]
    answers = [door.put_article("thrice", body) for body in bodies]
    assert [a.status_code for a in answers] == [201, 200, 200]
    assert [a.get_json()["outcome"] for a in answers] == ["created", "unchanged", "changed"]
    assert [a.get_json()["revision"] for a in answers] == [1, 1, 2]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"headline": ""}, "#/headline"),
    ({"headline": "x" * 501}, "#/headline"),
    ({"paragraphs": []}, "#/paragraphs"),
    ({"paragraphs": ["a\x00b"]}, "#/paragraphs/0"),
    ({"paragraphs": ["good", "x" * 20_001]}, "#/paragraphs/1"),
    ({"questions": ["\udc00"]}, "#/questions/0"),
    ({"dateline": {"published_on": "2026-02-30"}}, "#/dateline/published_on"),
    ({"origin": "moon"}, "#/origin"),
    ({"language": "en\n"}, "#/language"),
    ({"url": "ftp://courier.example/"}, "#/url"),
    ({"images": [{"url": "/bell.png"}]}, "#/images/0/url"),
    ({"images": [{"alt": "A bell"}]}, "#/images/0/url"),
    ({"images": [{"url": "https://a.example/"}, {"url": "https://a.example/", "alt": "x" * 1001}]}, "#/images/1/alt"),
    ({"images": [{"url": "https://a.example/"}] * 21}, "#/images"),
]


@pytest.mark.parametrize(("wrong", "pointer"), WRONG)
def test_refusal_names_the_field(door: Door, wrong: dict[str, Any], pointer: str) -> None:
    assert_problem(door.put_article("wrong", article_of() | wrong), 422, pointer)


def test_images_make_a_revision_and_are_given_back(door: Door) -> None:
    bell = {"url": "https://pictures.example/bell.png", "alt": "A bell in the reeds"}
    bodies = [
        article_of(),
        *[article_of() | {"images": [bell, {"url": "http://pictures.example/2"}]}] * 2,
        article_of(),
    ]
    answers = [door.put_article("pictured", body).get_json() for body in bodies[:3]]
    assert [(a["outcome"], a["revision"]) for a in answers] == [("created", 1), ("changed", 2), ("unchanged", 2)]
    shown = door.get("/v1/articles/pictured", door.site).get_json()
    assert shown["images"] == [bell, {"url": "http://pictures.example/2", "alt": ""}]
    assert [part["id"] for part in shown["parts"]] == ["headline", "p1", "p2"]
    assert door.put_article("pictured", bodies[3]).get_json()["outcome"] == "changed"
    assert door.get("/v1/articles/pictured", door.site).get_json()["images"] == []


def test_images_of_what_is_taken_down_are_not_given_back(door: Door) -> None:
    door.put_article("pictured-gone", article_of() | {"images": [{"url": "https://pictures.example/bell.png"}]})
    door.decide(door.flagged("pictured-gone"))
    answer = door.get("/v1/articles/pictured-gone", door.site)
    assert (answer.status_code, "pictures.example" in answer.text) == (410, False)


@pytest.mark.parametrize("external_id", [".hidden", "a%20b", "a%0a", "x" * 201, "%E2%82%AC", "a:b"])
def test_id_of_another_form_is_refused_by_name(door: Door, external_id: str) -> None:
    assert_problem(door.put_article(external_id), 422, "#/external_id")


def test_copy_that_is_still_good_is_304(door: Door, article: str) -> None:
    first = door.get(f"/v1/articles/{article}", door.site)
    again = door.get(f"/v1/articles/{article}", door.site, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_copies_are_private_and_asked_about_before_use(door: Door, article: str) -> None:
    headers = door.get(f"/v1/articles/{article}", door.site).headers
    assert headers["Cache-Control"] == "private, no-cache"
    assert "Authorization" in headers["Vary"]


@pytest.mark.parametrize(("ground", "status"), [("terms", 410), ("law", 451)])
def test_copy_from_before_a_takedown_is_not_good(door: Door, ground: str, status: int) -> None:
    name = f"taken-{ground}"
    door.put_article(name)
    etag = door.get(f"/v1/articles/{name}", door.site).headers["ETag"]
    door.decided(name, ground=ground)
    answer = door.get(f"/v1/articles/{name}", door.site, **{"If-None-Match": etag})
    members = assert_problem(answer, status)
    assert members["external_id"] == name
    assert "headline" not in members


def test_old_copy_is_not_revived_by_the_etag_of_its_takedown(door: Door) -> None:
    door.decided("revived")
    gone = door.get("/v1/articles/revived", door.site)
    again = door.get("/v1/articles/revived", door.site, **{"If-None-Match": gone.headers["ETag"]})
    assert again.status_code == 410


def test_legal_takedown_links_who_blocks(door: Door) -> None:
    door.decided("blocked", ground="law")
    assert door.get("/v1/articles/blocked", door.site).headers["Link"].endswith('>; rel="blocked-by"')


def test_site_learns_what_became_of_its_flags(door: Door) -> None:
    case = door.decided("outcome")
    told = door.get("/v1/articles/outcome/cases", door.site).get_json()["cases"]
    assert [(c["id"], c["state"], c["decision"]["action"]) for c in told] == [(case["id"], "closed", "takedown")]
    assert told[0]["enforcement"]["applied"]


def test_unknown_article_is_404(door: Door) -> None:
    assert_problem(door.get("/v1/articles/unknown", door.site), 404)
    assert_problem(door.get("/v1/articles/unknown/cases", door.site), 404)


def test_other_addresses_are_told_once_and_stay(door: Door, article: str) -> None:
    told = article_of() | {"also_known_as": [f"https://copy.example/{article}"]}
    assert door.put_article(article, told).status_code == 200
    door.put_article(article)
    assert_problem(door.put_article(f"{article}-2", told), 422, "#/also_known_as")


@pytest.mark.parametrize("wrong", ["ferry", ["ferry"], ["at://x y"], [f"https://a.example/{n}" for n in range(21)]])
def test_other_addresses_of_no_such_form(door: Door, article: str, wrong: Any) -> None:
    answer = door.put_article(article, article_of() | {"also_known_as": wrong})
    pointers = [error["pointer"] for error in assert_problem(answer, 422)["errors"]]
    assert all(pointer.startswith("#/also_known_as") for pointer in pointers)
