"""What rules come to on a case: pure, with the graver wish holding; and nothing left of what is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from moderation_service.cases.effects import Effect, resolve
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.priority import Escalation
from moderation_service.triage.rules.actions import (
    Action,
    CloseAsRepeat,
    Escalate,
    Hide,
    MoveToQueue,
    Notify,
    Require,
    SetDeadline,
    SetSeverity,
)
from moderation_service.triage.rules.firings import Acting

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _acting(rule: str, *actions: Action, at: datetime = NOON) -> Acting:
    return Acting(id=1, rule=rule, number=2, version_id=3, fired_at=at, actions=actions)


def test_without_rules_a_case_is_as_it_began() -> None:
    assert resolve([]) == Effect()


@pytest.mark.parametrize(
    ("action", "effect"),
    [
        (Escalate(), Effect(lane=Escalation.RULE)),
        (Escalate("danger_to_life"), Effect(lane=Escalation.DANGER_TO_LIFE)),
        (MoveToQueue("brigades"), Effect(queue="brigades")),
        (SetSeverity(4), Effect(severity=4)),
        (Require("senior"), Effect(needs_role=Role.SENIOR)),
        (Require("second"), Effect(needs_second=True)),
        (Hide(), Effect(hides=True)),
        (Notify("mail", "desk@courier.example"), Effect()),
        (SetDeadline(HOUR), Effect(deadline_at=NOON + HOUR)),
        (CloseAsRepeat(), Effect(closes=True)),
    ],
)
def test_each_action_has_its_effect(action: Action, effect: Effect) -> None:
    assert resolve([_acting("a", action)]) == effect


def test_rules_that_agree_add_up_without_a_conflict() -> None:
    effect = resolve([_acting("a", Escalate(), MoveToQueue("x")), _acting("b", Escalate(), MoveToQueue("x"), Hide())])
    assert effect == Effect(lane=Escalation.RULE, queue="x", hides=True)


GRAVER = [
    ((Escalate(),), (Escalate("danger_to_life"),), "escalate", Effect(lane=Escalation.DANGER_TO_LIFE)),
    ((SetSeverity(2),), (SetSeverity(4),), "severity", Effect(severity=4)),
    ((SetDeadline(2 * HOUR),), (SetDeadline(HOUR),), "deadline", Effect(deadline_at=NOON + HOUR)),
    ((MoveToQueue("x"),), (MoveToQueue("y"), Escalate()), "queue", Effect(queue="y", lane=Escalation.RULE)),
    ((MoveToQueue("x"),), (MoveToQueue("y"), SetSeverity(1)), "queue", Effect(queue="y", severity=1)),
    ((CloseAsRepeat(),), (Escalate(),), "close_as_repeat", Effect(lane=Escalation.RULE)),
    ((CloseAsRepeat(),), (Hide(),), "close_as_repeat", Effect(hides=True)),
    ((CloseAsRepeat(),), (Require("second"),), "close_as_repeat", Effect(needs_second=True)),
]


@pytest.mark.parametrize(("mild", "grave", "about", "effect"), GRAVER)
@pytest.mark.parametrize("grave_runs_first", [True, False])
def test_the_graver_wish_holds_whichever_rule_runs_first(
    mild: tuple[Action, ...], grave: tuple[Action, ...], about: str, effect: Effect, grave_runs_first: bool
) -> None:
    both = [_acting("mild", *mild), _acting("grave", *grave)]
    found = resolve(both[::-1] if grave_runs_first else both)
    (clash,) = found.clashes
    assert (clash.about, clash.holds.by.rule, clash.yields.by.rule) == (about, "grave", "mild")
    assert Effect(**{name: getattr(found, name) for name in Effect.__slots__ if name != "clashes"}) == effect


def test_between_equals_the_rule_that_runs_first_holds() -> None:
    effect = resolve([_acting("first", MoveToQueue("x")), _acting("second", MoveToQueue("y"))])
    assert effect.queue == "x"


def test_a_deadline_runs_from_the_moment_its_rule_fired() -> None:
    late = _acting("late", SetDeadline(HOUR), at=NOON + 3 * HOUR)
    assert resolve([late, _acting("early", SetDeadline(2 * HOUR))]).deadline_at == NOON + 2 * HOUR


def test_a_conflict_is_told_with_both_rules_and_what_they_want() -> None:
    (clash,) = resolve([_acting("a", SetDeadline(HOUR)), _acting("b", SetDeadline(2 * HOUR))]).clashes
    assert clash.to_json() == {
        "about": "deadline",
        "holds": {"rule": "a", "version": 2, "value": "2026-11-22T13:00:00+00:00"},
        "yields": {"rule": "b", "version": 2, "value": "2026-11-22T14:00:00+00:00"},
    }
