"""The database's shape over time: Alembic revisions with dated names, and the rights of the application's role."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, make_url

from moderation_service.config import Settings
from moderation_service.db import connection_parameters, driver_url

LOCK = 7_105_213  # any number, the same for every migrator
# Rows of these are evidence: added, never changed. Triggers hold for every role; the revoked rights
# hold for the application's role even against the triggers being switched off.
APPEND_ONLY = (
    "audit_entries",
    "case_events",
    "decisions",
    "enforcement_attempts",
    "article_revisions",
    "rule_versions",
    "qa_samples",
    "qa_reviews",
)


def alembic_config(url: str) -> Config:
    """Alembic's configuration, with no file of its own."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    return config


def upgrade(settings: Settings, revision: str = "head") -> None:
    """Bring the database to `revision`, and give the application's role its rights.

    Safe to run from several places at once: the first takes a lock, the others find nothing left to do.
    """
    settings.require("database_url")
    owner_url = settings.migration_database_url or settings.database_url
    command.upgrade(alembic_config(owner_url), revision)
    application = make_url(settings.database_url)
    if application.username and application.username != make_url(owner_url).username:
        with psycopg.connect(driver_url(owner_url), **connection_parameters()) as connection:
            # Two at once on the same tables would end one of them.
            connection.execute("SELECT set_config('lock_timeout', '60s', true), pg_advisory_xact_lock(%s)", [LOCK])
            ensure_role(connection, application.username, application.password)
            grant(connection, application.username)


def downgrade(settings: Settings, revision: str) -> None:
    """Take the database back to `revision` (`base` empties it)."""
    command.downgrade(alembic_config(settings.migration_database_url or settings.database_url), revision)


def current(connection: Connection) -> str | None:
    """The revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def ensure_role(connection: psycopg.Connection, role: str, password: str | None) -> None:
    """Make the application's role where it is missing; it owns nothing and may do nothing yet."""
    if connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        # Names and passwords of roles cannot be bound; the driver itself quotes them.
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def grant(connection: psycopg.Connection, role: str) -> None:
    """Let `role` read and write, but only ever add to the tables that are evidence."""
    evidence = sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY))
    for statement in (
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE UPDATE, DELETE ON {evidence} FROM {role}",
        "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role}",
    ):
        connection.execute(sql.SQL(statement).format(role=sql.Identifier(role), evidence=evidence))
