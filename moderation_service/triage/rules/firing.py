"""Let the rules in force look at cases: which of them fire, once for each case, and in which mode.

A rule that errs, or does far more than anybody meant, is taken out of force here; no rule costs a batch its flags.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from moderation_service.db import attempt
from moderation_service.triage.rules import book, breaker, firings, gather
from moderation_service.triage.rules.entries import Entry, Mode
from moderation_service.triage.rules.facts import CaseFacts
from moderation_service.triage.rules.firings import Fired, Firing
from moderation_service.triage.rules.in_force import InForce, rules_in_force
from moderation_service.triage.rules.switches import switched_off

log = structlog.get_logger()

ERROR_LENGTH = 500  # characters of an error that are kept

WAITING = text("""
SELECT cases.id, cases.site_id, cases.version, array_agg(rule.version_id) AS rules
FROM unnest(CAST(:versions AS bigint[]), CAST(:sites AS int[]), CAST(:least AS int[]))
    AS rule (version_id, site_id, least)
JOIN cases ON cases.voices >= rule.least AND (rule.site_id IS NULL OR rule.site_id = cases.site_id)
WHERE cases.id = ANY (:cases) AND cases.state = 'open' AND NOT EXISTS (
    SELECT FROM rule_firings fired WHERE fired.version_id = rule.version_id AND fired.case_id = cases.id)
GROUP BY cases.id ORDER BY cases.id
""")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case that a rule has not fired on, and could."""

    case_id: int
    site_id: int
    version: int


def fire(session: Session, case_ids: Sequence[int]) -> list[Fired]:
    """Let the rules in force look at these of the open cases; what fired now, in the order of the rules."""
    rules = rules_in_force(session)
    waiting = _waiting(session, case_ids, rules) if rules and case_ids else {}
    if not waiting:
        return []
    looking = [rule for rule in rules if rule.version_id in waiting]
    facts = gather.gather(session, _windows(looking, waiting), fields=_fields(looking))
    off = switched_off(session, {case.site_id for cases in waiting.values() for case in cases})
    found: list[Firing] = []
    for rule in looking:
        try:
            met = _met(rule, waiting[rule.version_id], facts, off=off)
        except Exception as error:
            # Whatever it is, the flags of the batch are worth more than the rule.
            log.exception("rule.erred", rule=rule.rule.name, version=rule.number)
            because = f"It erred: {type(error).__name__}: {error}"[:ERROR_LENGTH]
            _stand_down(session, rule, to_mode=Mode.DRAFT, because=because)
            continue
        if met:
            now = facts[met[0].case_id].now
            found += _within_limits(session, rule, met, now=now)
    return firings.record(session, found)


def _waiting(session: Session, case_ids: Sequence[int], rules: Sequence[InForce]) -> dict[int, list[Waiting]]:
    """By version, the open cases that it has not fired on and that have readers enough for it."""
    parameters = {
        "cases": list(case_ids),
        "versions": [rule.version_id for rule in rules],
        "sites": [rule.site_id for rule in rules],
        "least": [rule.rule.conditions.least_voices for rule in rules],
    }
    waiting: defaultdict[int, list[Waiting]] = defaultdict(list)
    for row in session.execute(WAITING, parameters):
        case = Waiting(row.id, row.site_id, row.version)
        for version_id in row.rules:
            waiting[version_id].append(case)
    return dict(waiting)


def _windows(rules: Sequence[InForce], waiting: Mapping[int, Sequence[Waiting]]) -> dict[int, timedelta]:
    """For each case, the widest window of the rules that look at it."""
    windows: dict[int, timedelta] = {}
    for rule in rules:
        for case in waiting[rule.version_id]:
            windows[case.case_id] = max(rule.rule.conditions.widest, windows.get(case.case_id, timedelta(0)))
    return windows


def _fields(rules: Sequence[InForce]) -> set[str]:
    return {test.field for rule in rules for test in rule.rule.conditions.tests()}


def _met(
    rule: InForce, waiting: Sequence[Waiting], facts: Mapping[int, CaseFacts], *, off: frozenset[int]
) -> list[Firing]:
    """Where a rule's conditions are met; a live one only records where automatic actions are switched off."""
    conditions = rule.rule.conditions
    return [
        Firing(
            by=rule,
            mode=Mode.SHADOW if case.site_id in off else rule.mode,
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


def _stand_down(session: Session, rule: InForce, *, to_mode: Mode, because: str) -> Entry | None:
    """Take a version out of force; that this fails must not cost the batch either, and the next batch tries again."""
    try:
        with attempt(session):
            return book.stand_down(session, rule.version_id, to_mode=to_mode, because=because)
    except SQLAlchemyError:
        log.exception("rule.not_stood_down", rule=rule.rule.name, version=rule.number)
        return None
