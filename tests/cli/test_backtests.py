"""Backtests from the command line: a file or a rule of the book, tried on the past."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from moderation_service.cli import backtests
from moderation_service.config import Settings
from moderation_service.db import Database
from tests.cli.conftest import Cli, call
from tests.factories import make_case, make_site
from tests.triage.backtest.past import add_rule, asks, document

SAID = document("any", asks("reporters", ">=", 1, within="6h"))
TODAY = datetime.now(UTC).date().isoformat()
ON = ("--site", "courier", "--from", TODAY, "--to", "2999-01-01")


@pytest.fixture
def file(tmp_path: Path, database: Database) -> Path:
    """A rule in a file, and a site with one flagged article."""
    with database.transaction() as session:
        make_case(session, make_site(session))
    file = tmp_path / "any.json"
    file.write_text(json.dumps(SAID))
    return file


def test_a_file_is_tried_and_the_figures_are_told(cli: Cli, file: Path) -> None:
    told = cli("rules", "backtest", file, *ON).stdout
    assert "flagged        1 cases, by 1 batches of flags" in told
    assert "it touches     1 of them: 0 takedown, 0 clear, 0 no verdict, 1 open" in told
    assert "escalated: " in told


def test_figures_as_json_and_all_cases_as_csv(cli: Cli, file: Path, tmp_path: Path) -> None:
    told = cli("rules", "backtest", file, *ON, "--json", "--csv", tmp_path / "cases.csv").stdout
    assert json.loads(told)["touched"] == 1
    (line,) = csv.DictReader((tmp_path / "cases.csv").read_text().splitlines())
    assert line["article"] == "ferry"


@pytest.mark.usefixtures("file")
def test_a_rule_of_the_book_is_tried_by_its_name(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        add_rule(session, SAID)
    assert json.loads(cli("rules", "backtest", "any", *ON, "--json").stdout)["rule"] == "any"


@pytest.mark.usefixtures("file")
def test_what_is_neither_a_file_nor_a_rule_is_said(refused: Callable[..., str]) -> None:
    assert refused("rules", "backtest", "none", *ON) == "Error: There is no rule 'none' for all sites"


def test_a_period_to_come_is_refused(refused: Callable[..., str], file: Path) -> None:
    told = refused("rules", "backtest", file, "--site", "courier", "--from", "2999-01-01", "--to", "2999-01-02")
    assert told == "Error: The period ends before it begins, or has not begun yet"


def test_an_interrupt_ends_it_without_a_trace(settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(backtests, "run", interrupted)
    result = call(settings, "rules", "backtest", file, *ON)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("Aborted!\n")
