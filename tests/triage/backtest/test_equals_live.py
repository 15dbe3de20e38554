"""A backtest finds what the same rule did when it looked at the same history live: cases, moments and facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

import pytest

from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.shares import Share, replay
from moderation_service.triage.rules.entries import Mode
from tests.triage.backtest.past import Past, add_rule, asks, conditions, document, live_a_while

RULES = (
    document("three", asks("reporters", ">=", 3, within="6h")),
    document(
        "mixed",
        conditions(
            asks("counted", ">=", 1.2, within="24h", reasons=["misleading", "hate"]),
            asks("flags", ">=", 2, within="90m", who="new"),
            asks("burst", ">", 1.5, within="2h"),
            group="any",
        ),
    ),
    document("politics", conditions(asks("category", "equals", "politics"), asks("voices", ">=", 2))),
    document(
        "again",
        conditions(asks("repeat_flags", ">=", 1), asks("clears", ">=", 1), asks("takedowns", ">=", 1), group="any"),
    ),
    document("source", conditions(asks("source_takedowns", ">=", 2), asks("source_clears", ">=", 2), group="any")),
    document("grave", conditions(asks("reason", "contains", "hate"), asks("severity", ">=", 3))),
    document("terms", conditions(asks("chance", ">=", 0.06), asks("index", ">", 1), asks("article_age", ">", 5))),
    document("reliable", asks("reporters", ">=", 1, within="30d", who="recorded")),
    document("raise", asks("voices", ">=", 4), {"do": "severity", "value": 5}),
    document("shut", asks("repeat_flags", ">=", 3), {"do": "close_as_repeat"}),
)


def backtested(past: Past, said: dict[str, Any]) -> list[tuple[int, Any, Any]]:
    """Where the rule would have fired in all of the past: case, moment and facts, in the order of the cases."""
    now = datetime.now(UTC)
    period = Period(past.site.id, now - timedelta(days=60), now + timedelta(days=1))
    with past.step() as session:
        moments = {case: 1 for (case,) in session.connection().exec_driver_sql("SELECT id FROM cases")}
    hits = replay(past.url, Share(said, period, moments), told=lambda _: None)
    return sorted((hit.case_id, hit.at, [_json(test) for test in hit.seen]) for hit in hits)


def _json(test: Any) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in test._asdict().items()}


@pytest.mark.parametrize("seed", range(3))
def test_backtest_finds_what_the_rules_did_live(past: Past, seed: int) -> None:
    with past.step() as session:
        versions = [
            add_rule(session, said, mode=mode)
            for said, mode in zip(RULES, cycle([Mode.SHADOW, Mode.LIVE]), strict=False)
        ]
    live_a_while(past, Random(seed), articles=3, steps=25)
    fired = [past.firings(version) for version in versions]
    assert sum(map(bool, fired)) >= len(RULES) - 2  # the history has something for nearly all of them
    assert [backtested(past, said) for said in RULES] == fired


def test_flags_of_muted_readers_count_neither_live_nor_in_a_backtest(past: Past) -> None:
    said = document("three", asks("reporters", ">=", 3, within="6h"))
    with past.step() as session:
        version = add_rule(session, said)
    past.mute("troll")
    for reader in ("troll", "a", "b"):
        past.flag(0, reader)
    past.triage()
    assert (past.firings(version), backtested(past, said)) == ([], [])
    past.flag(0, "c")
    past.triage()
    assert len(past.firings(version)) == 1
    assert backtested(past, said) == past.firings(version)
