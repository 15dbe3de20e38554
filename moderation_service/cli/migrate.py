"""`moderation-service migrate`."""

from __future__ import annotations

import click
from alembic.util.exc import CommandError

from moderation_service import migrations
from moderation_service.cli.command import Command
from moderation_service.cli.connection import actor, connected, reachable
from moderation_service.cli.output import note
from moderation_service.db import create_database_engine
from moderation_service.triage.rules.install import install_into_empty


@click.command(cls=Command)
@click.option("--revision", default="head", show_default=True, help="How far; by name, or as +1.")
def migrate(revision: str) -> None:
    """Bring the database's tables up to date, and give the application's role its rights.

    Runs as the role of MIGRATION_DATABASE_URL, which owns the tables. It may run anywhere, any number of times.
    Where there are no rules yet it adds the starter set.

    \b
    Example: moderation-service migrate
    """
    settings = reachable()
    note("Migrating…")
    try:
        migrations.upgrade(settings, revision)
    except CommandError as error:
        raise click.ClickException(str(error)) from error
    engine = create_database_engine(settings.database_url, pool_size=1)
    with engine.connect() as connection:
        reached = migrations.current(connection)
    engine.dispose()
    click.echo(f"The database is at revision {reached}.")
    if reached == migrations.head():
        with connected(settings) as database, database.transaction() as session:
            added = install_into_empty(session, author=actor())
        if added:
            note(f"{len(added)} rules to begin with: moderation-service rules list")
