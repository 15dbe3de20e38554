"""Policies from the command line: what is in force, and how decisions are checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from moderation_service.config import Settings
from tests.cli.conftest import Cli, call


@pytest.fixture
def courier(cli: Cli) -> Cli:
    cli("sites", "add", "courier", "--name", "The Courier", "--url", "https://courier.example")
    return cli


def _shown(cli: Cli, *slug: str) -> dict[str, Any]:
    (row,) = json.loads(cli("policies", "show", *slug, "--json").stdout)
    return dict(row)


def test_a_site_without_a_policy_is_under_that_of_the_house(courier: Cli) -> None:
    shown = _shown(courier, "courier")
    assert (shown["of"], shown["second_for_editorial"], shown["second_over"]) == ("house", False, None)
    assert "3.4" in shown["clauses"]


def test_what_is_not_named_stays_as_it_is(courier: Cli) -> None:
    courier("policies", "set", "courier", "--editorial", "--over", "20")
    courier("policies", "set", "courier", "--qa-percent", "5")
    shown = _shown(courier, "courier")
    assert (shown["of"], shown["second_for_editorial"], shown["second_over"]) == ("courier", True, 20)
    assert (shown["qa_percent"], shown["clauses"]) == (5, _shown(courier)["clauses"])


def test_a_bound_is_taken_away(courier: Cli) -> None:
    courier("policies", "set", "--over", "20")
    courier("policies", "set", "--no-over")
    assert _shown(courier)["second_over"] is None


@pytest.mark.parametrize("words", [(), ("--over", "3", "--no-over")])
def test_what_is_to_change_has_to_be_said(settings: Settings, courier: Cli, words: tuple[str, ...]) -> None:
    assert call(settings, "policies", "set", "courier", *words).exit_code == 2
    assert _shown(courier, "courier")["of"] == "house"


@pytest.mark.parametrize("words", [("--qa-percent", "101"), ("--over", "-1")])
def test_what_makes_no_sense_is_refused(courier: Cli, refused: Callable[..., str], words: tuple[str, ...]) -> None:
    assert refused("policies", "set", "courier", *words).startswith("Error: ")
    assert _shown(courier, "courier")["of"] == "house"
