"""The language of rules as it is told: all of it, and nothing that does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from moderation_service.triage.rules import load
from moderation_service.triage.rules.fields import FIELDS
from moderation_service.triage.rules.reference import as_markdown, reference


def _value(field: dict[str, Any], comparison: str) -> Any:
    word = field["choices"][0] if field["choices"] else "x"
    if field["kind"] in ("text", "reasons"):
        return [word] if comparison == "in" else word
    return field["least"]


@pytest.mark.parametrize("field", reference()["fields"], ids=lambda field: field["name"])
def test_every_field_takes_what_is_told_of_it(field: dict[str, Any]) -> None:
    for comparison in field["operators"]:
        test = {"field": field["name"], "operator": comparison, "value": _value(field, comparison)}
        if field["window"]:
            test["within"] = reference()["within"]["most"]
        if field["who"]:
            test["who"] = next(iter(reference()["who"]))
        load({"name": "r", "because": "b", "conditions": test, "actions": [{"do": "escalate"}]})


def test_every_field_and_action_is_in_the_tables() -> None:
    told = as_markdown()
    assert all(f"| `{name}` |" in told for name in FIELDS)
    assert all(f"| `{action['do']}` |" in told for action in reference()["actions"])
