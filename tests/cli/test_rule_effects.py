"""What rules make of cases, and taking back what they did, from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.triage.rules.entries import Mode
from tests.cli.conftest import Cli
from tests.factories import make_case, make_site
from tests.triage.rules.books import make_entry

ANY_FLAG = {"field": "flags", "within": "1d", "operator": ">=", "value": 1}
OPENED_AGAIN = "open again: 0; shown again: 0; readers who count again: 0"


@pytest.fixture
def case_id(database: Database) -> int:
    """A case that a live rule escalated."""
    with database.transaction() as session:
        make_entry(session, "any-flag", conditions=ANY_FLAG, mode=Mode.LIVE)
        return make_case(session, make_site(session)).id


def test_a_rule_says_what_it_makes_of_a_case(cli: Cli, case_id: int) -> None:
    said, fact, hindered, fired = cli("rules", "test", "any-flag", "--case", case_id).stdout.splitlines()
    assert said == f"any-flag, version 2 (live): its conditions are met on case {case_id}"
    assert fact == "  yes  flags by readers within 24h: 1 (asked for: >= 1)"
    assert hindered == "This version has fired on the case, and does so once."
    assert fired.startswith("Version 2 fired at ")
    assert fired.endswith(" (live).")


TREE = {"all": [ANY_FLAG, {"not": {"any": [ANY_FLAG | {"value": 9}, ANY_FLAG | {"value": 8}]}}]}


def test_conditions_are_shown_as_the_tree_they_are(cli: Cli, database: Database, case_id: int) -> None:
    with database.transaction() as session:
        make_entry(session, "tree", conditions=TREE, mode=Mode.LIVE)
    lines = cli("rules", "test", "tree", "--case", case_id).stdout.splitlines()
    assert lines[1:-1] == [
        "  yes  all",
        "  yes    flags by readers within 24h: 1 (asked for: >= 1)",
        "  yes    not",
        "  no       any",
        "  no         flags by readers within 24h: 1 (asked for: >= 9)",
        "  no         flags by readers within 24h: 1 (asked for: >= 8)",
    ]
    assert lines[-1] == "It fires when the next flag comes: rules look at a case then."


def test_the_same_as_json(cli: Cli, case_id: int) -> None:
    found = json.loads(cli("rules", "test", "any-flag", "--case", case_id, "--json").stdout)
    assert (found["met"], found["facts"][0]["value"]) == (True, 1)


def test_a_rule_is_taken_back(cli: Cli, database: Database, case_id: int) -> None:
    said = cli("rules", "revert", "any-flag", "--version", 2).stdout.splitlines()
    assert said == ["taken back: 1, on 1 undecided cases", OPENED_AGAIN]
    with database.transaction() as session:
        assert session.get_one(Case, case_id).escalation == 0


def test_a_version_that_a_rule_never_had_cannot_be_taken_back(refused: Callable[..., str], case_id: int) -> None:
    assert "has no version 9" in refused("rules", "revert", "any-flag", "--version", 9)
