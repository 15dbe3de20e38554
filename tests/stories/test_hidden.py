"""Readers who were right before flag another article: it is hidden, and a person, or time, ends that."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service import upkeep
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.intake.submission import keyed_hash
from moderation_service.jobs import connect_bell
from moderation_service.sites.models import Site
from moderation_service.triage.models import Reporter
from moderation_service.triage.order import HIDE_VOUCHERS, VOUCHER_MARGIN
from tests.hidden import let_pass
from tests.live import Service, flag_of, until


@contextlib.contextmanager
def transaction(live: Service) -> Iterator[Session]:
    """One transaction on the service's own database, which rings its workers."""
    with (
        contextlib.closing(connect_bell(live.settings)) as bell,
        contextlib.closing(Database(live.settings, pool_size=1, bell=bell)) as database,
        database.transaction() as session,
    ):
        yield session


def known(live: Service, names: list[str]) -> list[Reporter]:
    """What is known of these readers."""
    secret, site = live.settings.secret_key, str(live.newsroom.site_id)
    with transaction(live) as session:
        known_as = [keyed_hash(secret, "reporter", site, name) for name in names]
        found = list(session.scalars(select(Reporter).where(Reporter.reporter.in_(known_as))))
    assert len(found) == len(names)
    return found


@pytest.fixture
def readers(live: Service, request: pytest.FixtureRequest) -> Iterator[list[str]]:
    """Readers of the test's own who were right as often as it takes, on a site that hides."""
    names = [f"{request.node.name}-{n}" for n in range(HIDE_VOUCHERS)]
    for number in range(VOUCHER_MARGIN):
        live.put_article(f"{names[0]}-before-{number}")
        live.decide(live.flagged_case(f"{names[0]}-before-{number}", *names))
    until(lambda: all(reader.upheld == VOUCHER_MARGIN for reader in known(live, names)))
    with transaction(live) as session:
        session.get_one(Site, live.newsroom.site_id).hide_pending = True
    yield names
    with transaction(live) as session:
        session.get_one(Site, live.newsroom.site_id).hide_pending = False


@pytest.fixture
def article(live: Service, readers: list[str], request: pytest.FixtureRequest) -> str:
    """An article that the flags of these readers hid; its id."""
    name = str(request.node.name)
    live.put_article(name)
    assert live.site.call("PUT", f"/v1/articles/{name}/reach", {"views": 50}).status_code == 200
    for reader in readers:
        live.reader.post("/v1/flags", flag_of(name, reader))
    live.shown_as(name, 404)
    return name


def hidden_case(live: Service, article: str) -> dict[str, Any]:
    """The case that hides it, once the store was read back."""
    row = live.open_case(article)
    assert row is not None
    path = f"/v1/cases/{row['id']}"

    def applied() -> dict[str, Any] | None:
        case: dict[str, Any] = live.moderator.get(path).json()
        return case if case["history"][-1]["kind"] == "applied" else None

    case = until(applied)
    assert case is not None
    return case


def test_article_is_hidden_and_read_back(live: Service, article: str) -> None:
    case = hidden_case(live, article)
    assert live.shown(article).json()["state"] == "hidden"
    assert (case["enforcement"]["wanted"]["state"], case["enforcement"]["applied"]) == ("hidden", True)
    assert case["hidden"]["until"]
    (event,) = [event for event in case["history"] if event["kind"] == "hidden"]
    assert event["vouchers"] >= HIDE_VOUCHERS


def test_it_comes_back_by_itself_and_goes_on_waiting(live: Service, article: str) -> None:
    case = hidden_case(live, article)
    with transaction(live) as session:
        let_pass(session, session.get_one(Case, case["id"]), 24)
        upkeep.look_after_hidden(session)
    assert live.shown_as(article, 200).json()["external_id"] == article
    again = live.moderator.get(f"/v1/cases/{case['id']}").json()
    assert (again["state"], again["hidden"]) == ("open", None)


def test_takedown_makes_it_gone_for_good(live: Service, article: str) -> None:
    live.decide(hidden_case(live, article))
    gone: requests.Response = live.shown_as(article, 410)
    assert "Retry-After" not in gone.headers


def test_clearance_brings_it_back_and_its_readers_vouch_no_more(
    live: Service, readers: list[str], article: str
) -> None:
    live.decide(hidden_case(live, article), "clear")
    assert live.shown_as(article, 200).json()["external_id"] == article
    until(lambda: all(reader.barred_until for reader in known(live, readers)))
