"""PostgreSQL is restarted, killed or away while readers post; its supervisor starts it anew."""

from __future__ import annotations

import pytest

from moderation_service.embedded import Running
from tests.faults.books import Crowd, assert_all_applied, assert_all_in_cases, assert_each_flag_once
from tests.live import Service, flag_of

pytestmark = pytest.mark.fault

ARTICLES = [f"article-{n}" for n in range(8)]
Own = tuple[Service, Running]


def start_all(live: Service) -> None:
    """Start the service and publish the articles."""
    live.start_worker()
    live.start_beat()
    live.start_api()
    for article in ARTICLES:
        live.put_article(article)


def test_nothing_is_lost_and_the_service_recovers_by_itself(own_postgres: Own) -> None:
    live, postgres = own_postgres
    start_all(live)
    live.decide(live.flagged_case(ARTICLES[0], "first"))
    crowd = Crowd(live, ARTICLES[1:], 150)
    crowd.wait_for(40)
    postgres.children["postgres"].stop(10)
    told = crowd.finish()
    assert set(told.refused) <= {503}
    told.receipts["first"] = live.reader.post("/v1/flags", flag_of(ARTICLES[0], "first")).json()["receipt"]
    assert_each_flag_once(live, told)
    assert_all_in_cases(live)
    assert_all_applied(live)


def test_kill_is_no_500(own_postgres: Own) -> None:
    live, postgres = own_postgres
    start_all(live)
    crowd = Crowd(live, ARTICLES, 120)
    crowd.wait_for(30)
    postgres.children["postgres"].kill()
    told = crowd.finish()
    assert set(told.refused) <= {503}
    assert_each_flag_once(live, told)


def test_without_a_database_each_answer_is_a_problem(own_postgres: Own) -> None:
    live, postgres = own_postgres
    start_all(live)
    postgres.children["postgres"].stop(10)
    answers = [
        live.reader.post("/v1/flags", flag_of(ARTICLES[0], "reader-1")),
        live.shown(ARTICLES[0]),
        live.moderator.get("/v1/cases"),
        live.reader.get("/readyz"),
        live.reader.get("/metrics"),
    ]
    assert [(a.status_code, a.headers["Content-Type"]) for a in answers] == [(503, "application/problem+json")] * 5
    assert live.reader.get("/healthz").status_code == 200
