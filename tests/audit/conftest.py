"""A trail of ten entries in one lane, and hands that can change it as no role of the service can."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from moderation_service.audit import service as audit
from moderation_service.audit.finding import Finding, Report
from moderation_service.audit.heads import Heads, heads
from moderation_service.audit.verify import verify
from moderation_service.config import Settings
from moderation_service.db import Database, driver_url


class Trail:
    """A database whose audit trail is written by one connection, so that all of it is in one lane."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings, pool_size=1)

    def write(self, count: int = 10) -> None:
        """Add entries, one transaction each."""
        for number in range(count):
            with self.database.transaction() as session:
                audit.append(session, actor="test", action="thing.changed", subject=f"thing:{number}")

    def tamper(self, *statements: str) -> None:
        """Run statements as the tables' owner, with the triggers that guard them switched off."""
        with psycopg.connect(driver_url(self.settings.migration_database_url)) as connection:
            for table in ("audit_entries", "decisions", "article_revisions"):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only".encode())
            for statement in statements:
                connection.execute(statement.encode())

    def report(self, *kept: Heads, **options: Any) -> Report:
        """What a verification says."""
        with self.database.transaction() as session:
            return verify(session, kept=kept, **options)

    def finding(self, *kept: Heads) -> Finding:
        """The only thing that a verification finds."""
        (found,) = self.report(*kept).findings
        return found

    def heads(self) -> Heads:
        """Where the chains end now."""
        with self.database.transaction() as session:
            return heads(session)

    @property
    def lane(self) -> int:
        """The only lane with entries."""
        (head,) = self.heads().lanes
        return head.lane


@pytest.fixture
def trail(settings: Settings) -> Iterator[Trail]:
    """A database with no entry yet."""
    trail = Trail(settings)
    yield trail
    trail.database.close()


@pytest.fixture
def written(trail: Trail) -> Trail:
    """Ten entries in one lane."""
    trail.write()
    return trail
