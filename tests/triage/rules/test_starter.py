"""The starter set: every rule loads, says why, and does what its reason says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from moderation_service.triage.rules import CaseFacts, dump, load, starter
from tests.triage.rules.given import a_case, a_flag

RECORDED: dict[str, Any] = {"upheld": 2, "rejected": 1}


def fires(name: str, facts: CaseFacts) -> bool:
    (document,) = (document for document in starter() if document["name"] == name)
    return load(document).conditions.met(facts)


def readers(count: int, **changes: Any) -> list[Any]:
    return [a_flag(reader, **changes) for reader in range(1, count + 1)]


@pytest.mark.parametrize("document", starter(), ids=lambda document: document["name"])
def test_a_rule_of_the_set_is_written_the_usual_way_and_says_why(document: dict[str, Any]) -> None:
    assert dump(load(document)) == document
    assert len(document["because"]) > 60


def test_the_set_has_an_order_and_no_name_twice() -> None:
    positions = [document["position"] for document in starter()]
    assert positions == sorted(set(positions))
    assert len({document["name"] for document in starter()}) == len(positions) == 7


@pytest.mark.parametrize(
    ("name", "fired", "facts"),
    [
        ("danger-to-life", True, a_case(readers(1, reason="danger_to_life"))),
        ("danger-to-life", False, a_case(readers(9, reason="violence"))),
        ("gravest-reasons", True, a_case(readers(1, reason="terrorism"))),
        ("gravest-reasons", False, a_case(readers(9, reason="hate"))),
        ("trusted-flagger", True, a_case(readers(1, trusted=True))),
        ("trusted-flagger", False, a_case(readers(9))),
        ("repeat-flags", True, a_case(readers(3))),
        ("repeat-flags", False, a_case(readers(2))),
        ("repeat-flags", False, a_case(readers(3, weight=0.6, fresh=True))),
        ("repeat-flags", False, a_case(readers(3, ago=timedelta(hours=24)))),
        ("politics-with-records", True, a_case(readers(3, **RECORDED), category="U.S. Politics")),
        ("politics-with-records", False, a_case(readers(3, **RECORDED))),
        ("politics-with-records", False, a_case(readers(9), category="POLITICS")),
        ("fresh-brigade", True, a_case(readers(10, fresh=True))),
        ("fresh-brigade", False, a_case(readers(9, fresh=True))),
        ("fresh-brigade", False, a_case(readers(10))),
        ("repeat-of-cleared", True, a_case(readers(1), clears=1)),
        ("repeat-of-cleared", False, a_case(readers(1))),
        ("repeat-of-cleared", False, a_case(readers(1), clears=1, takedowns=1)),
        ("repeat-of-cleared", True, a_case(readers(2), clears=1)),
        ("repeat-of-cleared", False, a_case(readers(3), clears=1)),
        ("repeat-of-cleared", False, a_case(readers(1), clears=1, severity=4)),
        ("repeat-of-cleared", False, a_case(readers(1, trusted=True), clears=1)),
    ],
)
def test_a_rule_of_the_set_does_what_its_reason_says(name: str, fired: bool, facts: CaseFacts) -> None:
    assert fires(name, facts) is fired
