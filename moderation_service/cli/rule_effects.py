"""The commands of `moderation-service rules` about cases: what a rule makes of one, and taking back what it did."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import click

from moderation_service import pipeline, queries, rulebook
from moderation_service.cli.command import Command
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import Row, printable
from moderation_service.cli.rule_changes import of_site
from moderation_service.triage.rules.entries import version_of


@click.command("test", cls=Command)
@click.argument("name")
@of_site
@click.option("--case", "case_id", type=click.IntRange(min=1), required=True, metavar="ID", help="Which case.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def test_on_case(name: str, slug: str | None, case_id: int, as_json: bool) -> None:
    """Say what a rule makes of a case now, test by test, and when it fired there. Nothing is changed.

    A rule looks at a case when a flag comes to it, so conditions that are met now may wait for the next one.

    \b
    Example: moderation-service rules test politics-with-records --case 12
    """
    with transaction() as session:
        entry = rulebook.rule_named(session, name, slug)
        found = queries.rule_on_case(session, entry, case_id)
    if as_json:
        click.echo(json.dumps(found, default=str, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(printable(line) for line in _told(found)))


@click.command(cls=Command)
@click.argument("name")
@of_site
@click.option("--version", "number", type=click.IntRange(min=1), required=True, metavar="N", help="Which version.")
def revert(name: str, slug: str | None, number: int) -> None:
    """Take back all that one version of a rule did on cases that nobody has decided.

    The rule itself stays as it is; retire it, or let it run in shadow, to stop it.

    \b
    Example: moderation-service rules revert politics-with-records --version 3
    """
    with transaction() as session:
        rule = rulebook.rule_named(session, name, slug).rule
        version = version_of(session, rule, number)
    done = pipeline.revert_whole_rule(transaction, version, actor=actor())
    click.echo(f"taken back: {done.firings:,}, on {done.cases:,} undecided cases")
    click.echo(f"open again: {done.reopened:,}; shown again: {done.shown:,}; readers who count again: {done.unmuted:,}")


COMMANDS = (test_on_case, revert)


def _told(found: Row) -> Iterator[str]:
    verdict = "are met" if found["met"] else "are not met"
    which = f"{found['rule']}, version {found['version']} ({found['mode']})"
    yield f"{which}: its conditions {verdict} on case {found['case_id']}"
    yield from _tree(found["groups"], found["facts"])
    yield from found["hindered"]
    if found["outlook"]:
        yield found["outlook"]
    for firing in found["fired"]:
        back = ", taken back since" if firing["reverted_at"] else ""
        yield f"Version {firing['version']} fired at {firing['at']:%Y-%m-%d %H:%M} ({firing['mode']}{back})."
        yield from (f"  It did not {words}." for words in firing["did_not"])


def _tree(groups: Sequence[dict[str, Any]], facts: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The conditions as they stand in the rule: each group with what it comes to, and below it what is in it."""
    around = [group["path"] for group in groups]
    for part in sorted([*groups, *facts], key=lambda part: _place(part["path"])):
        depth = sum(part["path"].startswith(f"{path}.") for path in around)
        met = "yes" if part["met"] else "no "
        yield f"  {met}  {'  ' * depth}{part.get('group') or _fact(part)}"


def _place(path: str) -> list[str | int]:
    """A path as what orders it: the tenth part of a group comes after the second."""
    return [int(step) if step.isdecimal() else step for step in re.findall(r"\d+|\w+", path)]


def _fact(fact: dict[str, Any]) -> str:
    seen = "not known" if fact["value"] is None else fact["value"]
    return f"{fact['words']}: {seen} (asked for: {fact['operator']} {fact['wanted']})"
