"""The short way to flag answers as the route does, and leaves to it whatever is not in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.door import Door
from tests.live import flag_of

ODD = {"Content-Type": "application/json; charset=utf-8"}  # the short way knows the plain type alone


@dataclass(frozen=True)
class Used:
    """A door whose keys are remembered, as the short way needs them, and an article of this test's own."""

    door: Door
    article: str

    def flag(self, reporter: str, **headers: str) -> TestResponse:
        """Flag the article."""
        return self.send(flag_of(self.article, reporter), **headers)

    def send(self, body: Any, **headers: str) -> TestResponse:
        """Send any body."""
        return self.door.post("/v1/flags", self.door.reader, body, **headers)


@pytest.fixture
def used(door: Door, article: str) -> Used:
    used = Used(door, article)
    assert used.flag("first").status_code == 202
    return used


def routes_taken(door: Door, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A list that grows with each request that gets as far as Flask."""
    taken: list[str] = []
    monkeypatch.setitem(
        door.app.before_request_funcs, None, [lambda: taken.append("flask"), *door.app.before_request_funcs[None]]
    )
    return taken


def test_ordinary_flag_goes_the_short_way(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = routes_taken(used.door, monkeypatch)
    assert used.flag("second").status_code == 202
    assert taken == []


def test_reporter_of_known_age_goes_the_short_way_too(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = routes_taken(used.door, monkeypatch)
    reporter = {"id": "second", "first_seen_at": "2026-11-01T00:00:00Z"}
    assert used.send(flag_of(used.article, "") | {"reporter": reporter}).status_code == 202
    assert taken == []


def test_both_ways_send_the_same_headers(used: Used) -> None:
    short, long = used.flag("second"), used.flag("third", **ODD)
    assert {name.lower() for name, _ in short.headers} == {name.lower() for name, _ in long.headers}
    varying = {"content-length", "x-request-id", "ratelimit"}
    assert {n.lower(): v for n, v in short.headers if n.lower() not in varying} == {
        n.lower(): v for n, v in long.headers if n.lower() not in varying
    }


def test_both_ways_answer_with_the_same_members(used: Used) -> None:
    short, long = used.flag("second"), used.flag("third", **ODD)
    assert (short.status_code, list(short.get_json())) == (long.status_code, list(long.get_json()))
    assert used.flag("second", **ODD).get_json() == used.flag("second").get_json() == short.get_json()


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": "nonsense"}, 422),
        ({"target": {"kind": "part", "part": "p99"}}, 422),
        ({"article": {"external_id": "unknown"}}, 422),
        ({"comment": "\0"}, 422),
    ],
)
def test_refusals_come_from_the_route(
    used: Used, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], status: int
) -> None:
    taken = routes_taken(used.door, monkeypatch)
    answer = used.send(flag_of(used.article, "second") | changes)
    assert (answer.status_code, answer.content_type, taken) == (status, "application/problem+json", ["flask"])


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"[" * 60_000, b"\xff", b"1" * 5000])
def test_what_is_no_flag_is_a_problem(used: Used, body: bytes) -> None:
    answer = used.send(body)
    assert answer.status_code in {400, 422}
    assert "title" in json.loads(answer.data)


def test_wrong_origin_and_wrong_key_are_refused(used: Used) -> None:
    assert used.flag("second", Origin="https://elsewhere.example").status_code == 403
    assert used.flag("second", Authorization="Bearer pk_wrong").status_code == 401


def test_the_same_key_with_another_request_is_refused(used: Used) -> None:
    key = {"Idempotency-Key": f'"{used.article}"'}
    assert [used.flag(reader, **key).status_code for reader in ("second", "second", "third")] == [202, 202, 422]
