"""Events become notices: numbered, and one for each endpoint that listens."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service import pipeline, sending
from moderation_service.cases import service as cases
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.notifications.models import Endpoint, Notice, WebhookEvent
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.at_once import at_once
from tests.factories import make_case, make_decision, make_flag, make_moderator, make_site


@pytest.fixture
def listening(session: Session, site: Site) -> Site:
    """A site with an endpoint for everything."""
    session.add(Endpoint(site_id=site.id, url="https://courier.example/hook", types=list(EventType)))
    session.flush()
    return site


def notices(session: Session) -> list[Notice]:
    """All notices, the oldest first."""
    return list(session.scalars(select(Notice).order_by(Notice.id)))


def test_an_event_is_one_notice_for_each_endpoint_that_listens(
    session: Session, listening: Site, settings: Settings
) -> None:
    session.add(Endpoint(site_id=listening.id, url="https://courier.example/cases", types=["case.opened"]))
    make_case(session, listening)
    assert sending.relay_events(session, settings) == 2
    told = [(notice.recipient.rpartition("/")[2], notice.kind) for notice in notices(session)]
    assert sorted(told) == [("cases", "case.opened"), ("hook", "case.opened"), ("hook", "flag.received")]


def test_an_event_is_relayed_once(session: Session, listening: Site, settings: Settings) -> None:
    make_case(session, listening)
    assert [sending.relay_events(session, settings) for _ in range(2)] == [2, 0]
    assert len(notices(session)) == 2


def test_events_of_each_article_are_numbered_from_one(
    session: Session, listening: Site, ada: Person, settings: Settings
) -> None:
    for article in ("ferry", "bridge"):
        case = make_case(session, listening, article)
        sending.relay_events(session, settings)
        make_decision(session, case, ada)
    sending.relay_events(session, settings)
    numbers = [(n.body["article"]["external_id"], n.body["sequence"], n.kind) for n in notices(session)]
    kinds = enumerate(["flag.received", "case.opened", "decision.made"], start=1)
    assert sorted(numbers) == sorted(
        (article, number, kind) for number, kind in kinds for article in ("ferry", "bridge")
    )


def test_many_relays_at_once_leave_no_gap(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        site = make_site(session)
        session.add(Endpoint(site_id=site.id, url="https://courier.example/hook", types=["flag.received"]))

    def flag(reader: int) -> None:
        with database.transaction() as session:
            make_flag(session, site, reporter=f"reader-{reader}")
            pipeline.triage(session, limit=1)
        with database.transaction() as session:
            sending.relay_events(session, settings)

    with database.transaction() as session:
        make_case(session, site)
    assert at_once(flag, range(2, 10)) == [None] * 8
    with database.transaction() as session:
        pipeline.triage(session, limit=8)
        sending.relay_events(session, settings)
        numbers = session.scalars(select(WebhookEvent.sequence).order_by(WebhookEvent.sequence)).all()
        assert list(numbers) == list(range(1, 10))


def test_a_notice_tells_what_and_where_and_nothing_of_persons(
    session: Session, listening: Site, settings: Settings
) -> None:
    case = make_case(session, listening, comment="I was there, Ada Byron", reporter="ada@byron.example")
    sending.relay_events(session, settings)
    received, opened = notices(session)
    receipt = received.body["receipt"]
    base = settings.public_url
    assert received.body == {
        "site": "courier",
        "article": {"external_id": "ferry", "url": "https://courier.example/ferry"},
        "sequence": 1,
        "case_id": case.id,
        "receipt": receipt,
        "links": {
            "case": f"{base}/console/cases/{case.id}",
            "article": f"{base}/v1/articles/ferry",
            "flag": f"{base}/v1/flags/{receipt}",
        },
    }
    assert "receipt" not in opened.body
    assert len(json.dumps(received.body)) < 20_000


def test_decisions_and_relays_at_once_leave_no_gap(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        site, ada = make_site(session), make_moderator(session)
        types = ["case.opened", "decision.made"]
        session.add(Endpoint(site_id=site.id, url="https://courier.example/hook", types=types))
    with database.transaction() as session:
        case_ids = [make_case(session, site, f"article-{number}").id for number in range(6)]

    def decide_twice(case_id: int) -> None:
        for action in (Action.TAKEDOWN, Action.CLEAR):
            with database.transaction() as session:
                make_decision(session, cases.lock(session, case_id), ada, action)
            with database.transaction() as session:
                sending.relay_events(session, settings)

    assert at_once(decide_twice, case_ids) == [None] * 6
    with database.transaction() as session:
        numbers = session.execute(select(WebhookEvent.article_id, WebhookEvent.sequence)).all()
        articles = {article_id for article_id, _ in numbers}
        assert sorted(map(tuple, numbers)) == sorted((article, n) for article in articles for n in (1, 2, 3))
