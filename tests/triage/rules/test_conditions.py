"""Conditions: what meets them, what they say of it, and what is refused with the place it stands at."""

from __future__ import annotations

import json
import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from moderation_service.triage.rules.conditions import Not, Seen
from moderation_service.triage.rules.facts import MOST_FLAGS, CaseFacts, FlagFact
from moderation_service.triage.rules.reading import DEEPEST, MOST_TESTS, read_conditions
from moderation_service.triage.rules.tree import groups
from tests.triage.rules.given import CASES, FLAGS, TREES, a_case, a_flag

SEVERE = {"field": "severity", "operator": ">=", "value": 3}
LOCAL = {"field": "category", "operator": "equals", "value": "local"}
THREE = {"field": "reporters", "within": "6h", "operator": ">=", "value": 3}


def met(document: Any, facts: CaseFacts) -> bool:
    return read_conditions(document).met(facts)


def faults(document: Any) -> Any:
    with pytest.raises(ValidationError) as refused:
        read_conditions(document)
    return refused.value.messages


@pytest.mark.parametrize(
    ("operator", "holds"),
    [
        (">=", [False, True, True]),
        (">", [False, False, True]),
        ("<=", [True, True, False]),
        ("<", [True, False, False]),
        ("equals", [False, True, False]),
    ],
)
def test_numbers_are_compared(operator: str, holds: list[bool]) -> None:
    test = {"field": "severity", "operator": operator, "value": 3}
    assert [met(test, a_case(severity=severity)) for severity in (2, 3, 4)] == holds


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [
        ("equals", "u.s. POLITICS", True),
        ("equals", "politics", False),
        ("contains", "Politics", True),
        ("in", ["local", "U.S. politics"], True),
        ("in", ["local"], False),
    ],
)
def test_texts_are_compared_without_case(operator: str, value: Any, holds: bool) -> None:
    test = {"field": "category", "operator": operator, "value": value}
    assert met(test, a_case(category="U.S. Politics")) is holds


@pytest.mark.parametrize(
    ("operator", "value", "holds"),
    [("contains", "spam", True), ("contains", "hate", False), ("in", ["hate", "spam"], True), ("in", ["hate"], False)],
)
def test_a_case_has_a_reason_when_one_reader_gave_it(operator: str, value: Any, holds: bool) -> None:
    test = {"field": "reason", "operator": operator, "value": value}
    assert met(test, a_case(reasons=frozenset({"spam", "scam"}))) is holds


def test_the_age_of_an_article_is_in_hours() -> None:
    test = {"field": "article_age", "operator": "<", "value": 1.5}
    assert met(test, a_case(article_age=timedelta(minutes=89)))
    assert not met(test, a_case(article_age=timedelta(minutes=90)))


@pytest.mark.parametrize("operator", ["<", ">="])
def test_what_nobody_knows_meets_no_test(operator: str) -> None:
    test = {"field": "views", "operator": operator, "value": 10}
    assert not met(test, a_case(views=None))
    assert met({"not": test}, a_case(views=None))


@pytest.mark.parametrize(("severity", "category", "every", "one"), [(3, "LOCAL", 1, 1), (3, "X", 0, 1), (2, "X", 0, 0)])
def test_all_and_any_and_not(severity: int, category: str, every: bool, one: bool) -> None:
    facts = a_case(severity=severity, category=category)
    assert met({"all": [SEVERE, LOCAL]}, facts) == every
    assert met({"any": [SEVERE, LOCAL]}, facts) == one
    assert met({"not": {"any": [SEVERE, LOCAL]}}, facts) != one


@given(TREES, CASES)
def test_denied_twice_is_the_same(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    assert Not(Not(condition)).met(facts) is condition.met(facts) is not Not(condition).met(facts)


@given(TREES, CASES)
def test_looking_at_everything_comes_to_what_the_short_way_does(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    finding = condition.check(facts)
    assert finding.met is condition.met(facts)
    assert [seen.path for seen in finding.seen] == [test.path for test in condition.tests()]
    assert json.loads(json.dumps(finding.seen, allow_nan=False)) == [list(seen) for seen in finding.seen]


@given(TREES, CASES)
def test_the_groups_come_to_what_the_whole_does(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    finding = condition.check(facts)
    outermost = [group.met for group in groups(condition, finding.seen) if group.path == "conditions"]
    assert outermost == ([] if "field" in tree else [finding.met])


@given(TREES, CASES)
def test_it_is_never_met_by_fewer_readers_than_it_says(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    assert not condition.met(facts) or facts.voices >= condition.least_voices


@given(TREES, CASES)
def test_flags_older_than_its_widest_window_change_nothing(tree: dict[str, Any], facts: CaseFacts) -> None:
    condition = read_conditions(tree)
    old = a_flag(77, condition.widest)
    changed = a_case([*facts.flags, old], views=facts.views, category=facts.category)
    same = a_case(
        facts.flags, views=facts.views, category=facts.category, reasons=changed.reasons, voices=changed.voices
    )
    assert condition.check(changed) == condition.check(same)


@given(FLAGS, FLAGS, st.integers(1, 6), st.sampled_from(["flags", "reporters", "counted"]))
def test_a_threshold_once_reached_stays_reached_with_further_flags(
    some: list[FlagFact], more: list[FlagFact], least: int, field: str
) -> None:
    test = {"field": field, "within": "30d", "operator": ">=", "value": least}
    assert met(test, a_case(some + more)) >= met(test, a_case(some))


def test_a_finding_says_what_each_test_saw() -> None:
    recorded = THREE | {"who": "recorded", "reasons": ["hate", "spam"]}
    finding = read_conditions({"all": [recorded, {"not": LOCAL}]}).check(a_case([a_flag(reason="hate", upheld=1)]))
    words = "distinct readers with a record for hate or spam within 6h"
    assert not finding.met
    assert finding.seen == [
        Seen("conditions.all[0]", "reporters", words, ">=", 3, 1, met=False),
        Seen("conditions.all[1].not", "category", "category", "equals", "local", "LOCAL", met=True),
    ]


@pytest.mark.parametrize(
    ("document", "least", "widest"),
    [
        (THREE, 3, 6),
        (THREE | {"operator": ">"}, 4, 6),
        (THREE | {"operator": "<"}, 0, 6),
        ({"all": [THREE, SEVERE]}, 3, 6),
        ({"any": [THREE, SEVERE]}, 0, 6),
        ({"any": [THREE, THREE | {"value": 5, "within": "7h"}]}, 3, 7),
        ({"not": THREE}, 0, 6),
        (SEVERE, 0, 0),
    ],
)
def test_a_condition_knows_what_it_needs(document: Any, least: int, widest: int) -> None:
    condition = read_conditions(document)
    assert (condition.least_voices, condition.widest) == (least, timedelta(hours=widest))


NO_TREE = "Must have a field, or be exactly one of all, any and not."


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([], ["Not an object."]),
        ({}, [NO_TREE]),
        ({"all": [SEVERE], "any": [SEVERE]}, [NO_TREE]),
        ({"none": [SEVERE]}, [NO_TREE]),
        ({"all": []}, {"all": ["Must be a list of one condition at least."]}),
        ({"any": SEVERE}, {"any": ["Must be a list of one condition at least."]}),
        ({"not": [SEVERE]}, {"not": ["Not an object."]}),
        ({"all": [SEVERE, SEVERE | {"value": 6}]}, {"all": {1: {"value": ["Must be between 1 and 5."]}}}),
        ({"not": THREE | {"within": "31d"}}, {"not": {"within": ["Longer than 30d."]}}),
        (SEVERE | {"within": "6h"}, {"within": ["Unknown field."]}),
        (LOCAL | {"value": ["local"]}, {"value": ["Must be a list for in, and a single value otherwise."]}),
        (LOCAL | {"value": " "}, {"value": ["Blank."]}),
        (LOCAL | {"value": "a\0b"}, {"value": ["The text has a NUL at character 2."]}),
    ],
)
def test_a_fault_is_named_where_it_stands(document: Any, expected: Any) -> None:
    assert faults(document) == expected


@pytest.mark.parametrize(
    "value", [True, False, "3", None, [3], math.nan, math.inf, -math.inf, 10**400, MOST_FLAGS + 1, -1]
)
@pytest.mark.parametrize("field", ["reporters", "counted"])
def test_what_is_no_number_within_bounds_is_refused(field: str, value: Any) -> None:
    assert list(faults(THREE | {"field": field, "value": value})) == ["value"]


def test_a_number_of_readers_is_whole() -> None:
    assert faults(THREE | {"value": 2.5}) == {"value": ["Not a whole number."]}


def test_every_fault_is_named_at_once() -> None:
    test = {"field": "flags", "operator": "in", "value": "many", "who": "me", "reasons": ["boredom"], "when": "now"}
    assert set(faults(test)) == {"operator", "value", "who", "reasons", "when", "within"}


@pytest.mark.parametrize("name", ["chances", None, 3, ["chance"], {}])
def test_a_field_that_does_not_exist_is_answered_with_those_that_do(name: Any) -> None:
    assert faults({"field": name})["field"][0].startswith("Must be one of: flags, reporters,")


def test_only_a_window_that_is_about_readers_chooses_among_them() -> None:
    assert list(faults(THREE | {"field": "fresh_share", "value": 1, "who": "fresh"})) == ["who"]


def _nested(depth: int) -> Any:
    tree: Any = SEVERE
    for _ in range(depth - 1):
        tree = {"not": tree}
    return tree


def test_a_tree_has_a_deepest_level() -> None:
    assert met(_nested(DEEPEST - 1), a_case(severity=3))
    assert faults(_nested(DEEPEST + 1)) == faults(_nested(100_000)) == ["Nested more than 8 deep."]


def test_a_tree_has_a_largest_number_of_tests() -> None:
    assert met({"all": [SEVERE] * MOST_TESTS}, a_case(severity=3))
    assert faults({"all": [{"any": [SEVERE]}] * (MOST_TESTS + 1)}) == ["More than 64 tests."]
    assert faults({"all": [[]] * 1_000_000}) == ["More than 64 tests."]
