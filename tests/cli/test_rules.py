"""Rules from the command line: looked at, applied from files, let run, and stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from moderation_service.cli import connection
from moderation_service.db import Database
from moderation_service.triage.models import RuleFiring
from moderation_service.triage.rules import dump, load, starter
from moderation_service.triage.rules.entries import Entry, Mode, find
from moderation_service.triage.rules.switches import switched_off
from tests.cli.conftest import Cli
from tests.factories import make_site
from tests.triage.rules.books import make_document, make_entry, want_two_persons


def book_has(database: Database, name: str = "three-readers", **changes: Any) -> Entry:
    """Write a rule into the book."""
    with database.transaction() as session:
        return make_entry(session, name, **changes)


def mode_of(database: Database, name: str = "three-readers") -> Mode:
    """How the rule for all sites runs now."""
    with database.transaction() as session:
        return find(session, name, site_id=None).mode


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one rule."""
    (tmp_path / "three-readers.json").write_text(json.dumps(make_document()))
    return tmp_path


@pytest.fixture
def two_persons(database: Database) -> None:
    """A site that wants two persons."""
    with database.transaction() as session:
        want_two_persons(session, make_site(session))


def test_rules_are_listed_as_they_run(cli: Cli, database: Database) -> None:
    book_has(database, "second", position=2, mode=Mode.LIVE)
    book_has(database, "first", position=1)
    header, *rows = cli("rules", "list").stdout.splitlines()
    assert header.split()[:5] == ["position", "name", "site", "mode", "version"]
    assert [row.split()[:5] for row in rows] == [
        ["1", "first", "all", "draft", "1"],
        ["2", "second", "all", "live", "2"],
    ]


def test_rules_of_one_site_as_json(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        make_site(session)
        make_site(session, "gazette")
    for site in ("courier", "gazette", None):
        book_has(database, f"of-{site or 'all'}", site=site)
    listed = json.loads(cli("rules", "list", "--site", "courier", "--json").stdout)
    assert [rule["name"] for rule in listed] == ["of-all", "of-courier"]


def test_rule_is_shown_as_its_file_would_be(cli: Cli, database: Database) -> None:
    book_has(database)
    shown = cli("rules", "show", "three-readers")
    assert shown.stdout == json.dumps(dump(load(make_document())), indent=2) + "\n"
    assert shown.stderr == "three-readers (all sites): draft, version 1 by moderator:1\n"


def test_rule_that_is_not_there(refused: Callable[..., str]) -> None:
    assert refused("rules", "show", "none") == "Error: There is no rule 'none' for all sites"


def test_rule_of_some_sites_is_pointed_to(database: Database, refused: Callable[..., str]) -> None:
    with database.transaction() as session:
        for slug in ("gazette", "courier"):
            make_site(session, slug)
            make_entry(session, "theirs", site=slug)
    told = "Error: There is no rule 'theirs' for all sites; there is one of courier, gazette"
    assert refused("rules", "show", "theirs") == told


def test_rule_for_all_sites_is_pointed_to(database: Database, refused: Callable[..., str]) -> None:
    with database.transaction() as session:
        make_site(session)
    book_has(database, "everywhere")
    told = "Error: There is no rule 'everywhere' on this site; there is one for all sites"
    assert refused("rules", "show", "everywhere", "--site", "courier") == told


def test_retired_rule_goes_through_shadow_and_that_is_said(database: Database, refused: Callable[..., str]) -> None:
    book_has(database, mode=Mode.RETIRED)
    told = refused("rules", "enable", "three-readers", "--mode", "live", "--because", "x")
    assert told == "Error: A rule that is retired cannot be live next; enable it in shadow first"


def test_dry_run_prints_the_difference_and_does_nothing(cli: Cli, database: Database, folder: Path) -> None:
    book_has(database, position=7)
    book_has(database, "other")
    told = cli("rules", "apply", folder, "--dry-run")
    assert told.stdout.splitlines() == [
        "changed three-readers (all sites)",
        "  ~ position: 7 -> 100",
    ]
    assert told.stderr.splitlines() == [
        "1 rule of the book is not in this folder: other; --retire-missing would retire it",
        "0 added, 1 changed, 0 unchanged; nothing was done",
    ]
    assert cli("rules", "apply", folder, "--dry-run").stdout == told.stdout


def test_files_are_applied_once(cli: Cli, database: Database, folder: Path) -> None:
    assert "1 added" in cli("rules", "apply", folder).stderr
    assert "0 added, 0 changed, 1 unchanged" in cli("rules", "apply", folder).stderr
    with database.transaction() as session:
        assert find(session, "three-readers", site_id=None).version.author == connection.actor()


def test_missing_rule_is_retired_when_asked(cli: Cli, database: Database, folder: Path) -> None:
    book_has(database, "other", mode=Mode.LIVE)
    cli("rules", "apply", folder)
    assert mode_of(database, "other") is Mode.LIVE
    told = cli("rules", "apply", folder, "--retire-missing").stderr
    assert "1 rule of the book is not in this folder: other; retired\n" in told
    assert mode_of(database, "other") is Mode.RETIRED


def test_wrong_file_changes_nothing(refused: Callable[..., str], database: Database, folder: Path) -> None:
    (folder / "wrong.json").write_text(json.dumps(make_document("wrong", actions=[{"do": "takedown"}])))
    assert refused("rules", "apply", folder).startswith(f"Error: {folder}/wrong.json: actions[0].do: ")
    with database.transaction() as session, pytest.raises(Exception, match="no rule"):
        find(session, "three-readers", site_id=None)


def test_starter_set_is_added_once(cli: Cli) -> None:
    first = cli("rules", "starter")
    assert len(first.stdout.splitlines()) == len(starter())
    assert "danger-to-life (all sites): live, version 3" in first.stdout
    assert cli("rules", "starter").stderr == "rules added: 0\n"


def test_rule_runs_and_is_retired(cli: Cli, database: Database) -> None:
    book_has(database)
    cli("rules", "enable", "three-readers", "--mode", "live", "--because", "It proved itself.")
    assert mode_of(database) is Mode.LIVE
    cli("rules", "retire", "three-readers", "--because", "Noise.")
    assert mode_of(database) is Mode.RETIRED


@pytest.mark.usefixtures("two_persons")
def test_second_account_makes_it_live(cli: Cli, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    book_has(database)
    words = ("rules", "enable", "three-readers", "--mode", "live", "--because", "It proved itself.")
    assert "a second person has to agree" in cli(*words).stdout
    assert f"asked by {connection.actor()}" in cli("rules", "list").stdout
    monkeypatch.setattr("moderation_service.cli.rule_changes.actor", lambda: "cli:somebody-else")
    cli(*words)
    assert mode_of(database) is Mode.LIVE


@pytest.mark.usefixtures("two_persons")
def test_one_account_does_not_agree_with_itself(cli: Cli, refused: Callable[..., str], database: Database) -> None:
    book_has(database)
    words = ("rules", "enable", "three-readers", "--mode", "live", "--because", "x")
    cli(*words)
    assert "a second person has to agree" in refused(*words)
    cli("rules", "withdraw", "three-readers")
    assert json.loads(cli("rules", "list", "--json").stdout)[0]["request"] is None


def test_history_says_who_why_and_what(cli: Cli, database: Database, folder: Path) -> None:
    book_has(database, position=7)
    cli("rules", "apply", folder, "--because", "Later than the gravest.")
    lines = cli("rules", "history", "three-readers").stdout.splitlines()
    assert lines[0].startswith("2  ")
    assert lines[0].endswith(f"  draft  {connection.actor()}: Later than the gravest.")
    assert lines[1] == "   ~ position: 7 -> 100"
    assert lines[2].endswith("  draft  moderator:1: A try.")


def test_rate_is_drawn_with_its_numbers(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        entry = make_entry(session, mode=Mode.LIVE)
        known = {"rule_id": entry.rule.id, "version_id": entry.version.id, "site_id": 1, "case_version": 1}
        for case_id, mode in enumerate(["live", "live", "live", "shadow"]):
            session.add(RuleFiring(**known, case_id=case_id, mode=mode, facts=[], actions=[]))
    header, *quiet, now = cli("rules", "rate", "three-readers", "--bars", 3).stdout.splitlines()
    assert header.split() == ["from", "live", "shadow"]
    assert [line.split()[2:] for line in quiet] == [["0", "0"]] * 2
    assert now.split()[2:] == ["3", "1", "█" * 38 + "░" * 13]


def test_rate_as_json(cli: Cli, database: Database) -> None:
    book_has(database)
    bars = json.loads(cli("rules", "rate", "three-readers", "--by", "day", "--bars", 2, "--json").stdout)
    assert [(bar["live"], bar["shadow"]) for bar in bars] == [(0, 0)] * 2


def test_kill_switch_of_a_site_and_of_all(cli: Cli, database: Database) -> None:
    with database.transaction() as session:
        courier, gazette = make_site(session), make_site(session, "gazette")
    cli("rules", "kill-switch", "on", "--site", "courier", "--because", "A brigade.")
    with database.transaction() as session:
        assert switched_off(session, [courier.id, gazette.id]) == {courier.id}
    told = cli("rules", "kill-switch", "on", "--because", "A brigade.").stdout
    assert told == "all sites: automatic actions are off\ncourier: automatic actions are off\n"
    cli("rules", "kill-switch", "off", "--because", "Over.")
    with database.transaction() as session:
        assert switched_off(session, [courier.id, gazette.id]) == {courier.id}
