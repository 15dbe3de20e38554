"""The built-in rules as a table, and the priority they lead to."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.policy.vocabulary import REASONS, Reason
from moderation_service.triage.priority import Escalation, priority_parts
from moderation_service.triage.rules import SEVERITIES, CaseFacts, escalation
from tests.factories import make_case, make_site


@pytest.mark.parametrize(
    ("reasons", "reporters", "level"),
    [
        ({"spam"}, 0, Escalation.NONE),
        ({"spam"}, 1, Escalation.NONE),
        ({"spam"}, 2, Escalation.NONE),
        ({"spam"}, 3, Escalation.RULE),
        ({"spam"}, 1000, Escalation.RULE),
        ({"terrorism", "child_safety"}, 2, Escalation.NONE),
        ({"danger_to_life"}, 0, Escalation.DANGER_TO_LIFE),
        ({"danger_to_life", "spam"}, 1, Escalation.DANGER_TO_LIFE),
        ({"danger_to_life"}, 3, Escalation.DANGER_TO_LIFE),
        (set(), 0, Escalation.NONE),
    ],
)
def test_how_far_a_case_is_escalated(reasons: set[str], reporters: int, level: Escalation) -> None:
    assert escalation(CaseFacts(frozenset(reasons), reporters)) is level


def test_every_reason_has_a_severity_of_1_to_5_and_the_graver_come_first() -> None:
    assert set(SEVERITIES) == {reason.value for reason in Reason}
    assert list(SEVERITIES.values()) == sorted((facts.severity for facts in REASONS.values()), reverse=True)
    assert set(SEVERITIES.values()) == {1, 2, 3, 4, 5}


def test_any_escalation_goes_before_any_severity() -> None:
    gravest = priority_parts(escalation=0, severity=5)["total"]
    assert priority_parts(escalation=1, severity=1)["total"] > gravest  # type: ignore[operator]


@pytest.mark.parametrize("level", list(Escalation))
def test_the_parts_of_a_priority_add_up_and_say_why(level: Escalation) -> None:
    parts: dict[str, object] = priority_parts(escalation=level, severity=3)
    shares = [share for share in (parts["escalation"], parts["severity"]) if isinstance(share, dict)]
    assert parts["total"] == sum(share["adds"] for share in shares)
    assert all(share["because"] for share in shares)


def test_the_database_computes_the_same_priority_for_every_combination(session: Session) -> None:
    case = make_case(session, make_site(session))
    change = text("UPDATE cases SET escalation = :e, severity = :s WHERE id = :id RETURNING priority")
    for level in Escalation:
        for severity in range(1, 6):
            computed = session.execute(change, {"e": int(level), "s": severity, "id": case.id}).scalar_one()
            assert computed == priority_parts(escalation=level, severity=severity)["total"]
