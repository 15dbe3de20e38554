"""A case's lane where rules act on it: what no rule gave, no rule takes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, text
from sqlalchemy.orm import Session

from moderation_service import pipeline, upkeep
from moderation_service.cases import hiding
from moderation_service.cases.models import Case
from moderation_service.sites.models import Site
from moderation_service.triage.priority import Escalation
from moderation_service.triage.rules.entries import Entry, Mode
from tests.factories import make_article, make_case, make_site
from tests.triage.rules.books import make_entry

DEADLINE = {"do": "deadline", "within": "1m"}


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _rule(session: Session, name: str, *actions: dict[str, Any], flags: int = 1) -> Entry:
    conditions = {"field": "flags", "within": "1d", "operator": ">=", "value": flags}
    return make_entry(session, name, actions=list(actions), mode=Mode.LIVE, conditions=conditions)


def _an_hour_later(session: Session) -> None:
    session.execute(text("UPDATE rule_firings SET fired_at = fired_at - interval '1 hour'"))
    session.execute(text("UPDATE cases SET deadline_at = deadline_at - interval '1 hour'"))


def _another_rule_acts(session: Session, site: Site) -> Case:
    """The case of the site's article, once a second flag let another rule move it to a queue."""
    _rule(session, "desk", {"do": "queue", "name": "desk"}, flags=2)
    case = make_case(session, site, reporter="b")
    session.refresh(case)
    assert case.queue == "desk"
    return case


def test_a_case_whose_deadline_passed_keeps_its_lane_when_another_rule_acts(session: Session, site: Site) -> None:
    _rule(session, "soon", DEADLINE)
    make_case(session, site)
    _an_hour_later(session)
    upkeep.press_overdue(session)
    assert _another_rule_acts(session, site).escalation == Escalation.RULE


def test_a_deadline_that_has_passed_is_left_to_be_told_of(session: Session, site: Site) -> None:
    _rule(session, "soon", DEADLINE)
    make_case(session, site)
    _an_hour_later(session)
    assert _another_rule_acts(session, site).escalation == Escalation.NONE
    assert upkeep.press_overdue(session) == 1


def test_a_deadline_taken_back_gives_no_lane(session: Session, site: Site) -> None:
    entry = _rule(session, "soon", DEADLINE)
    case = make_case(session, site)
    _an_hour_later(session)
    upkeep.press_overdue(session)
    pipeline.revert_rule(session, entry.version, actor="moderator:1")
    session.refresh(case)
    assert case.escalation == Escalation.NONE


def test_a_lane_from_before_there_were_rules_stays(session: Session, site: Site) -> None:
    case = make_case(session, site)
    case.escalation = case.escalation_before = Escalation.DANGER_TO_LIFE
    session.flush()
    assert _another_rule_acts(session, site).escalation == Escalation.DANGER_TO_LIFE


def test_a_lane_that_a_rule_gave_goes_with_it(session: Session, site: Site) -> None:
    entry = _rule(session, "life", {"do": "escalate", "lane": "danger_to_life"})
    case = make_case(session, site)
    pipeline.revert_rule(session, entry.version, actor="moderator:1")
    session.refresh(case)
    assert case.escalation == Escalation.NONE


def test_a_lane_from_before_is_there_again_once_the_article_is_shown(session: Session, site: Site) -> None:
    case = make_case(session, site)
    case.escalation, case.escalation_before = Escalation.HIDDEN_TOO_LONG, Escalation.DANGER_TO_LIFE
    case.hidden_at = func.now() - timedelta(hours=3)
    session.flush()
    assert hiding.restore(session, case, because="time_over", actor="system")
    assert case.escalation == Escalation.DANGER_TO_LIFE
