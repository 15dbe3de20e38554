"""`moderation-service settings`."""

from __future__ import annotations

import click

from moderation_service.cli.command import Command
from moderation_service.config import settings_table


@click.command(cls=Command)
def settings() -> None:
    """Print every setting as a table: its variable, its default, and what it does.

    \b
    Example: moderation-service settings
    """
    click.echo(settings_table())
