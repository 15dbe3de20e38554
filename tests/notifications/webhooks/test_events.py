"""Events: noted with their causes, for who listens."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from moderation_service import pipeline, upkeep
from moderation_service.cases import claims
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.notifications.models import Endpoint, WebhookEvent
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage.rules.entries import Mode
from tests.factories import LEASE, make_case, make_decision, make_flag, make_site, triaged
from tests.hidden import let_pass, make_doubtful
from tests.triage.rules.books import make_entry

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}


@pytest.fixture
def listening(session: Session, site: Site) -> Site:
    """A site with an endpoint for everything."""
    session.add(Endpoint(site_id=site.id, url="https://courier.example/hook", types=list(EventType)))
    session.flush()
    return site


def told(session: Session) -> list[str]:
    """The types of all events, the oldest first."""
    return list(session.scalars(select(WebhookEvent.type).order_by(WebhookEvent.id)))


def carry_out(session: Session, settings: Settings) -> None:
    """Carry out the order that is due, in the transaction of the test."""
    lease = pipeline.lease_order(session, settings)
    assert lease is not None
    tried = pipeline.carry_out(lease, lambda: nullcontext(session))
    pipeline.settle_order(session, lease, tried, settings)


def test_a_first_flag_is_received_and_opens_a_case(session: Session, listening: Site) -> None:
    case = make_case(session, listening)
    events = session.scalars(select(WebhookEvent).order_by(WebhookEvent.id)).all()
    assert [event.type for event in events] == ["flag.received", "case.opened"]
    assert {(event.case_id, event.article_id) for event in events} == {(case.id, case.article_id)}


def test_a_further_flag_is_received_and_no_more(session: Session, listening: Site) -> None:
    make_case(session, listening)
    triaged(session, make_flag(session, listening, reporter="reader-2"))
    assert told(session) == ["flag.received", "case.opened", "flag.received"]


def test_a_site_without_endpoints_has_no_events(session: Session, listening: Site, ada: Person) -> None:
    make_decision(session, make_case(session, make_site(session, "herald")), ada)
    assert told(session) == []


def test_what_nobody_listens_to_is_no_event(session: Session, listening: Site) -> None:
    session.execute(update(Endpoint).values(types=["case.opened"]))
    make_case(session, listening)
    assert told(session) == ["case.opened"]


def test_what_was_before_the_endpoint_is_not_told(session: Session, site: Site, ada: Person) -> None:
    case = make_case(session, site)
    moment = func.clock_timestamp()
    session.add(Endpoint(site_id=site.id, url="https://courier.example/hook", types=list(EventType), created_at=moment))
    make_decision(session, case, ada)
    assert told(session) == ["decision.made"]


def test_a_person_escalates(session: Session, listening: Site, ada: Person) -> None:
    case = make_case(session, listening)
    claims.claim(session, case, ada, lease=LEASE)
    pipeline.escalate(session, case.id, ada, "please look")
    assert told(session)[2:] == ["case.escalated"]


def test_a_rule_escalates(session: Session, listening: Site) -> None:
    make_entry(session, "any-flag", actions=[{"do": "escalate"}], conditions=ANY_FLAG, mode=Mode.LIVE)
    make_case(session, listening)
    assert told(session) == ["flag.received", "case.opened", "case.escalated"]


def test_a_deadline_escalates(session: Session, listening: Site) -> None:
    make_case(session, listening)
    session.execute(update(Case).values(deadline_at=func.now() - timedelta(minutes=1)))
    upkeep.press_overdue(session)
    assert told(session)[2:] == ["case.escalated"]


def test_having_been_hidden_for_long_escalates(session: Session, listening: Site) -> None:
    case = make_doubtful(session, listening)
    pipeline.hide_pending(session, case.id)
    let_pass(session, case, 3)
    before = len(told(session))
    upkeep.look_after_hidden(session)
    assert told(session)[before:] == ["case.escalated"]


def test_a_decision_is_told_when_made_and_when_read_back(
    session: Session, listening: Site, ada: Person, settings: Settings
) -> None:
    make_decision(session, make_case(session, listening), ada)
    assert told(session)[2:] == ["decision.made"]
    carry_out(session, settings)
    assert told(session)[3:] == ["decision.applied"]


def test_a_reversal_restores_the_article(session: Session, listening: Site, ada: Person, settings: Settings) -> None:
    case = make_case(session, listening)
    for action in (Action.TAKEDOWN, Action.CLEAR):
        make_decision(session, case, ada, action)
        carry_out(session, settings)
    applied = ["decision.made", "decision.applied"]
    assert told(session)[2:] == [*applied, *applied, "article.restored"]


def test_clearing_what_was_never_withheld_restores_nothing(
    session: Session, listening: Site, ada: Person, settings: Settings
) -> None:
    make_decision(session, make_case(session, listening), ada, Action.CLEAR)
    carry_out(session, settings)
    assert told(session)[2:] == ["decision.made", "decision.applied"]


def test_what_is_hidden_until_its_review_and_shown_again_is_told(
    session: Session, listening: Site, settings: Settings
) -> None:
    case = make_doubtful(session, listening)
    before = len(told(session))
    pipeline.hide_pending(session, case.id)
    carry_out(session, settings)
    pipeline.restore_hidden(session, case.id, "time_over")
    carry_out(session, settings)
    assert told(session)[before:] == ["decision.applied", "article.restored"]
