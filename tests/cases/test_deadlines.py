"""Deadlines: what happens to a case when its time is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service import upkeep
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.triage.priority import Escalation
from tests.factories import make_case, make_site


@pytest.fixture
def case(session: Session) -> Case:
    return make_case(session, make_site(session))


def _due(session: Session, case: Case, *, minutes: int) -> None:
    case.deadline_at = func.now() + timedelta(minutes=minutes)
    session.flush()


def test_a_case_whose_time_is_over_goes_before_others_and_says_why(session: Session, case: Case) -> None:
    _due(session, case, minutes=-1)
    assert upkeep.press_overdue(session) == 1
    session.refresh(case)
    last = session.scalars(select(CaseEvent).order_by(CaseEvent.id.desc()).limit(1)).one()
    assert (case.escalation, case.version) == (Escalation.RULE, 2)
    assert (last.kind, last.detail) == ("escalated", {"because": "deadline_passed"})


def test_it_is_put_there_once(session: Session, case: Case) -> None:
    _due(session, case, minutes=-1)
    assert [upkeep.press_overdue(session) for _ in range(2)] == [1, 0]


def test_a_case_that_has_time_stays_where_it_is(session: Session, case: Case) -> None:
    _due(session, case, minutes=1)
    assert upkeep.press_overdue(session) == 0


def test_a_higher_lane_is_not_lowered(session: Session, case: Case) -> None:
    case.escalation = Escalation.DANGER_TO_LIFE
    _due(session, case, minutes=-1)
    assert upkeep.press_overdue(session) == 0
