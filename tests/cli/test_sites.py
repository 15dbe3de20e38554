"""Sites and keys from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.sites import service as sites
from tests.cli.conftest import Cli, call

ADD = ("sites", "add", "courier", "--name", "The Courier", "--url", "https://courier.example")
ORIGIN = "https://courier.example"


@pytest.fixture
def courier(cli: Cli) -> Cli:
    cli(*ADD, "--origin", ORIGIN)
    return cli


def keys(cli: Cli) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(cli("sites", "keys", "courier", "--json").stdout)
    return rows


def test_no_sites(cli: Cli) -> None:
    result = cli("sites", "list")
    assert (result.stdout, result.stderr) == ("", "There are none.\n")
    assert json.loads(cli("sites", "list", "--json").stdout) == []


def test_added_site_is_listed(courier: Cli) -> None:
    header, row = courier("sites", "list").stdout.splitlines()
    assert header.split() == ["slug", "name", "url", "store", "origins"]
    assert row.split() == ["courier", "The", "Courier", ORIGIN, "builtin", ORIGIN]


def test_slug_is_taken(courier: Cli, refused: Callable[..., str]) -> None:
    assert refused(*ADD) == "Error: There is a site 'courier' already"


def test_where_readers_who_disagree_are_sent_is_set_and_taken_away(courier: Cli, settings: Settings) -> None:
    for url, kept in (("https://courier.example/contact", "https://courier.example/contact"), ("", None)):
        courier("sites", "set", "courier", "--legal-url", url)
        (site,) = json.loads(courier("sites", "show", "courier", "--json").stdout)
        assert site["legal_url"] == kept
    assert call(settings, "sites", "set", "courier", "--legal-url", "courier.example").exit_code == 2


def test_origins_are_replaced(courier: Cli) -> None:
    courier("sites", "origins", "courier", "https://a.example", "https://b.example")
    (site,) = json.loads(courier("sites", "list", "--json").stdout)
    assert site["origins"] == ["https://a.example", "https://b.example"]


def test_origins_are_taken_away(courier: Cli) -> None:
    assert "nowhere" in courier("sites", "origins", "courier").stderr


def test_key_stands_alone_on_stdout(courier: Cli, database: Database) -> None:
    secret = courier("sites", "add-key", "courier", "--kind", "publishable", "--name", "widget").stdout
    with database.transaction() as session:
        known = sites.recognise(session, secret.removesuffix("\n"))
    assert known is not None
    assert (known.slug, known.kind) == ("courier", "publishable")


def test_keys_are_listed_without_the_secret(courier: Cli) -> None:
    secret = courier("sites", "add-key", "courier", "--kind", "secret").stdout.strip()
    assert secret not in courier("sites", "keys", "courier").stdout
    (key,) = keys(courier)
    assert (key["kind"], key["name"], key["expires_at"]) == ("secret", "secret", None)


def test_rotated_key_overlaps(courier: Cli, database: Database) -> None:
    old = courier("sites", "add-key", "courier", "--kind", "secret").stdout.strip()
    new = courier("sites", "rotate-key", keys(courier)[0]["id"], "--overlap", "1h").stdout.strip()
    assert new != old
    with database.transaction() as session:
        assert sites.recognise(session, old)
        assert sites.recognise(session, new)
        (first, _), (second, _) = sites.all_keys(session, "courier")
    assert first.expires_at is not None
    assert timedelta(0) < first.expires_at - second.created_at <= timedelta(hours=1)


def test_revoked_key_is_unknown(courier: Cli, database: Database) -> None:
    secret = courier("sites", "add-key", "courier", "--kind", "secret").stdout.strip()
    courier("sites", "revoke-key", keys(courier)[0]["id"])
    with database.transaction() as session:
        assert sites.recognise(session, secret) is None


@pytest.mark.parametrize("overlap", ["soon", "24", "-1h", "1w", "9999999h", ""])
def test_overlap_that_is_no_time(settings: Settings, overlap: str) -> None:
    result = call(settings, "sites", "rotate-key", 1, f"--overlap={overlap}")
    assert result.exit_code == 2
    assert "is not a time such as 30m, 24h or 7d" in result.stderr


def test_trail_names_the_account(courier: Cli, database: Database) -> None:
    with database.transaction() as session:
        actors = session.scalars(text("SELECT DISTINCT actor FROM audit_entries")).all()
    assert len(actors) == 1
    assert actors[0].startswith("cli:")


def test_what_is_set_is_shown(courier: Cli) -> None:
    courier("sites", "set", "courier", "--prior", "0.2", "--hide-pending", "--hide-hours", 12, "--two-person-rules")
    (site,) = json.loads(courier("sites", "show", "courier", "--json").stdout)
    names = ("prior", "hide_pending", "hide_hours", "two_person_rules")
    assert [site[name] for name in names] == [0.2, True, 12, True]
    assert "hide_hours        12" in courier("sites", "show", "courier").stdout.splitlines()


def test_origins_are_shown_as_they_are_typed(courier: Cli) -> None:
    courier("sites", "origins", "courier", "https://a.example", "https://b.example")
    shown = courier("sites", "show", "courier").stdout.splitlines()
    assert "origins           https://a.example, https://b.example" in shown
    assert "doors             -" in shown


def test_what_is_not_named_stays(courier: Cli) -> None:
    courier("sites", "set", "courier", "--hide-pending", "--hide-hours", 12)
    courier("sites", "set", "courier", "--no-hide-pending")
    (site,) = json.loads(courier("sites", "list", "--json").stdout)
    assert (site["hide_pending"], site["hide_hours"], site["prior"]) == (False, 12, 0.05)


def test_other_doors_are_opened_and_shut(courier: Cli) -> None:
    for doors in (["activitypub", "atproto"], []):
        courier("sites", "doors", "courier", *doors)
        (site,) = json.loads(courier("sites", "show", "courier", "--json").stdout)
        assert site["doors"] == doors


def test_nothing_to_set(courier: Cli, settings: Settings) -> None:
    result = call(settings, "sites", "set", "courier")
    assert result.exit_code == 2
    assert "Say what to change." in result.stderr


def test_prior_out_of_range(courier: Cli, refused: Callable[..., str]) -> None:
    assert refused("sites", "set", "courier", "--prior", "0.6").endswith("a share between 0.001 and 0.5")


@pytest.mark.parametrize("words", [("set", "herald", "--hide-pending"), ("show", "herald")])
def test_no_such_site(courier: Cli, refused: Callable[..., str], words: tuple[str, ...]) -> None:
    assert refused("sites", *words) == "Error: There is no site 'herald'"
