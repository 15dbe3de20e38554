"""How a command gets to the database, and as whom."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from moderation_service import embedded
from moderation_service.config import Settings
from moderation_service.db import Database


def reachable() -> Settings:
    """The settings of the environment; without DATABASE_URL, those of the servers of a run in another terminal.

    Raises:
        ConfigError: a variable cannot be read.
        EmbeddedError: there is neither a DATABASE_URL nor such a run.
    """
    settings = Settings.from_env()
    return settings if settings.database_url else embedded.attached(settings)


@contextmanager
def connected(settings: Settings) -> Iterator[Database]:
    """The database, closed at the end. Commands ring no bell: what they leave to do, the next sweep finds."""
    database = Database(settings, pool_size=1)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def transaction() -> Iterator[Session]:
    """The one transaction of a command that needs no more."""
    with connected(reachable()) as database, database.transaction() as session:
        yield session


def actor() -> str:
    """How the audit trail names who typed the command: by the account, which the environment cannot change."""
    try:
        return f"cli:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:  # in a container the account may have a number only
        return f"cli:{os.getuid()}"
