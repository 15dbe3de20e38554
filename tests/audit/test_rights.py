"""What is evidence cannot be changed by the role that the service runs as, nor by the owner unawares."""

from __future__ import annotations

import psycopg
import pytest

from moderation_service.config import Settings
from moderation_service.db import driver_url
from moderation_service.migrations import APPEND_ONLY

STATEMENTS = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}", "TRUNCATE {table} CASCADE")
COLUMNS = {"audit_entries": "actor", "decisions": "note", "case_events": "actor"} | {
    "enforcement_attempts": "error",
    "article_revisions": "headline",
    "rule_versions": "because",
    "qa_samples": "drawn_at",
    "qa_reviews": "note",
}


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_evidence_is_only_added_to(settings: Settings, table: str, statement: str) -> None:
    for url in (settings.database_url, settings.migration_database_url):
        with (
            psycopg.connect(driver_url(url)) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.format(table=table, column=COLUMNS[table]).encode())


def test_the_role_cannot_switch_the_guard_off(settings: Settings) -> None:
    with (
        psycopg.connect(driver_url(settings.database_url)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("ALTER TABLE audit_entries DISABLE TRIGGER append_only")
