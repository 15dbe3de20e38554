"""`moderation-service rules`: what is done without a person, and why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import click

from moderation_service import queries, rulebook
from moderation_service.cli import rule_changes, rule_effects
from moderation_service.cli.backtests import backtest
from moderation_service.cli.command import Group
from moderation_service.cli.connection import transaction
from moderation_service.cli.output import Row, as_json, listing, printable, table
from moderation_service.cli.rule_changes import of_site
from moderation_service.triage.rules.rates import MOST_BARS, Step
from moderation_service.triage.rules.reference import as_markdown, reference

BAR_WIDTH = 50
LIVE, SHADOW = "█", "░"


@click.group(cls=Group)
def rules() -> None:
    """Look at rules, let them run, and stop them."""


@rules.command("list")
@click.option("--site", "slug", metavar="SLUG", help="Only those that run on this site.")
@as_json
def list_rules(slug: str | None, as_json: bool) -> None:
    """List the rules in the order in which they run, with who waits for a second person.

    \b
    Example: moderation-service rules list --site courier
    """
    with transaction() as session:
        site_id = rulebook.site_id_of(session, slug)
        rows = queries.rule_rows(session, sites=None if site_id is None else [site_id])
    columns = {
        "position": lambda row: row["position"],
        "name": lambda row: row["name"],
        "site": lambda row: row["site"] or "all",
        "mode": lambda row: row["mode"],
        "version": lambda row: row["version"],
        "by": lambda row: row["by"],
        "since": lambda row: row["changed_at"],
        "wants to go live": lambda row: row["request"] and f"asked by {row['request']['by']}",
    }
    listing(rows, columns, as_json=as_json)


@rules.command("language")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON, as the API answers it.")
def show_language(as_json: bool) -> None:
    """Print the fields a condition may ask for, their operators, and the actions.

    \b
    Example: moderation-service rules language
    """
    click.echo(json.dumps(reference(), indent=2) if as_json else as_markdown())


@rules.command()
@click.argument("name")
@of_site
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON, as the API answers it.")
def show(name: str, slug: str | None, as_json: bool) -> None:
    """Show what a rule says, as its file would; in which mode it is, and by whom, goes to stderr.

    \b
    Example: moderation-service rules show repeat-flags
    """
    with transaction() as session:
        rule = queries.rule_detail(session, rulebook.rule_named(session, name, slug))
    if not as_json:
        click.echo(printable(rule_changes.standing(rule)), err=True)
    click.echo(json.dumps(rule if as_json else rule["document"], default=str, ensure_ascii=False, indent=2))


@rules.command("history")
@click.argument("name")
@of_site
@as_json
def show_history(name: str, slug: str | None, as_json: bool) -> None:
    """List a rule's versions, the newest first: by whom, why, and what each changed.

    \b
    Example: moderation-service rules history repeat-flags
    """
    with transaction() as session:
        entry = rulebook.rule_named(session, name, slug)
        rows = queries.version_rows(session, entry.rule.id)
    if as_json:
        listing(rows, {}, as_json=True)
    else:
        click.echo("\n".join(printable(line) for row in rows for line in _version(row)))


@rules.command()
@click.argument("name")
@of_site
@click.option(
    "--by",
    "step",
    type=click.Choice([step.value for step in Step]),
    default="hour",
    show_default=True,
    help="Each bar.",
)
@click.option("--bars", type=click.IntRange(1, MOST_BARS), default=24, show_default=True, help="How many, up to now.")
@as_json
def rate(name: str, slug: str | None, step: str, bars: int, as_json: bool) -> None:
    """Draw how often a rule fired (█ live, ░ what it would have done in shadow), in hours or days of UTC.

    Firings are counted, whether or not each action could be done: `rules test` and the case say that.

    \b
    Example: moderation-service rules rate repeat-flags --by day --bars 14
    """
    with transaction() as session:
        entry = rulebook.rule_named(session, name, slug)
        rows = queries.rate_rows(session, entry.rule.id, step=Step(step), bars=bars, sites=None)
    if as_json:
        listing(rows, {}, as_json=True)
    else:
        click.echo(table(_drawn(rows)))


for command in (backtest, *rule_changes.COMMANDS, *rule_effects.COMMANDS):
    rules.add_command(command)


def _version(row: Row) -> Iterator[str]:
    agreed = f", agreed by {row['agreed_by']}" if row["agreed_by"] else ""
    yield f"{row['version']}  {row['at']:%Y-%m-%d %H:%M}  {row['mode']}  {row['by']}{agreed}: {row['because']}"
    yield from (f"   {line}" for line in row["changes"])


def _drawn(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """A line for each bar; the longest is as wide as there is room, and what is not nothing is seen."""
    most = max(row["live"] + row["shadow"] for row in rows) or 1
    return [
        {"from": f"{row['at']:%Y-%m-%d %H:%M}", "live": row["live"], "shadow": row["shadow"], "": _bar(row, most)}
        for row in rows
    ]


def _bar(row: Row, most: int) -> str:
    return "".join(sign * -(-row[mode] * BAR_WIDTH // most) for sign, mode in ((LIVE, "live"), (SHADOW, "shadow")))
