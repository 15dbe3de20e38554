"""The commands of `moderation-service rules` that change the book, and the kill switch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from moderation_service import queries, rulebook
from moderation_service.cli.command import Command
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import Row, note, printable
from moderation_service.triage.rules import book, files, switches
from moderation_service.triage.rules.entries import Mode
from moderation_service.triage.rules.files import Outcome, Planned
from moderation_service.triage.rules.install import install_starter

of_site = click.option("--site", "slug", metavar="SLUG", help="Whose rule; without it, the one for all sites.")
because = click.option("--because", required=True, help="Why; it is kept with the change.")


@click.command("apply", cls=Command)
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only print what would change.")
@click.option("--retire-missing", is_flag=True, help="Retire rules that have no file; otherwise they are only named.")
@click.option("--because", default="As the files say", show_default=True, help="Why; it is kept with each change.")
def apply_files(folder: Path, dry_run: bool, retire_missing: bool, because: str) -> None:
    """Make the book say what the files *.json of a folder say, one rule each; modes stay as they are.

    New rules are drafts. A live rule that changes falls to shadow where a second person has to agree.

    \b
    Example: moderation-service rules apply rules/ --dry-run
    """
    said = files.read_folder(folder)
    with transaction() as session:
        planned = files.plan(session, said)
        made = [] if dry_run else files.apply(session, planned, author=actor(), because=because)
        if retire_missing and not dry_run:
            made += files.retire_missing(session, planned, author=actor(), because=because)
        rows = [queries.rule_detail(session, entry) for entry in made]
    for line in (line for one in planned for line in _planned(one)):
        click.echo(printable(line))
    _tell_missing(planned, retired=retire_missing and not dry_run)
    for row in rows:
        note(printable(standing(row)))
    counts = Counter(one.outcome for one in planned)
    told = (outcome for outcome in Outcome if outcome is not Outcome.MISSING)
    note(", ".join(f"{counts[outcome]:,} {outcome}" for outcome in told) + ("; nothing was done" if dry_run else ""))


@click.command(cls=Command)
def starter() -> None:
    """Add the starter set, each rule with its reason: two live at once, the others in shadow; again adds nothing.

    \b
    Example: moderation-service rules starter
    """
    with transaction() as session:
        rows = [queries.rule_detail(session, entry) for entry in install_starter(session, author=actor())]
    for row in rows:
        click.echo(printable(standing(row)))
    note(f"rules added: {len(rows)}")


@click.command(cls=Command)
@click.argument("name")
@of_site
@click.option(
    "--mode", type=click.Choice([Mode.SHADOW.value, Mode.LIVE.value]), required=True, help="How it is to run."
)
@because
def enable(name: str, slug: str | None, mode: str, because: str) -> None:
    """Let a rule run: in shadow it records what it would do, live it acts.

    Where a second person has to agree, the first call asks, and another account's makes it live.

    \b
    Example: moderation-service rules enable politics-with-records --mode live --because "90 right of 93"
    """
    with transaction() as session:
        rule = rulebook.rule_named(session, name, slug).rule
        entry = book.enable(session, rule, mode=Mode(mode), author=actor(), because=because)
        row = queries.rule_detail(session, entry)
    click.echo(printable(standing(row)))


@click.command(cls=Command)
@click.argument("name")
@of_site
def withdraw(name: str, slug: str | None) -> None:
    """Take back, or turn down, the request that a rule go live.

    \b
    Example: moderation-service rules withdraw politics-with-records
    """
    with transaction() as session:
        rule = rulebook.rule_named(session, name, slug).rule
        row = queries.rule_detail(session, book.withdraw(session, rule, author=actor()))
    click.echo(printable(standing(row)))


@click.command(cls=Command)
@click.argument("name")
@of_site
@because
def retire(name: str, slug: str | None, because: str) -> None:
    """Take a rule out of use; what it did stays done.

    \b
    Example: moderation-service rules retire fresh-brigade --because "Too many false alarms"
    """
    with transaction() as session:
        rule = rulebook.rule_named(session, name, slug).rule
        row = queries.rule_detail(session, book.retire(session, rule, author=actor(), because=because))
    click.echo(printable(standing(row)))


@click.command(cls=Command)
@click.argument("position", type=click.Choice(["on", "off"]))
@click.option("--site", "slug", metavar="SLUG", help="Only on this site; without it, everywhere.")
@because
def kill_switch(position: str, slug: str | None, because: str) -> None:
    """Stop all automatic actions (on), or let rules act again (off); stopped, they only record.

    \b
    Example: moderation-service rules kill-switch on --site courier --because "A brigade is using our rules"
    """
    turn = switches.switch_off if position == "on" else switches.switch_on
    with transaction() as session:
        turn(session, rulebook.site_id_of(session, slug), author=actor(), because=because)
        rows = queries.automation_rows(session, sites=None)
    for row in rows:
        click.echo(f"{row['site'] or 'all sites'}: automatic actions are {'off' if row['off'] else 'on'}")


COMMANDS = (apply_files, starter, enable, withdraw, retire, kill_switch)


def standing(row: Row) -> str:
    """A rule as it stands, in a line."""
    where = row["site"] or "all sites"
    request = row["request"]
    waits = f"; {request['by']} asks for it to go live, and a second person has to agree" if request else ""
    return f"{row['name']} ({where}): {row['mode']}, version {row['version']} by {row['by']}{waits}"


def _tell_missing(planned: Sequence[Planned], *, retired: bool) -> None:
    """Name the rules of the book that have no file: most books hold some that were not written as files."""
    names = [f"{one.name} ({one.site})" if one.site else one.name for one in planned if one.outcome is Outcome.MISSING]
    if names:
        rules = "rule of the book is" if len(names) == 1 else "rules of the book are"
        done = "retired" if retired else "--retire-missing would retire " + ("it" if len(names) == 1 else "them")
        note(printable(f"{len(names):,} {rules} not in this folder: {', '.join(names)}; {done}"))


def _planned(one: Planned) -> Iterator[str]:
    if one.outcome not in (Outcome.UNCHANGED, Outcome.MISSING):
        yield f"{one.outcome} {one.name} ({one.site or 'all sites'})"
        yield from (f"  {line}" for line in one.lines)
