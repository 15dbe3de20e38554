"""Notices and the secrets of webhooks from the command line."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from moderation_service.db import Database
from moderation_service.notifications.secrets import signing_secrets
from moderation_service.sites.service import site_by_slug
from tests.cli.conftest import Cli
from tests.factories import make_notice, make_site
from tests.fakes import FakeChannel, reachable


@pytest.fixture
def noted(database: Database) -> None:
    """A mail that waits, where no mail server is set."""
    with database.transaction() as session:
        make_notice(session, make_site(session).id)


@pytest.mark.usefixtures("noted")
def test_drain_sends(cli: Cli) -> None:
    with reachable(FakeChannel(), "mail") as channel:
        assert "notices sent: 1; tries failed: 0\n" in cli("drain").stdout
    assert len(channel.sent) == 1


@pytest.mark.usefixtures("noted")
def test_what_cannot_be_sent_is_told_and_listed(cli: Cli) -> None:
    result = cli("drain")
    assert "notices sent: 0; tries failed: 1\n" in result.stdout
    assert "moderation-service notices list" in result.stderr
    _, row = cli("notices", "list").stdout.splitlines()
    assert "ada@courier.example" in row
    assert row.endswith("SMTP_URL is not set")


@pytest.mark.usefixtures("noted")
def test_notices_are_listed_by_their_state(cli: Cli) -> None:
    (notice,) = json.loads(cli("notices", "list", "--state", "pending", "--json").stdout)
    assert (notice["site"], notice["channel"], notice["attempts"]) == ("courier", "mail", 0)
    assert json.loads(cli("notices", "list", "--json").stdout) == []


@pytest.mark.usefixtures("noted")
@pytest.mark.parametrize("words", [("replay", 1), ("replay-all",)])
def test_a_replayed_notice_waits_again(cli: Cli, words: tuple[object, ...]) -> None:
    cli("drain")
    assert cli("notices", *words).stdout == "to be tried anew: 1\n"
    assert len(json.loads(cli("notices", "list", "--state", "pending", "--json").stdout)) == 1


def test_a_notice_that_does_not_exist(refused: Callable[..., str]) -> None:
    assert refused("notices", "replay", 9) == "Error: There is no such notice"


def test_a_webhook_secret_stands_alone_on_stdout_and_is_shown_once(
    cli: Cli, refused: Callable[..., str], database: Database
) -> None:
    with database.transaction() as session:
        make_site(session)
    shown = cli("sites", "webhook-secret", "courier").stdout.strip()
    with database.transaction() as session:
        (secret,) = signing_secrets(session, site_by_slug(session, "courier").id)
    assert base64.b64decode(shown.removeprefix("whsec_")) == secret
    assert "not shown again" in refused("sites", "webhook-secret", "courier")
    assert cli("sites", "webhook-secret", "courier", "--rotate").stdout.startswith("whsec_")
