"""Servers for the tests: started once for a whole run, by the process that outlives its workers."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import argon2
import pytest
from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.sites import secrets
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.blank import Blank
from tests.browser.browsers import NO_BROWSER
from tests.factories import make_moderator, make_site
from tests.openid.provider import NO_PROVIDER, free_issuer, installed, running
from tests.servers import TestServers, started
from tests.statements import compile_once

_FOLDER = pytest.StashKey[Path]()

compile_once()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Start the servers in xdist's controller, before its workers."""
    stack = contextlib.ExitStack()
    config.add_cleanup(stack.close)
    config.stash[_FOLDER] = stack.enter_context(started())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist where the servers are."""
    node.workerinput["servers_folder"] = str(node.config.stash[_FOLDER])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say loudly which part of the tests could not be tried on this machine."""
    said = {str(report.longrepr[2]) for report in terminalreporter.getreports("skipped")}
    for words in sorted(said):
        if NO_BROWSER in words or NO_PROVIDER in words:
            terminalreporter.write_line(words, red=True, bold=True)


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Passwords that cost nothing: at their true cost they were half of what the console's tests took."""
    with pytest.MonkeyPatch.context() as patch:
        cheap = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)
        patch.setattr(secrets, "hasher", lambda: cheap)
        yield


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Iterator[TestServers]:
    """The run's PostgreSQL and Valkey; without xdist they start with the first test that asks for them."""
    with contextlib.ExitStack() as stack:
        given = getattr(request.config, "workerinput", {}).get("servers_folder")
        folder = Path(given) if given else stack.enter_context(started())
        yield stack.enter_context(contextlib.closing(TestServers(folder)))


@pytest.fixture
def settings(servers: TestServers, worker_id: str) -> Iterator[Settings]:
    """Settings of a service with an empty, migrated database of its own."""
    worker = int(re.sub(r"\D", "", worker_id) or "0")
    with servers.database("test", redis_database=worker) as settings:
        yield settings


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """The database of `settings`, as the service's own role."""
    with contextlib.closing(Database(settings, pool_size=20)) as database:
        yield database


@pytest.fixture(scope="session")
def blank(servers: TestServers) -> Iterator[Blank]:
    """A database in which nothing is ever committed."""
    with servers.database("blank") as settings, contextlib.closing(Blank(settings)) as blank:
        yield blank


@pytest.fixture
def session(request: pytest.FixtureRequest) -> Iterator[Session]:
    """One open transaction; what a test of a single one needs.

    It is committed where the test looks at its database in other ways too. Where nobody else could see what it leaves,
    it goes as far as its commit and is undone: most of such a test's time went into a database of its own.
    """
    alone = not {"settings", "database"} & set(request.fixturenames)
    within: Blank | Database = request.getfixturevalue("blank" if alone else "database")
    with within.transaction() as session:
        yield session


@pytest.fixture(scope="session")
def issuer() -> str:
    """The address of an OpenID Connect provider, where one answers for a test that asks for `provider`."""
    return free_issuer()


@pytest.fixture(scope="session")
def provider(issuer: str) -> Iterator[str]:
    """A provider that answers: its address."""
    folder = installed()
    if folder is None:
        pytest.skip(NO_PROVIDER)
    with running(folder, issuer):
        yield issuer


@pytest.fixture
def site(session: Session) -> Site:
    """A site."""
    return make_site(session)


@pytest.fixture
def ada(session: Session) -> Person:
    """A moderator on every site."""
    return make_moderator(session, "ada")


@pytest.fixture
def bob(session: Session) -> Person:
    """Another moderator on every site."""
    return make_moderator(session, "bob")
