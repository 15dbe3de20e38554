"""What operators and every caller can rely on: health, numbers, ids, headers, the document."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from tests.api.conftest import MakeDoor
from tests.api.door import Door, assert_problem


def test_live_process_says_so(door: Door) -> None:
    assert door.get("/healthz", door.nobody).get_json() == {"status": "alive"}


def test_not_ready_when_a_flag_waits_too_long(make_door: MakeDoor) -> None:
    door = make_door(triage_stale_seconds=5)
    assert door.get("/readyz", door.nobody).status_code == 200
    door.put_article("ferry")
    door.flag("ferry")
    with door.services.database.transaction() as session:
        session.execute(text("UPDATE untriaged_flags SET received_at = received_at - interval '1 minute'"))
    assert "triage" in assert_problem(door.get("/readyz", door.nobody), 503)["detail"]


def test_metrics_tell_requests_flags_and_backlog(door: Door, article: str) -> None:
    door.flag(article)
    body = door.get("/metrics", door.nobody).text
    assert 'moderation_flags_total{outcome="new"}' in body
    assert 'route="/v1/flags"' in body
    assert "moderation_untriaged_flags" in body


def test_metrics_count_made_up_methods_as_one(door: Door) -> None:
    for number in range(3):
        door.call(f"MADEUP{number}", "/v1/flags", door.nobody)
    body = door.get("/metrics", door.nobody).text
    assert "MADEUP" not in body
    assert 'method="(other)"' in body


def test_metrics_hold_no_receipts(door: Door, article: str) -> None:
    receipt = door.flag(article).get_json()["receipt"]
    door.get(f"/v1/flags/{receipt}", door.reader)
    assert receipt not in door.get("/metrics", door.nobody).text


def test_sent_request_id_comes_back(door: Door) -> None:
    answer = door.get("/v1/me", door.nobody, **{"X-Request-Id": "abc-1"})
    assert answer.headers["X-Request-Id"] == "abc-1"
    assert answer.get_json()["request_id"] == "abc-1"


@pytest.mark.parametrize("sent", ["", "x" * 65, "a b", "<script>", "é", 'a"b'])
def test_request_id_of_another_form_is_replaced(door: Door, sent: str) -> None:
    answered = door.get("/healthz", door.nobody, **{"X-Request-Id": sent}).headers["X-Request-Id"]
    assert answered != sent
    assert len(answered) == 32


@pytest.mark.parametrize("path", ["/healthz", "/v1/me", "/nothing", "/v1/flags/x"])
def test_every_answer_is_sealed(door: Door, path: str) -> None:
    headers = door.get(path, door.nobody).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"


def test_unknown_path_is_a_problem(door: Door) -> None:
    assert_problem(door.get("/nothing", door.nobody), 404)


@pytest.mark.parametrize("method", ["PUT", "TRACE", "MADEUP"])
def test_wrong_method_is_a_problem_that_says_which_are_right(door: Door, method: str) -> None:
    answer = door.call(method, "/v1/flags", door.nobody)
    assert_problem(answer, 405)
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/healthz%00", "/%ff", "/v1/cases?cursor=%00", "/v1/cases?%00=1"])
def test_address_that_is_no_text_is_a_bad_request(door: Door, path: str) -> None:
    assert_problem(door.get(path, door.nobody), 400)


def test_document_and_its_page_are_served(door: Door) -> None:
    document = door.get("/openapi.json", door.nobody).get_json()
    assert document["openapi"] == "3.1.0"
    assert "/v1/flags:batch" in document["paths"]
    assert "text/html" in door.get("/docs", door.nobody).content_type
