"""What decisions mean, as tables."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.decisions.effect import Wanted, flag_outcome, wanted_state


@dataclass(frozen=True)
class Verdict:
    action: str
    parts: list[str] = field(default_factory=list)
    ground: str | None = None


CLEAR = Verdict("clear")
WHOLE = Verdict("takedown", [], "terms")
BY_LAW = Verdict("takedown", [], "law")
P1, P2 = Verdict("takedown", ["p1"], "terms"), Verdict("takedown", ["p2", "headline"], "law")


@pytest.mark.parametrize(
    ("in_force", "wanted"),
    [
        ([], Wanted()),
        ([CLEAR], Wanted()),
        ([WHOLE], Wanted("removed", (), "terms")),
        ([BY_LAW], Wanted("removed", (), "law")),
        ([P1], Wanted("visible", ("p1",), "terms")),
        ([P2], Wanted("visible", ("headline", "p2"), "law")),
        ([P1, P2], Wanted("visible", ("headline", "p1", "p2"), "law")),
        ([P1, P1], Wanted("visible", ("p1",), "terms")),
        ([P1, CLEAR], Wanted("visible", ("p1",), "terms")),
        ([WHOLE, CLEAR], Wanted("removed", (), "terms")),
        ([WHOLE, BY_LAW], Wanted("removed", (), "law")),
        # A part removed by law does not make the removal of the whole one by law.
        ([WHOLE, P2], Wanted("removed", ("headline", "p2"), "terms")),
        ([BY_LAW, P1], Wanted("removed", ("p1",), "law")),
    ],
)
def test_what_the_decisions_in_force_ask_of_a_store(in_force: list[Verdict], wanted: Wanted) -> None:
    assert wanted_state(in_force) == wanted
    assert wanted_state(reversed(in_force)) == wanted


@pytest.mark.parametrize(
    ("in_force", "wanted"),
    [
        ([], Wanted("hidden")),
        ([CLEAR], Wanted("hidden")),
        # What was taken out stays out, also when the rest is shown again.
        ([P1, P2], Wanted("hidden", ("headline", "p1", "p2"), "law")),
        ([WHOLE], Wanted("removed", (), "terms")),
        ([BY_LAW, P1], Wanted("removed", ("p1",), "law")),
    ],
)
def test_what_is_hidden_until_its_review_is_hidden_unless_it_is_removed(
    in_force: list[Verdict], wanted: Wanted
) -> None:
    assert wanted_state(in_force, hidden=True) == wanted


@pytest.mark.parametrize(
    ("verdict", "part", "outcome"),
    [
        (CLEAR, None, "not upheld"),
        (CLEAR, "p1", "not upheld"),
        (WHOLE, None, "upheld"),
        (WHOLE, "p1", "upheld"),
        (P1, "p1", "upheld"),
        (P1, "p2", "not upheld"),
        (P1, None, "upheld"),
    ],
)
def test_what_a_decision_means_for_a_flag(verdict: Verdict, part: str | None, outcome: str) -> None:
    assert flag_outcome(verdict, part) == outcome


@given(
    st.sampled_from(["visible", "hidden", "removed"]),
    st.lists(st.text(max_size=5), max_size=4).map(tuple),
    st.sampled_from([None, "terms", "law"]),
)
def test_a_wanted_state_survives_json(state: str, redacted: tuple[str, ...], ground: str | None) -> None:
    wanted = Wanted(state, redacted, ground)
    assert Wanted.from_json(wanted.to_json()) == wanted
