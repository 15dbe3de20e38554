"""`moderation-service dead-letters`: decisions that a content store would not obey."""

from __future__ import annotations

from functools import partial

import click

from moderation_service import dead_letters as letters
from moderation_service import queries
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import as_json, listing
from moderation_service.cli.paging import every_row
from moderation_service.dead_letters import ORDERS


@click.group(cls=Group)
def dead_letters() -> None:
    """Look at decisions that were given up on, and try them anew."""


@dead_letters.command("list")
@as_json
def list_dead_letters(as_json: bool) -> None:
    """List the decisions that were given up on, oldest first, with the last error.

    \b
    Example: moderation-service dead-letters list
    """
    with transaction() as session:
        rows = every_row(partial(queries.dead_letter_page, session, sites=None))
    columns = {
        "id": lambda row: row["id"],
        "site": lambda row: row["site"],
        "case": lambda row: row["case_id"],
        "article": lambda row: row["article"]["external_id"] or row["article"]["url"],
        "wanted": lambda row: row["wanted"]["state"],
        "since": lambda row: row["wanted_at"],
        "tries": lambda row: row["attempts"],
        "last error": lambda row: row["last_error"],
    }
    listing(rows, columns, as_json=as_json)


@dead_letters.command()
@click.argument("order_id", type=click.IntRange(min=1), metavar="ID")
def replay(order_id: int) -> None:
    """Try one anew, with all its tries.

    \b
    Example: moderation-service dead-letters replay 12
    """
    with transaction() as session:
        letters.replay_any(session, ORDERS, order_id, actor=actor())
    click.echo("to be tried anew: 1")


@dead_letters.command()
def replay_all() -> None:
    """Try all of them anew.

    \b
    Example: moderation-service dead-letters replay-all
    """
    with transaction() as session:
        count = letters.replay_all(session, ORDERS, sites=None, actor=actor())
    click.echo(f"to be tried anew: {count:,}")
