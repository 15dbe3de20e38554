"""`moderation-service reporters`: readers who flagged, and what their voices count."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import click

from moderation_service import queries, readers
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import Columns, Row, as_json, listing, note, printable
from moderation_service.cli.whom import Whom, whom
from moderation_service.sites.service import site_by_slug

because = click.option("--note", "words", required=True, help="Why; it is kept with the change.")


@click.group(cls=Group)
def reporters() -> None:
    """Look at readers who flagged, mute them, and trust them."""


@reporters.command("list")
@click.option("--site", "slug", metavar="SLUG", help="Only this site's.")
@click.option("--muted", type=click.Choice(["asked", "confirmed", "any"]), help="Only the muted; asked: by a rule.")
@click.option("--trusted", is_flag=True, help="Only trusted flaggers.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
@as_json
def list_reporters(slug: str | None, muted: str | None, trusted: bool, limit: int, as_json: bool) -> None:
    """List readers with their records; those whom a rule muted wait for a person's word (--muted asked).

    \b
    Example: moderation-service reporters list --muted asked
    """
    with transaction() as session:
        sites = None if slug is None else [site_by_slug(session, slug).id]
        wanted = queries.ReporterFilter(sites=sites, muted=muted, trusted=trusted or None)
        page = queries.reporter_page(session, wanted, cursor=None, limit=limit)
    columns: Columns = {
        "reader": lambda row: row["reporter"],
        "site": lambda row: row["site"],
        "upheld": lambda row: row["upheld"],
        "rejected": lambda row: row["rejected"],
        "waiting": lambda row: row["pending"],
        "first flag": lambda row: row["first_flag_at"],
        "standing": _standing,
    }
    listing(page.rows, columns, as_json=as_json)
    if page.next is not None:
        note(f"These are the first {limit:,}; there are more.")


@reporters.command()
@whom
@as_json
def show(named: Whom, as_json: bool) -> None:
    """Show a reader's record and standing on stderr, and his latest 50 voices, as a table.

    \b
    Example: moderation-service reporters show --reader user-4711 --site courier
    """
    with transaction() as session:
        row = queries.reporter_detail(session, named.find(session).reporter)
    if as_json:
        click.echo(json.dumps(row, default=str, ensure_ascii=False, indent=2))
        return
    for line in _described(row):
        note(printable(line))
    columns: Columns = {
        "case": lambda voice: voice["case_id"],
        "standing": lambda voice: voice["standing"],
        "weight": lambda voice: f"{voice['weight']:.2f}",
    }
    listing(row["voices"], columns, as_json=False)


@reporters.command()
@whom
@because
def mute(named: Whom, words: str) -> None:
    """Confirm the mute that a rule asked for, or mute a reader by your own word: his voice weighs nothing.

    \b
    Example: moderation-service reporters mute 0f8e9d7c6b5a49382716f5e4d3c2b1a0 --note "Flags all of one author"
    """
    _change(named, readers.mute, words)


@reporters.command()
@whom
@because
def unmute(named: Whom, words: str) -> None:
    """Let a reader speak again, whoever muted him.

    \b
    Example: moderation-service reporters unmute 0f8e9d7c6b5a49382716f5e4d3c2b1a0 --note "He was right after all"
    """
    _change(named, readers.unmute, words)


@reporters.command()
@whom
@because
def trust(named: Whom, words: str) -> None:
    """Make a reader a trusted flagger: he counts as the most reliable, and no rule mutes him.

    With --reader and --site it may be said before he has flagged anything.

    \b
    Example: moderation-service reporters trust --reader press-council --site courier --note "By agreement of May"
    """
    _change(named, readers.trust, words, meets=True)


@reporters.command()
@whom
@because
def distrust(named: Whom, words: str) -> None:
    """Count a reader by his record again.

    \b
    Example: moderation-service reporters distrust --reader press-council --site courier --note "The agreement ended"
    """
    _change(named, readers.distrust, words)


def _change(named: Whom, step: Callable[..., None], words: str, *, meets: bool = False) -> None:
    with transaction() as session:
        reader = named.meet(session) if meets else named.find(session)
        step(session, reader, actor=actor(), note=words)
        row = queries.reporter_detail(session, reader.reporter)
    for line in _described(row):
        click.echo(printable(line))


def _described(row: Row) -> Iterator[str]:
    yield f"{row['reporter']} ({row['site']}): {_standing(row) or 'by his record'}"
    yield f"upheld: {row['upheld']:,}; rejected: {row['rejected']:,}; waiting: {row['pending']:,}"
    if row["barred_until"]:
        yield f"helps to hide nothing until {row['barred_until']:%Y-%m-%d %H:%M}"
    if row["note"]:
        said = row["note"]
        yield f"{said['at']:%Y-%m-%d %H:%M} {said['by']}: {said['note']}"


def _standing(row: Row) -> str | None:
    if row["trusted"]:
        return "trusted"
    if row["muted"] is None:
        return None
    by = row["muted_by"]
    asked = f" by {by['rule']}, version {by['version']}" if by else ""
    return f"muted{asked}{', to be confirmed' if row['muted'] == 'asked' else ''}"
