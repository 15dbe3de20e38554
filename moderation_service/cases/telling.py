"""What the histories of cases and the audit trail say of rules: which fired, what it did, and who took it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from moderation_service.cases.arrivals import record_events, system_event
from moderation_service.cases.automatic import Outcome
from moderation_service.triage.rules import deeds
from moderation_service.triage.rules.actions import Action, Escalate
from moderation_service.triage.rules.deeds import Deed
from moderation_service.triage.rules.firings import Fired, TakenBack


def tell_fired(
    session: Session, outcomes: Sequence[Outcome], fired: Sequence[Fired], done: Mapping[int, Sequence[Deed]]
) -> None:
    """Write into each case's history which rules fired on it, what they did, and in what they differ from others.

    Those that put the case into a higher lane are told as `escalated`, the others as `rule_fired`.
    """
    by_case = {outcome.case_id: outcome for outcome in outcomes}
    events = [
        _fired(by_case[firing.case_id], firing, [deed.to_json() for deed in done[firing.id]])
        for firing in fired
        if firing.case_id in by_case
    ]
    events += [
        system_event(outcome.case_id, outcome.version, "closed_as_repeat", {"because": "rule"})
        for outcome in outcomes
        if outcome.closed
    ]
    record_events(session, events)


def tell_reverted(
    session: Session,
    outcomes: Sequence[Outcome],
    taken_back: Sequence[TakenBack],
    *,
    reopened: Collection[int],
    by: dict[str, Any],
    actor: str,
) -> None:
    """Write into the history of each open case what was taken back; `by` names the rule and its version."""
    undone = {taken.case_id: taken.actions for taken in taken_back}
    events = [
        system_event(outcome.case_id, outcome.version, kind, by | {"undid": _words(undone[outcome.case_id])})
        for outcome in outcomes
        for kind in [("reopened" if outcome.case_id in reopened else "rule_reverted")]
    ]
    record_events(session, [event | {"actor": actor} for event in events])


def _fired(outcome: Outcome, firing: Fired, done: Sequence[deeds.Stored]) -> dict[str, Any]:
    raises = outcome.raised and any(isinstance(action, Escalate) for action in firing.actions)
    detail: dict[str, Any] = {
        "because": "rule",
        "rule": firing.rule,
        "rule_version": firing.number,
        "did": deeds.did(done),
    }
    if left := deeds.did_not(done):
        detail["did_not"] = left
    clashes = [clash.to_json() for clash in outcome.effect.clashes if clash.concerns(firing.id)]
    if clashes:
        detail["conflicts"] = clashes
    return system_event(outcome.case_id, outcome.version, "escalated" if raises else "rule_fired", detail)


def _words(actions: Sequence[Action]) -> list[str]:
    return [action.words for action in actions]
