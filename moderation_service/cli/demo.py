"""`moderation-service demo`: life in the demo newsroom."""

from __future__ import annotations

import secrets
import sys

import click

from moderation_service.cli.command import Group
from moderation_service.client import ClientError
from moderation_service.config import Settings
from moderation_service.demo.readers import Access, NoDemoError, Wish, show
from moderation_service.embedded import data_dir


@click.group(cls=Group)
def demo() -> None:
    """See the service at work, with the demo newsroom of a run in another terminal."""


@demo.command()
@click.option("--pace", type=click.FloatRange(0.1, 20), default=4, show_default=True, help="How fast they read.")
@click.option(
    "--minutes", type=click.FloatRange(0, 60, min_open=True), default=10, show_default=True, help="For how long."
)
@click.option("--seed", type=click.IntRange(0, 10**9), help="The same seed, the same readers; left out: new ones.")
@click.option("--api", metavar="URL", help="Where the service is; left out: where the run says.")
@click.option("--newsroom", metavar="URL", help="Where the newsroom is; left out: where the run says.")
@click.option("--plain", is_flag=True, help="A line for each event; also where the output is no terminal.")
def readers(
    *, pace: float, minutes: float, seed: int | None, api: str | None, newsroom: str | None, plain: bool
) -> None:
    """Play the demo newsroom's readers: views, flags by good and bad judgement, a brigade; and show what comes of it.

    At pace 1 a minute stands for an hour of the newsroom's day. Nobody decides meanwhile but you, in the console.

    \b
    Example: moderation-service demo readers --pace 8
    """
    wish = Wish(
        pace=pace,
        minutes=minutes,
        seed=secrets.randbelow(10**6) if seed is None else seed,
        plain=plain or not sys.stdout.isatty(),
    )
    try:
        show(Access.kept_in(data_dir(Settings.from_env()), service=api, newsroom=newsroom), wish, sys.stdout)
    except (NoDemoError, ClientError) as error:
        raise click.ClickException(str(error)) from error
