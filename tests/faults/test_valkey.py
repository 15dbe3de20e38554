"""Valkey is killed, emptied or paused while readers post and moderators decide; nothing of record is in it."""

from __future__ import annotations

import base64
import contextlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.embedded import Running
from moderation_service.sites import people
from tests.faults.books import Crowd, assert_all_applied, assert_all_in_cases, assert_each_flag_once
from tests.faults.conftest import own
from tests.live import Service, flag_of, pause, resume, until

pytestmark = pytest.mark.fault

ARTICLES = [f"article-{n}" for n in range(8)]
Own = tuple[Service, Running]


def message(**changes: Any) -> bytes:
    """A message such as our producers send, with some members changed."""
    whole = {
        "body": base64.b64encode(b"[[], {}, {}]").decode(),
        "content-type": "application/json",
        "content-encoding": "utf-8",
        "headers": {"task": "triage.drain", "id": "one", "lang": "py"},
        "properties": {
            "body_encoding": "base64",
            "delivery_tag": "a",
            "delivery_info": {"exchange": "", "routing_key": "triage"},
        },
    }
    return json.dumps(whole | changes).encode()


MALFORMED = [
    b"not JSON",
    b"[",
    b"{}",
    b"[]",
    b"null",
    b"\xff\xfe",
    b"[" * 5000,
    message(body="%"),
    message(body=7),
    message(body="bm90IEpTT04="),
    message(body=base64.b64encode(b"[1]").decode()),
    message(headers={}),
    message(headers={"task": ["x"], "id": 3}),
    message(properties={}),
    message(properties={"body_encoding": "base64", "delivery_tag": ["a"], "delivery_info": "x"}),
    message(**{"content-encoding": "nope"}),
    message(**{"content-type": "application/x-python-serialize"}),
]


def start_all(live: Service) -> None:
    """Start the service and publish the articles."""
    live.start_worker()
    live.start_beat()
    live.start_api()
    for article in ARTICLES:
        live.put_article(article)


def kill(valkey: Running) -> None:
    """kill -9; its supervisor starts it anew."""
    valkey.children["valkey"].kill()


def flush(valkey: Running) -> None:
    """FLUSHALL: queues, messages that workers hold, limits, all gone."""
    assert valkey.servers.valkey is not None
    with valkey.servers.valkey.client() as client:
        client.flushall()


@pytest.mark.parametrize("strike", [kill, flush])
def test_no_flag_and_no_decision_is_lost(own_valkey: Own, strike: Callable[[Running], None]) -> None:
    live, valkey = own_valkey
    start_all(live)
    case = live.flagged_case(ARTICLES[0], "first")
    crowd = Crowd(live, ARTICLES[1:], 150)
    crowd.wait_for(50)
    live.decide(case)
    strike(valkey)
    told = crowd.finish()
    told.receipts["first"] = live.reader.post("/v1/flags", flag_of(ARTICLES[0], "first")).json()["receipt"]
    assert_each_flag_once(live, told)
    assert_all_in_cases(live)
    assert_all_applied(live)
    for article in ARTICLES[1:]:
        found = live.open_case(article)
        assert found is not None
        live.decide(found)
    assert_all_applied(live)


@pytest.fixture
def paused(own_valkey: Own) -> Iterator[Service]:
    """A service with a case in its queue, whose Valkey has stopped to answer and keeps its sockets open."""
    live, valkey = own_valkey
    start_all(live)
    live.flagged_case(ARTICLES[0], "first")
    pause(valkey.children["valkey"])
    yield live
    resume(valkey.children["valkey"])


def seconds(call: Callable[[], Any]) -> float:
    """How long a call takes."""
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def test_intake_answers_within_a_second_while_it_is_paused(paused: Service) -> None:
    for number in range(50):
        answer = paused.reader.post("/v1/flags", flag_of(ARTICLES[number % 8], f"reader-{number}"))
        assert answer.status_code == 202
        assert answer.elapsed.total_seconds() < 1


def test_moderators_are_served_within_a_second_while_it_is_paused(paused: Service) -> None:
    with contextlib.closing(Database(paused.settings, pool_size=1)) as database, database.transaction() as session:
        m1 = people.moderator_by_name(session, "m1")
        people.set_password(session, m1, "correct horse", actor="test", temporary=False)
    who = {"username": "m1", "password": "correct horse"}
    case = paused.open_case(ARTICLES[0])
    assert case is not None
    assert seconds(lambda: paused.moderator.post("/v1/sessions", who)) < 1
    assert seconds(lambda: paused.decide(case)) < 1


def test_what_came_in_during_the_pause_is_done_after_it(own_valkey: Own) -> None:
    live, valkey = own_valkey
    start_all(live)
    case = live.flagged_case(ARTICLES[0], "first")
    pause(valkey.children["valkey"])
    live.decide(case)
    live.reader.post("/v1/flags", flag_of(ARTICLES[1], "second"))
    resume(valkey.children["valkey"])
    live.shown_as(ARTICLES[0], 410)
    live.until(lambda: live.open_case(ARTICLES[1]))


def test_malformed_elements_are_set_aside_before_a_worker_consumes(own_valkey: Own) -> None:
    live, valkey = own_valkey
    assert valkey.servers.valkey is not None
    live.start_api()
    live.put_article("ferry")
    live.reader.post("/v1/flags", flag_of("ferry", "reader-1"))
    with valkey.servers.valkey.client() as client:
        client.lpush("mod:triage", *MALFORMED)
        client.rpush("mod:triage", *MALFORMED)
        live.start_worker()
        until(lambda: live.open_case("ferry"))
        assert sorted(client.lrange("mod:malformed", 0, -1)) == sorted(MALFORMED * 2)
    assert live.children["worker"].returncode is None


@pytest.fixture(scope="module")
def running(impatient_for_file: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Own]:
    """A service whose worker runs, and its Valkey: one for all malformed elements, which is what it has to bear."""
    folder: Path = tmp_path_factory.mktemp("malformed")
    with own(folder, impatient_for_file.replace(redis_url="")) as (live, valkey):
        start_all(live)
        yield live, valkey


MET = [b"not JSON", b"[" * 5000, message(body="%"), message(properties={})]


@pytest.mark.parametrize(("number", "element"), list(enumerate(MET)))
def test_work_goes_on_when_a_running_worker_meets_a_malformed_element(
    running: Own, number: int, element: bytes
) -> None:
    live, valkey = running
    assert valkey.servers.valkey is not None
    live.flagged_case(ARTICLES[2 * number], "first")  # so the worker is up
    with valkey.servers.valkey.client() as client:
        client.lpush("mod:triage", element)
    after = ARTICLES[2 * number + 1]
    live.reader.post("/v1/flags", flag_of(after, "second"))
    live.until(lambda: live.open_case(after))
