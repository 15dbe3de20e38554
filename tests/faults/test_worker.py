"""A worker is stopped politely, loses its broker, or is told the same thing again and again."""

from __future__ import annotations

import time

import pytest

from moderation_service.embedded import Running
from moderation_service.jobs import connect_bell
from moderation_service.redis_url import connect
from tests.faults.books import Crowd, assert_all_applied, assert_all_in_cases, assert_each_flag_once, select
from tests.live import Service, until

pytestmark = pytest.mark.fault

ARTICLES = [f"article-{n}" for n in range(8)]


def start_all(live: Service) -> None:
    """Start the service and publish the articles."""
    live.start_worker()
    live.start_beat()
    live.start_api()
    for article in ARTICLES:
        live.put_article(article)


def test_busy_worker_stops_within_seconds_and_loses_nothing(live: Service) -> None:
    start_all(live)
    live.flagged_case(ARTICLES[0], "first")  # so it is up
    crowd = Crowd(live, ARTICLES[1:], 200)
    crowd.wait_for(60)
    started = time.monotonic()
    live.children["worker"].ask_to_stop()
    until(lambda: live.children["worker"].returncode is not None)
    assert time.monotonic() - started < 5
    assert live.children["worker"].returncode == 0
    crowd.finish()
    live.start_worker()
    assert_all_in_cases(live)
    assert select(live, "SELECT count(*) FROM flags") == [(201,)]


def test_api_stops_politely_and_answers_what_it_took(live: Service) -> None:
    start_all(live)
    crowd = Crowd(live, ARTICLES, 200)
    crowd.wait_for(60)
    api = live.children["api"]
    api.ask_to_stop()
    until(lambda: api.returncode is not None)
    assert api.returncode == 0
    live.start_api()
    assert_each_flag_once(live, crowd.finish())


def wait_for_confirmation(live: Service) -> None:
    """Until no message waits for a worker, and none is held by one."""
    with connect(live.settings.redis_url, timeout=2) as broker:
        until(lambda: broker.llen("mod:triage") + broker.llen("mod:enforcement") + broker.hlen("mod:unacked") == 0)


def test_worker_consumes_again_after_valkey_was_restarted(own_valkey: tuple[Service, Running]) -> None:
    live, valkey = own_valkey
    live.start_worker()
    live.start_api()
    for article in ARTICLES:
        live.put_article(article)
    live.flagged_case(ARTICLES[0], "first")
    worker = live.children["worker"].pid
    for article in ARTICLES[1:3]:
        wait_for_confirmation(live)  # or Celery ends the worker, and its supervisor would be what is tested
        valkey.children["valkey"].stop(5)
        valkey.children["valkey"].start()
        until(valkey.children["valkey"].is_ready)
        live.flagged_case(article, "second")  # no beat, so this is the worker hearing its bell
    assert live.children["worker"].pid == worker


def test_wake_ups_without_work_do_nothing(live: Service) -> None:
    start_all(live)
    live.decide(live.flagged_case(ARTICLES[0], "first"))
    assert_all_applied(live)
    before = select(live, "SELECT count(*) FROM audit_entries")
    bell = connect_bell(live.settings)
    for _ in range(5):
        bell.ring("triage.drain")
        bell.ring("enforcement.drain")
        time.sleep(0.12)  # the bell's own pause, or it would make one of them
    bell.close()
    wait_for_confirmation(live)
    assert select(live, "SELECT count(*) FROM audit_entries") == before
    assert select(live, "SELECT count(*) FROM enforcement_attempts") == [(1,)]
