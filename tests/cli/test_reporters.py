"""Readers from the command line: named by their hash or as their site names them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.intake.submission import reporter_hash
from moderation_service.triage.models import Reporter
from tests.cli.conftest import Cli, call
from tests.factories import make_case, make_site, reporter_id

NOTE = ("--note", "As agreed")
BY_NAME = ("--reader", "user-7", "--site", "courier")


@pytest.fixture
def reader(database: Database) -> str:
    """A reader with a voice in an open case; his hash."""
    with database.transaction() as session:
        site = make_site(session)
        make_case(session, site, reporter="a")
        return reporter_id(site, "a").hex()


def _mute(database: Database, reader: str) -> None:
    with database.transaction() as session:
        session.get_one(Reporter, bytes.fromhex(reader)).muted = "asked"


def test_readers_whom_a_rule_muted_are_listed(cli: Cli, database: Database, reader: str) -> None:
    assert cli("reporters", "list", "--muted", "asked").stdout == ""
    _mute(database, reader)
    (row,) = json.loads(cli("reporters", "list", "--muted", "asked", "--site", "courier", "--json").stdout)
    assert (row["reporter"], row["site"], row["muted"]) == (reader, "courier", "asked")
    assert "muted, to be confirmed" in cli("reporters", "list").stdout


def test_a_list_that_ends_early_says_so(cli: Cli, database: Database, reader: str) -> None:
    with database.transaction() as session:
        make_case(session, make_site(session, "other"), reporter="a")
    assert "These are the first 1; there are more." in cli("reporters", "list", "--limit", 1).stderr


def test_a_reader_is_shown_with_his_voices(cli: Cli, reader: str) -> None:
    shown = cli("reporters", "show", reader)
    assert shown.stderr.splitlines()[:2] == [f"{reader} (courier): by his record", "upheld: 0; rejected: 0; waiting: 1"]
    assert shown.stdout.splitlines()[1].split()[1] == "pending"
    assert json.loads(cli("reporters", "show", reader, "--json").stdout)["voices"][0]["standing"] == "pending"


def test_a_mute_is_confirmed_and_lifted(cli: Cli, database: Database, reader: str) -> None:
    _mute(database, reader)
    first, _, said = cli("reporters", "mute", reader, *NOTE).stdout.splitlines()
    assert first == f"{reader} (courier): muted"
    assert said.endswith(": As agreed")
    with database.transaction() as session:
        assert session.query(Case.weight).scalar() == 0.0
    assert cli("reporters", "unmute", reader, *NOTE).stdout.startswith(f"{reader} (courier): by his record\n")


def test_who_has_not_flagged_yet_is_trusted_by_name(cli: Cli, settings: Settings, database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        number = reporter_hash(settings.secret_key, site.id, "user-7")
    assert cli("reporters", "trust", *BY_NAME, *NOTE).stdout.startswith(f"{number.hex()} (courier): trusted\n")
    assert cli("reporters", "trust", *BY_NAME, *NOTE).stdout.startswith(f"{number.hex()} (courier): trusted\n")
    with database.transaction() as session:
        assert session.get_one(Reporter, number).trusted


def test_who_has_a_name_is_found_by_it_afterwards(cli: Cli, reader: str) -> None:
    cli("reporters", "trust", *BY_NAME, *NOTE)
    assert "trusted" in cli("reporters", "show", *BY_NAME).stderr
    assert ": by his record\n" in cli("reporters", "distrust", *BY_NAME, *NOTE).stdout


@pytest.mark.parametrize("verb", ["mute", "unmute", "distrust"])
def test_of_whom_nothing_is_known_there_is_nothing_to_change(
    refused: Callable[..., str], reader: str, verb: str
) -> None:
    assert "There is no such reader" in refused("reporters", verb, *BY_NAME, *NOTE)
    assert "There is no such reader" in refused("reporters", verb, "0" * 32, *NOTE)


def test_a_hash_alone_makes_no_reader(refused: Callable[..., str], reader: str) -> None:
    assert "There is no such reader" in refused("reporters", "trust", "0" * 32, *NOTE)


def test_a_name_takes_a_site_that_is_there(refused: Callable[..., str], reader: str) -> None:
    words = ("--reader", "user-7", "--site", "nowhere")
    assert "nowhere" in refused("reporters", "trust", *words, *NOTE)


@pytest.mark.parametrize(
    "named", [(), ("--reader", "user-7"), ("--site", "courier"), ("0" * 32, *BY_NAME), ("user-7",), ("A" * 32,)]
)
def test_a_reader_is_named_in_one_way(settings: Settings, named: tuple[str, ...]) -> None:
    result = call(settings, "reporters", "show", *named)
    assert (result.exit_code, result.stdout) == (2, "")
