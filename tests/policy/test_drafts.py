"""Drafts of a policy: what is wrong with one, how two differ, and how one becomes a version."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from moderation_service.errors import Conflict, Invalid
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import (
    Clause,
    Difference,
    Draft,
    Fault,
    changed_settings,
    differences,
    draft_of,
    faults,
)
from tests.factories import make_site

ONE = Clause("1.1", "Danger", "No danger.", ("terms", "law"), "VIOLENCE")
TWO = Clause("2.1", "Spam", "No spam.", ("terms",), "OTHER_VIOLATION_TC")
DRAFT = Draft((ONE, TWO), second_for_editorial=False, second_over=None, qa_percent=2.0)


def test_a_draft_without_faults() -> None:
    assert list(faults(DRAFT)) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("code", code) for code in ("", "3.4/terms", "a b", "x" * 21, "2.1", "\u00b9")),
        *(("title", title) for title in ("", "x" * 201)),
        *(("text", said) for said in ("", "x" * 5001)),
        *(("grounds", grounds) for grounds in ((), ("mood",))),
        *(("dsa_category", category) for category in ("", "NONE_OF_THEM")),
    ],
)
def test_a_fault_is_at_its_field_of_its_clause(field: str, value: Any) -> None:
    wrong = set(faults(replace(DRAFT, clauses=(replace(ONE, **{field: value}), TWO))))
    assert Fault(field, 0) in wrong
    assert {fault.field for fault in wrong} == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [("clauses", ()), ("second_over", -1), ("second_over", 1001), ("qa_percent", 100.1), ("qa_percent", float("nan"))],
)
def test_a_setting_that_cannot_be(field: str, value: Any) -> None:
    assert list(faults(replace(DRAFT, **{field: value}))) == [Fault(field)]


def test_clauses_that_were_added_changed_and_removed() -> None:
    changed, added = replace(ONE, text="No danger at all."), replace(TWO, code="2.2")
    found = differences(DRAFT, replace(DRAFT, clauses=(added, changed)))
    assert found == [Difference("2.2", None, added), Difference("1.1", ONE, changed), Difference("2.1", TWO, None)]


def test_settings_that_changed() -> None:
    other = replace(DRAFT, second_over=3, qa_percent=5.0)
    assert changed_settings(DRAFT, other) == {"second_over": (None, 3), "qa_percent": (2.0, 5.0)}


def test_clauses_that_were_only_moved() -> None:
    moved = replace(DRAFT, clauses=(TWO, ONE))
    assert (differences(DRAFT, moved), changed_settings(DRAFT, moved)) == ([], {"order": (None, None)})


def test_a_version_says_what_its_draft_said_in_its_order(session: Session) -> None:
    draft = replace(DRAFT, clauses=(TWO, ONE), second_over=3)
    version = policy.write(session, None, draft, began_from=policy.in_force(session, None).id)
    assert (version.number, policy.in_force(session, None)) == (2, version)
    assert draft_of(version, policy.clauses(session, version)) == draft


def test_the_first_version_of_a_site_begins_from_the_house_policy(session: Session) -> None:
    site = make_site(session)
    version = policy.write(session, site.id, DRAFT, began_from=policy.in_force(session, site.id).id)
    assert (version.number, policy.in_force(session, site.id), policy.in_force(session, None).number) == (1, version, 1)


def test_a_draft_that_was_overtaken_is_refused(session: Session) -> None:
    began_from = policy.in_force(session, None).id
    policy.write(session, None, DRAFT, began_from=began_from)
    with pytest.raises(Conflict):
        policy.write(session, None, DRAFT, began_from=began_from)


def test_a_draft_with_a_fault_is_no_version(session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        policy.write(session, None, replace(DRAFT, clauses=()), began_from=policy.in_force(session, None).id)
    assert refused.value.field == "clauses"
