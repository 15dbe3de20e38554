"""What can be told of conditions before flags are read: never more than what the flags then say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from moderation_service.triage.rules.facts import CaseFacts
from moderation_service.triage.rules.foresight import asks_trust, possible
from moderation_service.triage.rules.reading import read_conditions
from tests.triage.rules.given import CASES, TREES, a_case

READERS = {"field": "reporters", "within": "6h", "operator": ">=", "value": 3}
TRUSTED = {"field": "reporters", "within": "6h", "who": "trusted", "operator": ">=", "value": 1}
PER_VIEW = {"field": "flags_per_view", "within": "6h", "operator": "<", "value": 1}
FLAGS = {"field": "flags", "within": "6h", "operator": ">=", "value": 3}
SEVERE = {"field": "severity", "operator": ">=", "value": 3}


def may(document: Any, *, trusted: bool = False, **facts: Any) -> bool:
    return possible(read_conditions(document), a_case(**facts), trusted=trusted)


@given(TREES, CASES)
def test_what_flags_meet_was_possible_before_they_were_read(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    trusted = any(flag.trusted for flag in facts.flags)
    assert possible(condition, replace(facts, flags=()), trusted=trusted) or not condition.met(facts)


@given(TREES, CASES)
def test_without_windows_nothing_is_left_open(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    if condition.widest == timedelta(0):
        assert possible(condition, facts, trusted=True) is condition.met(facts)


@pytest.mark.parametrize(("voices", "may_be"), [(2, False), (3, True)])
def test_fewer_readers_than_it_takes_rule_it_out(voices: int, may_be: bool) -> None:
    assert may(READERS, voices=voices) is may_be
    assert may({"not": READERS | {"operator": "<"}}, voices=voices) is may_be


def test_flags_are_not_bounded_by_readers() -> None:
    assert may(FLAGS, voices=1)


@pytest.mark.parametrize("trusted", [True, False])
def test_readers_who_are_trusted_are_looked_for_where_there_are_any(trusted: bool) -> None:
    assert may(TRUSTED, trusted=trusted, voices=5) is trusted
    assert may({"not": TRUSTED}, trusted=trusted, voices=5)


def test_without_known_views_no_flag_makes_a_rate() -> None:
    assert not may(PER_VIEW, views=None)
    assert may(PER_VIEW, views=10)


@pytest.mark.parametrize(
    ("document", "may_be"),
    [
        ({"all": [FLAGS, SEVERE]}, False),
        ({"any": [FLAGS, SEVERE]}, True),
        ({"any": [READERS, SEVERE]}, False),
        ({"not": {"all": [FLAGS, SEVERE]}}, True),
        ({"not": {"any": [FLAGS, {"not": SEVERE}]}}, False),
    ],
)
def test_one_part_may_settle_it(document: Any, may_be: bool) -> None:
    assert may(document, severity=2, voices=1) is may_be


def test_a_rule_says_whether_it_asks_for_trust() -> None:
    assert asks_trust(read_conditions({"any": [SEVERE, {"not": TRUSTED}]}))
    assert not asks_trust(read_conditions(READERS))
