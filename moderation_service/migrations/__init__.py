"""The database's shape over time: Alembic revisions with dated names, and the rights of the application's role."""

from __future__ import annotations

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, make_url, text

from moderation_service.config import Settings
from moderation_service.db import create_database_engine

# Rows of these are evidence: added, never changed. Triggers hold for every role; the revoked rights
# hold for the application's role even against the triggers being switched off.
APPEND_ONLY = ("audit_entries", "case_events", "decisions", "enforcement_attempts", "article_revisions")


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
        engine = create_database_engine(owner_url)
        with engine.begin() as connection:
            ensure_role(connection, application.username, application.password)
            grant(connection, application.username)
        engine.dispose()


def downgrade(settings: Settings, revision: str) -> None:
    """Take the database back to `revision` (`base` empties it)."""
    command.downgrade(alembic_config(settings.migration_database_url or settings.database_url), revision)


def current(connection: Connection) -> str | None:
    """The revision a database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision this code knows."""
    return ScriptDirectory.from_config(alembic_config("")).get_current_head()


def ensure_role(connection: Connection, role: str, password: str | None) -> None:
    """Make the application's role where it is missing; it owns nothing and may do nothing yet."""
    known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
    if not known:
        # A role's name and password cannot be bound; the driver itself quotes them.
        statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)  # noqa: S101 (the only driver there is)
        driver.execute(statement)


def grant(connection: Connection, role: str) -> None:
    """Let `role` read and write, but only ever add to the tables that are evidence."""
    name = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name}",
        f"REVOKE UPDATE, DELETE ON {', '.join(APPEND_ONLY)} FROM {name}",
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {name}",
    ):
        connection.execute(text(statement))
