"""`moderation-service notices`: mails and webhooks, and those that could not be sent."""

from __future__ import annotations

from functools import partial
from operator import itemgetter

import click

from moderation_service import dead_letters, queries
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import Columns, as_json, listing
from moderation_service.cli.paging import every_row
from moderation_service.dead_letters import NOTICES
from moderation_service.notifications.models import STATES as NOTICE_STATES

STATES = click.Choice(NOTICE_STATES)


@click.group(cls=Group)
def notices() -> None:
    """Look at mails and webhooks, and try those anew that were given up on."""


@notices.command("list")
@click.option("--state", type=STATES, default="dead", show_default=True, help="Which.")
@as_json
def list_notices(state: str, as_json: bool) -> None:
    """List notices, oldest first, with the last error; those that were given up on by default.

    \b
    Example: moderation-service notices list --state pending
    """
    with transaction() as session:
        rows = every_row(partial(queries.notice_page, session, sites=None, state=state))
    columns: Columns = {
        **{name: itemgetter(name) for name in ("id", "site", "channel", "recipient", "kind")},
        "since": itemgetter("created_at"),
        "tries": itemgetter("attempts"),
        "last error": itemgetter("last_error"),
    }
    listing(rows, columns, as_json=as_json)


@notices.command()
@click.argument("notice_id", type=click.IntRange(min=1), metavar="ID")
def replay(notice_id: int) -> None:
    """Try one anew, with all its tries.

    \b
    Example: moderation-service notices replay 12
    """
    with transaction() as session:
        dead_letters.replay_any(session, NOTICES, notice_id, actor=actor())
    click.echo("to be tried anew: 1")


@notices.command()
def replay_all() -> None:
    """Try all of them anew that were given up on.

    \b
    Example: moderation-service notices replay-all
    """
    with transaction() as session:
        count = dead_letters.replay_all(session, NOTICES, sites=None, actor=actor())
    click.echo(f"to be tried anew: {count:,}")
