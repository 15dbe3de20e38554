"""Facts and documents for the tests of the rules' language; each is ordinary, and says what may differ."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from moderation_service.policy.vocabulary import Reason
from moderation_service.triage.rules.facts import CaseFacts, FlagFact
from moderation_service.triage.rules.fields import COMPARISONS, FIELDS, Field, Kind
from moderation_service.triage.rules.windows import LONGEST, SHORTEST, Who, print_duration

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
REASONS = [reason.value for reason in Reason]


def a_flag(reader: int = 1, ago: timedelta = timedelta(minutes=1), **changes: Any) -> FlagFact:
    """A flag by a reader without a record, who weighs as much as the average."""
    fields: dict[str, Any] = {"reason": "misleading", "weight": 2.0, "upheld": 0, "rejected": 0}
    fields |= {"fresh": False, "trusted": False}
    return FlagFact(reporter=reader.to_bytes(16, "big"), at=NOW - ago, **(fields | changes))


def a_case(flags: Sequence[FlagFact] = (), **changes: Any) -> CaseFacts:
    """A case of these flags on a local article of the newsroom's own, six hours old."""
    fields: dict[str, Any] = {
        "now": NOW,
        "full_weight": 2.0,
        "reasons": frozenset(flag.reason for flag in flags),
        "severity": 2,
        "category": "LOCAL",
        "origin": "editorial",
        "language": None,
        "article_age": timedelta(hours=6),
        "views": None,
        "velocity": None,
        "reach": 100.0,
        "chance": 0.2,
        "index": 40.0,
        "voices": len({flag.reporter for flag in flags}),
        "repeat_flags": 0,
        "takedowns": 0,
        "clears": 0,
        "source_takedowns": 0,
        "source_clears": 0,
    }
    return CaseFacts(flags=sorted(flags, key=lambda flag: flag.at), **(fields | changes))


def a_document(conditions: Any = None, **changes: Any) -> dict[str, Any]:
    """A rule that escalates, when the severity is at least 3 if nothing else is said."""
    usual = {"field": "severity", "operator": ">=", "value": 3}
    document = {"name": "a-rule", "because": "It is a test.", "conditions": conditions or usual}
    return document | {"actions": [{"do": "escalate"}]} | changes


AGO = st.timedeltas(timedelta(0), timedelta(days=40))
FLAGS = st.lists(
    st.builds(
        a_flag,
        st.integers(1, 6),
        AGO,
        reason=st.sampled_from(REASONS[:3]),
        weight=st.floats(0, 4),
        upheld=st.integers(0, 2),
        rejected=st.integers(0, 2),
        fresh=st.booleans(),
        trusted=st.booleans(),
    ),
    max_size=12,
)
CASES = st.builds(
    a_case,
    FLAGS,
    views=st.none() | st.integers(0, 1000),
    category=st.none() | st.sampled_from(["Politics", "LOCAL"]),
    chance=st.floats(0, 1),
    severity=st.integers(1, 5),
)
DURATIONS = st.integers(1, LONGEST // SHORTEST).map(lambda minutes: print_duration(minutes * SHORTEST))


def _values(field: Field, operator: str) -> st.SearchStrategy[Any]:
    if field.kind is Kind.WHOLE:
        return st.integers(int(field.least), int(field.most))
    if field.kind is Kind.NUMBER:
        return st.floats(field.least, field.most)
    one = st.sampled_from(field.choices) if field.choices else st.sampled_from(["politics", "Local", "de-AT"])
    return st.lists(one, min_size=1, max_size=3) if operator == "in" else one


@st.composite
def tests(draw: st.DrawFn) -> dict[str, Any]:
    """A test of any field, with any window it may have."""
    field = draw(st.sampled_from(list(FIELDS.values())))
    operator = draw(st.sampled_from(list(COMPARISONS[field.kind])))
    test = {"field": field.name, "operator": operator, "value": draw(_values(field, operator))}
    if field.measure is not None:
        test["within"] = draw(DURATIONS)
        test["reasons"] = draw(st.lists(st.sampled_from(REASONS), max_size=2))
        if field.of_readers:
            test["who"] = draw(st.sampled_from(list(Who))).value
    return test


TREES = st.recursive(
    tests(),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=6,
)
