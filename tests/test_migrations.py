"""Migrations: they lead to the models, back to nothing, and give the service's role no more than it needs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from moderation_service import migrations
from moderation_service.config import Settings
from moderation_service.db import create_database_engine
from moderation_service.migrations.tables import ROOMS, metadata

UPGRADE = "from moderation_service import config, migrations; migrations.upgrade(config.Settings.from_env())"


@pytest.fixture
def owner(settings: Settings) -> Iterator[Connection]:
    """A connection as the role that owns the tables."""
    engine = create_database_engine(settings.migration_database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        yield connection
    engine.dispose()


def _tables(owner: Connection) -> set[str]:
    return set(inspect(owner).get_table_names()) - {"alembic_version"}


def test_the_migrations_lead_to_the_models(owner: Connection) -> None:
    context = MigrationContext.configure(owner, opts={"compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_every_table_belongs_to_a_room_that_the_migrations_know(owner: Connection) -> None:
    assert _tables(owner) == set(metadata.tables)
    assert len(ROOMS) == 11


def test_there_is_one_line_of_revisions() -> None:
    assert len(ScriptDirectory.from_config(migrations.alembic_config("")).get_heads()) == 1


def test_a_migrated_database_is_at_the_head(owner: Connection) -> None:
    assert migrations.current(owner) == migrations.head()


def test_migrating_again_changes_nothing(settings: Settings, owner: Connection) -> None:
    migrations.upgrade(settings)
    assert migrations.current(owner) == migrations.head()


def test_down_to_nothing_and_up_again(settings: Settings, owner: Connection) -> None:
    migrations.downgrade(settings, "base")
    functions = "SELECT count(*) FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname = 'public'"
    assert (_tables(owner), owner.scalar(text(functions))) == (set(), 0)
    migrations.upgrade(settings)
    assert compare_metadata(MigrationContext.configure(owner), metadata) == []


def test_each_revision_can_be_undone_alone(settings: Settings, owner: Connection) -> None:
    revisions = [s.revision for s in ScriptDirectory.from_config(migrations.alembic_config("")).walk_revisions()]
    for older in [*revisions[1:], "base"]:
        migrations.downgrade(settings, older)
        assert migrations.current(owner) == (None if older == "base" else older)


def test_two_migrators_at_once_migrate_once(settings: Settings, owner: Connection) -> None:
    migrations.downgrade(settings, "base")
    command, env = [sys.executable, "-c", UPGRADE], settings.as_env()
    both = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE) for _ in range(2)]
    assert [(migrator.communicate()[1], migrator.returncode) for migrator in both] == [(b"", 0)] * 2
    assert migrations.current(owner) == migrations.head()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()",
        "DROP TABLE flags",
        "ALTER TABLE audit_entries DISABLE TRIGGER append_only",
        "UPDATE alembic_version SET version_num = 'x'",
        "TRUNCATE flags",
        *(f"DELETE FROM {table}" for table in migrations.APPEND_ONLY),
        *(f"UPDATE {table} SET {column} = {column}" for table, column in [("decisions", "id"), ("case_events", "id")]),
    ],
)
def test_the_services_own_role_may_not(session: Session, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), session.begin_nested():
        session.execute(text(statement))


@pytest.mark.parametrize("table", migrations.APPEND_ONLY)
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_not_even_the_owner_takes_evidence_away(owner: Connection, table: str, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="evidence"):
        owner.execute(text(statement.format(table)))
