"""Moderators from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.errors import Unauthenticated
from moderation_service.sites import people, signing_in
from moderation_service.sites.duties import Duty, duty_of
from moderation_service.sites.people import Device
from tests.cli.conftest import Cli, call
from tests.factories import make_site

ADD = ("moderators", "add", "ada", "--name", "Ada Brook", "--role", "senior")
PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)


@pytest.fixture
def ada(cli: Cli, database: Database) -> Cli:
    with database.transaction() as session:
        make_site(session)
    cli(*ADD, "--site", "courier", typed=f"{PASSWORD}\n{PASSWORD}\n")
    return cli


def only(cli: Cli) -> dict[str, Any]:
    (person,) = json.loads(cli("moderators", "list", "--json").stdout)
    assert isinstance(person, dict)
    return person


def signs_in(database: Database, password: str) -> bool:
    try:
        with database.transaction() as session:
            device = Device(idle=HOUR)
            started = signing_in.start(session, username="ada", password=password, lifetime=HOUR, device=device)
    except Unauthenticated:
        return False
    return not started.takes_code


def test_added_person_signs_in(ada: Cli, database: Database) -> None:
    assert signs_in(database, PASSWORD)
    assert only(ada)["roles"] == [{"site": "courier", "role": "senior"}]


def test_table(ada: Cli) -> None:
    header, row = ada("moderators", "list").stdout.splitlines()
    assert header.split() == ["username", "name", "active", "roles"]
    assert row.split() == ["ada", "Ada", "Brook", "yes", "senior", "on", "courier"]


def test_generated_password_stands_alone_on_stdout(cli: Cli, database: Database) -> None:
    password = cli(*ADD, "--all-sites", "--generate-password").stdout.removesuffix("\n")
    assert signs_in(database, password)
    assert only(cli)["roles"] == [{"site": None, "role": "senior"}]


@pytest.mark.parametrize("where", [[], ["--all-sites", "--site", "courier"]])
def test_where_must_be_said(settings: Settings, where: list[str]) -> None:
    result = call(settings, *ADD, *where, "--generate-password")
    assert (result.exit_code, "Say where" in result.stderr) == (2, True)


def test_unknown_site_adds_nobody(cli: Cli, refused: Callable[..., str]) -> None:
    assert refused(*ADD, "--site", "nowhere", "--generate-password") == "Error: There is no site 'nowhere'"
    assert json.loads(cli("moderators", "list", "--json").stdout) == []


def test_short_password_is_refused(settings: Settings) -> None:
    result = call(settings, *ADD, "--all-sites", typed="short\nshort\n")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1] == "Error: A password has at least 12 characters"


@pytest.mark.parametrize("again", [(), ("moderators", "password", "ada", "--generate-password")])
def test_a_password_that_the_operator_knows_is_to_be_changed(ada: Cli, database: Database, again: tuple[str]) -> None:
    if again:
        ada(*again)
    with database.transaction() as session:
        assert duty_of(people.moderator_by_name(session, "ada")) is Duty.PASSWORD


def test_new_password(ada: Cli, database: Database) -> None:
    password = ada("moderators", "password", "ada", "--generate-password").stdout.strip()
    assert (signs_in(database, PASSWORD), signs_in(database, password)) == (False, True)


def test_grant_replaces_the_role_there(ada: Cli) -> None:
    ada("moderators", "grant", "ada", "--role", "moderator", "--site", "courier")
    ada("moderators", "grant", "ada", "--role", "admin")
    assert only(ada)["roles"] == [{"site": None, "role": "admin"}, {"site": "courier", "role": "moderator"}]


def test_deactivated_person_is_shut_out(ada: Cli, database: Database) -> None:
    token = ada("moderators", "token", "ada", "--name", "export").stdout.strip()
    ada("moderators", "deactivate", "ada")
    with database.transaction() as session:
        assert people.recognise(session, token) is None
    assert (signs_in(database, PASSWORD), only(ada)["active"]) == (False, False)


def test_token_is_the_persons(ada: Cli, database: Database) -> None:
    token = ada("moderators", "token", "ada", "--name", "export", "--days", 90).stdout.removesuffix("\n")
    with database.transaction() as session:
        person = people.recognise(session, token)
    assert person is not None
    assert person.username == "ada"


def test_unknown_person(refused: Callable[..., str]) -> None:
    assert refused("moderators", "token", "bob", "--name", "x") == "Error: There is no moderator 'bob'"


def test_a_second_factor_is_required_and_no_longer(ada: Cli, database: Database) -> None:
    for switch, required in (("on", True), ("off", False)):
        ada("moderators", "require-totp", "ada", switch)
        with database.transaction() as session:
            assert people.moderator_by_name(session, "ada").totp_required is required


def test_a_lost_second_factor_is_taken_off_and_the_password_is_enough(ada: Cli, database: Database) -> None:
    with database.transaction() as session:
        people.moderator_by_name(session, "ada").totp_salt = b"s" * 20
    assert not signs_in(database, PASSWORD)
    ada("moderators", "reset-totp", "ada")
    assert signs_in(database, PASSWORD)


ISSUER = "https://login.example"
BY = ("ada", "--subject", "7d1f", "--issuer", ISSUER)


def test_somebody_is_added_without_a_password(cli: Cli, database: Database) -> None:
    cli(*ADD, "--all-sites", "--no-password")
    with database.transaction() as session:
        assert people.moderator_by_name(session, "ada").password_hash is None


def test_an_identity_is_linked_listed_and_unlinked(ada: Cli) -> None:
    ada("moderators", "link-identity", *BY)
    (linked,) = json.loads(ada("moderators", "identities", "ada", "--json").stdout)
    assert (linked["issuer"], linked["subject"], linked["last_used_at"]) == (ISSUER, "7d1f", None)
    ada("moderators", "unlink-identity", *BY)
    assert json.loads(ada("moderators", "identities", "ada", "--json").stdout) == []


def test_the_issuer_is_the_one_that_is_set(ada: Cli, settings: Settings) -> None:
    call(settings.replace(oidc_issuer=ISSUER), "moderators", "link-identity", "ada", "--subject", "7d1f")
    assert ISSUER in ada("moderators", "identities", "ada").stdout


def test_an_identity_that_somebody_has_is_not_linked_again(ada: Cli, refused: Callable[..., str]) -> None:
    ada("moderators", "link-identity", *BY)
    assert "linked already" in refused("moderators", "link-identity", *BY)


@pytest.mark.parametrize("command", ["link-identity", "unlink-identity"])
def test_an_identity_takes_an_issuer(ada: Cli, refused: Callable[..., str], command: str) -> None:
    assert "OIDC_ISSUER" in refused("moderators", command, "ada", "--subject", "7d1f")


def test_an_identity_of_somebody_else_is_not_unlinked(ada: Cli, refused: Callable[..., str]) -> None:
    assert "no identity" in refused("moderators", "unlink-identity", *BY)
