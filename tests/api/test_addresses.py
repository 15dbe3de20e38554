"""Whichever way somebody writes a page's address, and at whichever door, it is that page; one too long is refused."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from moderation_service.articles.models import Article
from moderation_service.intake.models import Flag
from tests.api.door import Door, assert_problem
from tests.live import ORIGIN, article_of, flag_of

TRACKED = "?utm_source=newsletter"
TOO_LONG = f"{ORIGIN}/{''.join(chr(0x4E00 + 7 * n) for n in range(900))}"


def url_of(name: str) -> str:
    return f"{ORIGIN}/articles/{name}"


def spellings_of(name: str) -> list[str]:
    shouted = url_of(name).replace("https://courier.example", "HTTPS://Courier.EXAMPLE:443")
    escaped = url_of(name).replace("articles", "%61rticles")
    return [f"{url_of(name)}#p2", f"{url_of(name)}{TRACKED}", shouted, escaped, f"{ORIGIN}/a/../articles/{name}"]


def put(door: Door, name: str, url: str, **more: Any) -> None:
    assert door.put_article(name, article_of() | {"url": url} | more).status_code in {200, 201}


def by_address(url: str, reporter: str) -> dict[str, Any]:
    """A flag that names its article by its address alone."""
    return flag_of("", reporter) | {"article": {"url": url}}


def notice(*urls: str) -> dict[str, Any]:
    return {"reason": "defamation", "items": [{"article": {"url": url}} for url in urls]}


def articles_named(door: Door, name: str) -> int:
    """How many articles there are whose address has this in it."""
    with door.services.database.transaction() as session:
        return session.execute(select(func.count()).where(Article.url.contains(name))).scalar_one()


def test_flags_and_notices_by_any_spelling_are_about_the_one_article(door: Door) -> None:
    put(door, "spelled", url_of("spelled"))
    for number, url in enumerate(spellings_of("spelled")):
        assert door.post("/v1/flags", door.reader, by_address(url, f"r{number}")).status_code == 202
    assert door.post("/v1/legal-notices", door.reader, notice(*spellings_of("spelled"))).status_code == 202
    assert articles_named(door, "spelled") == 1


def test_a_takedown_that_came_of_another_spelling_takes_the_article_down(door: Door) -> None:
    put(door, "fragment", url_of("fragment"))
    door.post("/v1/legal-notices", door.reader, notice(f"{url_of('fragment')}#p2"))
    door.work()
    cases = door.get("/v1/cases?limit=100", door.moderator).get_json()["cases"]
    (case,) = (case for case in cases if "fragment" in case["article"]["url"])
    door.decide(case)
    assert door.get("/v1/articles/fragment", door.site).status_code == 410


@pytest.mark.parametrize("place", range(5))
def test_an_article_is_found_however_its_site_writes_its_address(door: Door, place: int) -> None:
    name = f"written-{place}"
    door.post("/v1/flags", door.reader, by_address(url_of(name), "before"))
    put(door, name, spellings_of(name)[place])
    door.post("/v1/flags", door.reader, by_address(url_of(name), "after"))
    assert articles_named(door, name) == 1
    assert door.get(f"/v1/articles/{name}", door.site).get_json()["url"] == url_of(name)


def test_its_other_addresses_are_found_however_they_are_written(door: Door) -> None:
    put(door, "known-as", url_of("known-as"), also_known_as=[f"{ORIGIN}/print/known-as{TRACKED}"])
    door.post("/v1/flags", door.reader, by_address(f"{ORIGIN}/print/known-as#top", "r"))
    assert articles_named(door, "known-as") == 1


def test_an_address_from_before_there_was_a_normal_form_is_found_as_it_is(door: Door) -> None:
    with door.services.database.transaction() as session:
        session.add(Article(site_id=door.newsroom.site_id, url=f"{url_of('old-row')}{TRACKED}"))
    door.post("/v1/flags", door.reader, by_address(f"{url_of('old-row')}{TRACKED}", "r"))
    assert articles_named(door, "old-row") == 1


def test_an_address_too_long_is_refused_by_its_field(door: Door) -> None:
    flagged = door.post("/v1/flags", door.reader, by_address(TOO_LONG, "r"))
    assert_problem(flagged, 422, "#/article/url")
    assert_problem(door.put_article("too-long", article_of() | {"url": TOO_LONG}), 422, "#/url")
    assert_problem(door.post("/v1/legal-notices", door.reader, notice(TOO_LONG)), 422, "#/items/0/article/url")


def test_an_address_too_long_costs_no_other_item_of_its_notice(door: Door, article: str) -> None:
    body = notice(TOO_LONG)
    body["items"].append({"article": {"external_id": article}})
    answer = door.post("/v1/legal-notices", door.reader, body).get_json()
    refused, taken = answer["results"]
    assert (refused["status"], taken["status"]) == (422, 202)
    assert refused["problem"]["errors"][0]["pointer"] == "#/article/url"
    with door.services.database.transaction() as session:
        assert session.scalar(select(Flag.id).where(Flag.receipt == taken["flag"]["receipt"]))
