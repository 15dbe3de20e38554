"""One browser and one running service for the tests of this folder; a newsroom of its own for each of them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from moderation_service.db import Database
from tests.browser.browsers import NO_BROWSER, launch
from tests.browser.desk import Desk, open_session
from tests.browser.visitor import Visitor
from tests.live import Service, service
from tests.openid.provider import openid
from tests.servers import TestServers

# Apart from those that other tests of the same worker use.
REDIS_DATABASE = 200
# Sign-ins without end, and images that a server of this machine has.
CHANGES: dict[str, Any] = {"rate_limit_login": "1000000/minute", "webhook_allow_private": True}
_numbers = itertools.count(1)

Visit = Callable[..., Visitor]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser; its pages share nothing, as each visitor has a context of his own."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        if browser is None:
            pytest.skip(NO_BROWSER)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def live(
    servers: TestServers, worker_id: str, issuer: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """A running API and a running worker. Of the provider that they name, tests ask the fixture `provider`."""
    number = int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0
    folder: Path = tmp_path_factory.mktemp("browser")
    with (
        servers.database("browser", redis_database=REDIS_DATABASE + number) as settings,
        service(settings.replace(**CHANGES, **openid(issuer)), folder) as live,
    ):
        live.start_worker()
        live.start_api()
        yield live


@pytest.fixture(scope="package")
def newsrooms(live: Service) -> Iterator[Database]:
    """The database of the running service."""
    with contextlib.closing(Database(live.settings, pool_size=2)) as database:
        yield database


@pytest.fixture
def desk(newsrooms: Database) -> Desk:
    """A newsroom of the test's own."""
    return Desk(newsrooms, f"desk{next(_numbers)}")


@pytest.fixture
def visit(browser: Browser, live: Service, newsrooms: Database) -> Iterator[Visit]:
    """Lets somebody visit the desk; a fault on any of his pages fails the test."""
    visitors: list[Visitor] = []

    def visit(**options: Any) -> Visitor:
        visitors.append(Visitor(browser, live.address, partial(open_session, newsrooms), **options))
        return visitors[-1]

    yield visit
    faults = [fault for visitor in visitors for fault in visitor.faults.unexpected()]
    for visitor in visitors:
        visitor.context.close()
    assert faults == [], live.log_of("api")[-4000:]
