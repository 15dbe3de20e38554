"""Webhook endpoints from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result
from standardwebhooks import Webhook

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.sites.service import site_by_slug
from tests.cli.conftest import call
from tests.factories import make_case, make_site
from tests.notifications.sinks import Receiver, serving

Words = Callable[..., Result]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver):
        yield receiver


@pytest.fixture
def webhooks(database: Database, settings: Settings) -> Words:
    """Runs a command about webhooks, which may go to this machine, on an installation with a site."""
    with database.transaction() as session:
        make_site(session)
    return lambda *words: call(settings.replace(webhook_allow_private=True), "webhooks", *words)


@pytest.fixture
def secret(webhooks: Words, receiver: Receiver) -> str:
    """The secret of that site, which now has the endpoint 1."""
    added: str = webhooks("add", "courier", receiver.url()).stdout.strip()
    return added


def rows(result: Result) -> list[dict[str, Any]]:
    """What was printed as JSON."""
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def test_what_drain_sends_is_signed_with_the_secret_that_add_printed(
    webhooks: Words, secret: str, receiver: Receiver, database: Database, settings: Settings
) -> None:
    with database.transaction() as session:
        make_case(session, site_by_slug(session, "courier"))
    drained = call(settings.replace(webhook_allow_private=True), "drain").stdout
    assert "notices sent: 2; tries failed: 0\n" in drained
    for post in receiver.received:
        Webhook(secret).verify(post.body, post.headers)
    told = rows(webhooks("deliveries", "courier", 1, "--json"))
    assert [(row["type"], row["state"]) for row in told] == [("case.opened", "sent"), ("flag.received", "sent")]
    assert webhooks("replay", "courier", 1, "--since", "1h").stdout == "to be sent again: 2\n"
    assert webhooks("replay", "courier", 1, "--delivery", told[0]["id"]).stdout == "to be sent again: 1\n"


@pytest.mark.usefixtures("secret")
def test_an_endpoint_is_changed_listed_and_removed(webhooks: Words) -> None:
    webhooks("set", "courier", 1, "--disable", "--type", "case.opened", "--description", "search")
    (row,) = rows(webhooks("list", "courier", "--json"))
    assert (row["types"], row["description"], row["enabled"]) == (["case.opened"], "search", False)
    webhooks("remove", "courier", 1)
    assert rows(webhooks("list", "courier", "--json")) == []


@pytest.mark.usefixtures("secret")
def test_a_test_event_tells_how_it_went(webhooks: Words, receiver: Receiver) -> None:
    assert webhooks("test", "courier", 1).stdout.startswith("taken after ")
    receiver.mode = "500"
    failed = webhooks("test", "courier", 1)
    assert (failed.exit_code, failed.stderr) == (1, "Error: It answered 500\n")


def test_a_private_address_is_refused(refused: Callable[..., str], webhooks: Words) -> None:
    assert "where nothing may be sent" in refused("webhooks", "add", "courier", "http://127.0.0.1:9/")
    assert webhooks("list", "courier").stdout == ""


def test_another_sites_endpoint_is_not_there(webhooks: Words) -> None:
    assert webhooks("remove", "courier", 9).stderr == "Error: There is no webhook endpoint 9\n"
