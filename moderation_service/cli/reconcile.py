"""`moderation-service reconcile`."""

from __future__ import annotations

import click

from moderation_service import upkeep
from moderation_service.cli.command import Command
from moderation_service.cli.connection import connected, reachable
from moderation_service.cli.output import status


@click.command(cls=Command)
def reconcile() -> None:
    """Ask the content stores whether they still show what was applied; what drifted is carried out anew.

    \b
    Example: moderation-service reconcile
    """

    def told(asked: int, drifted: int) -> None:
        status(_words(asked, drifted))

    with connected(reachable()) as database:
        asked, drifted = upkeep.reconcile(database.transaction, progress=told)
    status("")
    click.echo(_words(asked, drifted))


def _words(asked: int, drifted: int) -> str:
    return f"articles asked for: {asked:,}; drifted: {drifted:,}"
