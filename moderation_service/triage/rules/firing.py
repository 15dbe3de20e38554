"""Let the rules in force look at cases: which of them fire, once for each case, and in which mode.

A rule that errs, or does far more than anybody meant, is taken out of force here; no rule costs a batch its flags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from moderation_service.db import attempt
from moderation_service.triage.rules import book, breaker, firings, foresight, gather
from moderation_service.triage.rules.entries import Entry, Mode
from moderation_service.triage.rules.facts import CaseFacts
from moderation_service.triage.rules.firings import Fired, Firing
from moderation_service.triage.rules.gather import Outline
from moderation_service.triage.rules.in_force import InForce, rules_in_force
from moderation_service.triage.rules.switches import switched_off

log = structlog.get_logger()

ERROR_LENGTH = 500  # characters of an error that are kept

# A rule, and the cases that it has not fired on and could.
Looking = tuple[InForce, Sequence[Outline]]


def fire(session: Session, case_ids: Sequence[int]) -> list[Fired]:
    """Let the rules in force look at these of the open cases; what fired now, in the order of the rules."""
    rules = rules_in_force(session)
    if not rules or not case_ids:
        return []
    cases = [case for case in gather.outlines(session, case_ids, fields=_fields(rules)) if case.is_open]
    off = switched_off(session, {case.site_id for case in cases})
    looking = _looking(session, rules, cases, off=off)
    if not looking:
        return []
    facts = gather.with_flags(session, cases, _windows(looking))
    found: list[Firing] = []
    for rule, waiting in looking:
        try:
            met = _met(rule, waiting, facts, off=off)
        except Exception as error:
            _erred(session, rule, error)
            continue
        if met:
            now = facts[met[0].case_id].now
            found += _within_limits(session, rule, met, now=now)
    return firings.record(session, found)


def _looking(
    session: Session, rules: Sequence[InForce], cases: Sequence[Outline], *, off: frozenset[int]
) -> list[Looking]:
    """The rules that could fire on any of the cases, before anybody has read a flag; nearly all pairs end here."""
    fired = firings.already(session, [rule.version_id for rule in rules], [case.case_id for case in cases])
    ask_trust = any(foresight.asks_trust(rule.rule.conditions) for rule in rules)
    trusted = gather.trusted(session, cases) if ask_trust else frozenset[int]()
    looking: list[Looking] = []
    for rule in rules:
        # What it has only recorded is looked at again as soon as it may act.
        new = [
            case
            for case in _in_scope(rule, cases)
            if fired.get((rule.version_id, case.case_id)) not in (Mode.LIVE, _mode(rule, case, off))
        ]
        try:
            conditions = rule.rule.conditions
            waiting = [
                case for case in new if foresight.possible(conditions, case.facts, trusted=case.case_id in trusted)
            ]
        except Exception as error:
            _erred(session, rule, error)
            continue
        if waiting:
            looking.append((rule, waiting))
    return looking


def _in_scope(rule: InForce, cases: Sequence[Outline]) -> Sequence[Outline]:
    return cases if rule.site_id is None else [case for case in cases if case.site_id == rule.site_id]


def _mode(rule: InForce, case: Outline, off: frozenset[int]) -> Mode:
    """How a rule may fire on a case now."""
    return Mode.SHADOW if case.site_id in off else rule.mode


def _windows(looking: Sequence[Looking]) -> dict[int, timedelta]:
    """For each case, the widest window of the rules that look at it."""
    windows: dict[int, timedelta] = {}
    for rule, waiting in looking:
        widest = rule.rule.conditions.widest
        for case in waiting:
            windows[case.case_id] = max(widest, windows.get(case.case_id, widest))
    return windows


def _fields(rules: Sequence[InForce]) -> set[str]:
    return {test.field for rule in rules for test in rule.rule.conditions.tests()}


def _met(
    rule: InForce, waiting: Sequence[Outline], facts: Mapping[int, CaseFacts], *, off: frozenset[int]
) -> list[Firing]:
    """Where a rule's conditions are met; a live one only records where automatic actions are switched off."""
    conditions = rule.rule.conditions
    return [
        Firing(
            by=rule,
            mode=_mode(rule, case, off),
            site_id=case.site_id,
            case_id=case.case_id,
            case_version=case.version,
            facts=firings.dump_facts(conditions.check(facts[case.case_id]).seen),
        )
        for case in waiting
        if conditions.met(facts[case.case_id])
    ]


def _within_limits(session: Session, rule: InForce, met: Sequence[Firing], *, now: datetime) -> list[Firing]:
    """The firings, unless the breaker trips: then the version falls to shadow, and they are what that one recorded."""
    live = sum(firing.mode is Mode.LIVE for firing in met)
    tripped = breaker.trips(session, rule, more=live, now=now) if live else None
    if tripped is None:
        return list(met)
    log.warning("rule.breaker", rule=rule.rule.name, version=rule.number, because=tripped)
    fallen = _stand_down(session, rule, to_mode=Mode.SHADOW, because=tripped)
    by = rule if fallen is None else replace(rule, version_id=fallen.version.id, number=fallen.version.number)
    return [replace(firing, by=replace(by, mode=Mode.SHADOW), mode=Mode.SHADOW) for firing in met]


def _erred(session: Session, rule: InForce, error: Exception) -> None:
    """Take a rule out of force that raised: whatever it is, the flags of the batch are worth more than the rule."""
    log.error("rule.erred", rule=rule.rule.name, version=rule.number, exc_info=error)
    because = f"It erred: {type(error).__name__}: {error}"[:ERROR_LENGTH]
    _stand_down(session, rule, to_mode=Mode.DRAFT, because=because)


def _stand_down(session: Session, rule: InForce, *, to_mode: Mode, because: str) -> Entry | None:
    """Take a version out of force; that this fails must not cost the batch either, and the next batch tries again."""
    try:
        with attempt(session):
            return book.stand_down(session, rule.version_id, to_mode=to_mode, because=because)
    except SQLAlchemyError:
        log.exception("rule.not_stood_down", rule=rule.rule.name, version=rule.number)
        return None
