"""Bounds: how fast, how big, how deep."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.api.conftest import MakeDoor
from tests.api.door import Door, assert_problem
from tests.live import article_of, flag_of


def assert_too_many(answer: TestResponse, policy: str) -> None:
    """429 that says which policy, and when to come again."""
    members = assert_problem(answer, 429)
    assert members["violated-policies"] == [policy]
    assert members["type"].endswith("#quota-exceeded")
    assert 1 <= int(answer.headers["Retry-After"]) <= 24 * 3600  # by the day, so that no window ends in a test


@pytest.mark.parametrize("policy", ["reporter", "site", "network"])
def test_one_too_many_is_429(make_door: MakeDoor, policy: str) -> None:
    door = make_door(**{f"rate_limit_{policy}": "2/day"})
    for article in ("one", "two", "three"):
        door.put_article(article)
    answers = [door.flag(article) for article in ("one", "two", "three")]
    assert [answer.status_code for answer in answers[:2]] == [202, 202]
    assert_too_many(answers[2], policy)


def test_reporters_are_counted_apart(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_reporter="1/day")
    door.put_article("ferry")
    assert [door.flag("ferry", f"reader-{n}").status_code for n in range(3)] == [202] * 3


def test_remaining_number_falls(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_reporter="5/day")
    door.put_article("ferry")
    left = [door.flag("ferry").headers["RateLimit"].split(";")[1] for _ in range(3)]
    assert left == ["r=4", "r=3", "r=2"]


def test_batch_counts_each_of_its_flags(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_site="5/day")
    door.put_article("ferry")
    flags = [flag_of("ferry", f"reader-{n}") for n in range(6)]
    assert_too_many(door.post("/v1/flags:batch", door.site, {"flags": flags}), "site")
    assert door.get("/metrics", door.nobody).status_code == 200


def test_batch_goes_on_past_a_reporter_who_sent_too_many(make_door: MakeDoor) -> None:
    door = make_door(rate_limit_reporter="1/day")
    for article in ("one", "two"):
        door.put_article(article)
    flags = [flag_of("one", "loud"), flag_of("two", "loud"), flag_of("two", "quiet")]
    results = door.post("/v1/flags:batch", door.site, {"flags": flags}).get_json()["results"]
    assert [result["status"] for result in results] == [202, 429, 202]
    assert results[1]["problem"]["violated-policies"] == ["reporter"]


def test_limits_are_open_without_redis(make_door: MakeDoor) -> None:
    door = make_door(redis_url="redis+socket:///nowhere.sock?virtual_host=0", rate_limit_reporter="2/day")
    for article in ("one", "two", "three"):
        door.put_article(article)
    # A cap of this process's own holds all the same.
    assert [door.flag(article).status_code for article in ("one", "two", "three")] == [202, 202, 429]


@pytest.mark.parametrize("names", [["m1"] * 4, ["a", "b", "c", "d"]])
def test_sign_in_is_throttled_by_account_and_by_address(make_door: MakeDoor, names: list[str]) -> None:
    door = make_door(rate_limit_login="3/day")
    bodies = [{"username": name, "password": "wrong password"} for name in names]
    answers = [door.post("/v1/sessions", door.nobody, body) for body in bodies]
    assert [answer.status_code for answer in answers[:3]] == [401] * 3
    assert_too_many(answers[3], "login")


def test_body_of_64_kilobytes_and_more_is_413(door: Door, article: str) -> None:
    body = b'{"x": "' + b"x" * 2**16 + b'"}'
    assert_problem(door.post("/v1/flags", door.reader, body), 413)
    assert_problem(door.post("/v1/sessions", door.nobody, body), 413)
    assert_problem(door.post("/v1/cases/1/notes", door.moderator, body), 413)


def test_article_may_have_four_megabytes_and_no_more(door: Door) -> None:
    long = ["x" * 19_000] * 200
    assert door.put_article("long", article_of(paragraphs=long)).status_code == 201
    assert_problem(door.put_article("longer", article_of(paragraphs=long * 2)), 413)


def test_nobody_without_a_key_makes_us_read_a_body(door: Door) -> None:
    answer = door.call("PUT", "/v1/articles/ferry", door.nobody, b"x" * 5_000_000)
    assert_problem(answer, 401)


@pytest.mark.parametrize("bomb", [b"[" * 60_000, b'{"a":' * 10_000, b'{"comment":' + b"[" * 30_000])
def test_depth_bomb_is_a_bad_request(door: Door, bomb: bytes) -> None:
    assert_problem(door.post("/v1/flags", door.reader, bomb), 400)


@pytest.mark.parametrize("body", [b"\xff\xfe{}", b"{", b"NaN", b'"words"', b"[]", b"null", b"9" * 5000, b""])
def test_body_that_is_no_object_is_refused(door: Door, body: bytes) -> None:
    answer = door.post("/v1/flags", door.reader, body)
    assert answer.status_code in {400, 422}
    assert_problem(answer, answer.status_code)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""])
def test_body_of_another_type_is_415(door: Door, article: str, kind: str) -> None:
    answer = door.post("/v1/flags", door.reader, flag_of(article, "r"), **{"Content-Type": kind})
    assert_problem(answer, 415)


def test_json_of_another_name_is_taken(door: Door, article: str) -> None:
    answer = door.post("/v1/flags", door.reader, flag_of(article, "r"), **{"Content-Type": "application/ld+json"})
    assert answer.status_code == 202
