"""Rule documents: what loads comes back the same, what does not says where, and changes are readable."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.errors import Invalid
from moderation_service.triage.rules import diff, dump, load
from moderation_service.triage.rules.action_shapes import SCHEMAS
from moderation_service.triage.rules.actions import Mute, WhomToMute
from tests.triage.rules.given import DURATIONS, TREES, a_document

MUTE = {"do": "mute", "reporters": {"rejected_at_least": 5, "upheld_share_below": 0.1}}
ACTIONS: list[dict[str, Any]] = [
    {"do": "escalate"},
    {"do": "queue", "name": "brigades"},
    {"do": "severity", "value": 4},
    {"do": "require", "who": "senior"},
    {"do": "hide"},
    {"do": "notify", "channel": "mail", "to": "desk@courier.example"},
    {"do": "deadline", "within": "90m"},
    {"do": "close_as_repeat"},
    MUTE,
]
DOCUMENTS = st.builds(
    a_document,
    TREES,
    because=st.text(st.characters(codec="ascii", categories=["L", "P"]), min_size=1, max_size=40),
    position=st.integers(0, 100_000),
    site=st.none() | st.just("courier"),
    actions=st.sampled_from(ACTIONS).map(lambda action: [action])
    | DURATIONS.map(lambda within: [{"do": "deadline", "within": within}, {"do": "escalate"}]),
)


def faults(document: Any) -> list[str]:
    with pytest.raises(Invalid) as refused:
        load(document)
    lines: list[str] = refused.value.extra["faults"]
    assert lines[0].startswith(f"{refused.value.field}: ")
    return lines


@given(DOCUMENTS)
def test_what_loads_dumps_and_loads_to_the_same(document: dict[str, Any]) -> None:
    rule = load(document)
    assert load(dump(rule)) == rule
    assert dump(load(dump(rule))) == dump(rule)


def test_what_is_not_said_is_as_usual() -> None:
    rule = load(a_document())
    assert (rule.position, rule.site) == (100, None)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action["do"])
def test_an_action_is_read_and_written(action: dict[str, Any]) -> None:
    rule = load(a_document(actions=[action]))
    assert dump(rule)["actions"] == [action]
    assert rule.actions[0].do == action["do"]
    assert rule.actions[0].words


def test_there_is_no_action_that_takes_down() -> None:
    assert set(SCHEMAS) == {action["do"] for action in ACTIONS}
    assert faults(a_document(actions=[{"do": "takedown"}]))[0].startswith("actions[0].do: Must be one of: escalate,")


@pytest.mark.parametrize(
    ("action", "where"),
    [
        ("escalate", "actions[0]"),
        ({}, "actions[0].do"),
        ({"do": ["escalate"]}, "actions[0].do"),
        ({"do": "escalate", "by": 2}, "actions[0].by"),
        ({"do": "queue", "name": "Brigades"}, "actions[0].name"),
        ({"do": "severity", "value": 6}, "actions[0].value"),
        ({"do": "severity", "value": True}, "actions[0].value"),
        ({"do": "require", "who": "admin"}, "actions[0].who"),
        ({"do": "notify", "channel": "mail", "to": "the desk"}, "actions[0].to"),
        ({"do": "notify", "channel": "mail", "to": "ü@courier.example"}, "actions[0].to"),
        ({"do": "notify", "channel": "webhook", "to": "ftp://x.example"}, "actions[0].to"),
        ({"do": "deadline", "within": "0m"}, "actions[0].within"),
        ({"do": "mute", "reporters": {"rejected_at_least": 0, "upheld_share_below": 0.1}}, "actions[0].reporters."),
    ],
)
def test_a_fault_of_an_action_is_named_where_it_stands(action: Any, where: str) -> None:
    assert faults(a_document(actions=[action]))[0].startswith(where)


@pytest.mark.parametrize(
    ("actions", "line"),
    [
        ([{"do": "escalate"}, {"do": "escalate"}], "actions[1].do: escalate is said before."),
        ([{"do": "hide"}, {"do": "close_as_repeat"}], "actions[0].do: Cannot hide a case that is closed as a repeat."),
        ([ACTIONS[5], ACTIONS[5]], "actions[1].do: notify is said before."),
    ],
)
def test_actions_neither_repeat_nor_contradict_each_other(actions: list[Any], line: str) -> None:
    assert faults(a_document(actions=actions)) == [line]


def test_several_may_be_told_and_required() -> None:
    other = ACTIONS[5] | {"to": "chief@courier.example"}
    required = [{"do": "require", "who": who} for who in ("senior", "second")]
    assert len(load(a_document(actions=[ACTIONS[5], other, *required])).actions) == 4


@pytest.mark.parametrize("document", [None, [], "rule", 3])
def test_what_is_no_document_is_refused(document: Any) -> None:
    assert faults(document) == ["document: Invalid input type."]


def test_every_fault_of_a_document_is_named_at_once() -> None:
    conditions = {"all": [{"field": "severity", "operator": ">=", "value": "3"}]}
    document = a_document(conditions, name="A Rule", mode="live", actions=[], position=-1)
    del document["because"]
    found = faults(document)
    assert {line.partition(":")[0] for line in found} == {
        "name",
        "because",
        "position",
        "mode",
        "conditions.all[0].value",
        "actions",
    }


@pytest.mark.parametrize(
    ("upheld", "rejected", "concerned"), [(0, 5, True), (0, 4, False), (1, 9, False), (1, 10, True)]
)
def test_whom_a_mute_concerns(upheld: int, rejected: int, concerned: bool) -> None:
    mute = load(a_document(actions=[MUTE])).actions[0]
    assert mute == Mute(WhomToMute(5, 0.1))
    assert mute.reporters.concerns(upheld=upheld, rejected=rejected) is concerned


def test_a_change_is_a_line_with_its_place() -> None:
    test = {"field": "severity", "operator": ">=", "value": 3}
    old = a_document({"all": [test]}, site="courier")
    new = a_document({"all": [test | {"value": 4}]}, position=7, actions=[{"do": "escalate"}, {"do": "hide"}])
    assert diff(old, new) == [
        "~ conditions.all[0].value: 3 -> 4",
        '+ actions[1]: {"do": "hide"}',
        '- site: "courier"',
        "+ position: 7",
    ]


def test_what_was_put_first_is_one_line() -> None:
    old = a_document(actions=[{"do": "escalate"}, {"do": "hide"}])
    new = a_document(actions=[{"do": "severity", "value": 5}, {"do": "escalate"}, {"do": "hide"}])
    assert diff(old, new) == ['+ actions[0]: {"do": "severity", "value": 5}']


@given(DOCUMENTS)
def test_a_document_does_not_differ_from_itself(document: dict[str, Any]) -> None:
    assert diff(document, document) == []


def test_the_same_said_in_other_words_is_no_change() -> None:
    flags = {"field": "flags", "within": "120m", "operator": ">=", "value": 3}
    usual = flags | {"within": "2h", "who": "any", "reasons": []}
    assert diff(dump(load(a_document(flags))), dump(load(a_document(usual)))) == []


def test_a_new_rule_is_all_added() -> None:
    lines = diff(None, a_document())
    assert len(lines) == len(a_document())
    assert all(line.startswith("+ ") for line in lines)
