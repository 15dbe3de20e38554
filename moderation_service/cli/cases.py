"""`moderation-service cases`: the queue, for whoever watches over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from moderation_service import ordering, queries
from moderation_service.cases.models import MAIN_QUEUE
from moderation_service.cli.command import Group
from moderation_service.cli.connection import connected, reachable, transaction
from moderation_service.cli.output import Row, as_json, listing, note, status
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.service import site_by_slug

TITLE_LENGTH = 60


@click.group(cls=Group)
def cases() -> None:
    """Look at what still has to be decided."""


@cases.command("list")
@click.option("--site", "slug", metavar="SLUG", help="Only this site's.")
@click.option("--queue", metavar="NAME", help="Only those in this queue; the one of all others is called main.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
@click.option("--why", is_flag=True, help="Say for each why it is where it is.")
@as_json
def list_cases(*, slug: str | None, queue: str | None, limit: int, why: bool, as_json: bool) -> None:
    """List the open cases in the order they should be decided, with what their priority is made of.

    The index is chance x severity x views still to come: the harm to expect while nobody decides. What rules asked for
    is told where they did: another queue than main, a deadline, a role or a second person that it takes to decide.

    \b
    Example: moderation-service cases list --site courier --queue politics --why
    """
    with transaction() as session:
        sites = None if slug is None else [site_by_slug(session, slug).id]
        page = queries.queue_page(session, queries.QueueFilter(sites=sites, queue=queue), cursor=None, limit=limit)
    columns: dict[str, Callable[[Row], Any]] = {
        "case": lambda row: row["id"],
        "site": lambda row: row["site"],
        "priority": _priority,
        "reasons": lambda row: " ".join(row["reasons"]),
        "flags": lambda row: row["flags"],
        "opened": lambda row: row["opened_at"],
        "held by": lambda row: row["held"] and row["held"]["by"],
    }
    asked = {name: cell for name, cell in ASKED.items() if any(map(cell, page.rows))}
    columns = columns | asked | {"article": _article}
    if why:
        columns["why"] = lambda row: row["priority"]["because"]
    listing(page.rows, columns, as_json=as_json)
    if page.next is not None:
        note(f"These are the first {limit:,}; there are more.")


def _queue(row: Row) -> str | None:
    return None if row["queue"] == MAIN_QUEUE else str(row["queue"])


def _takes(row: Row) -> str | None:
    """Who has to decide, where it is not any one moderator."""
    role = [] if row["needs_role"] == Role.MODERATOR else [str(row["needs_role"])]
    return " + ".join([*role, *(["second person"] if row["needs_second"] else [])]) or None


# Shown where a case of the list has one.
ASKED: dict[str, Callable[[Row], Any]] = {
    "queue": _queue,
    "deadline": lambda row: row["deadline_at"],
    "takes": _takes,
}


@cases.command()
def recompute() -> None:
    """Derive every reader's record and every case's place anew from flags and decisions, and say how many moved.

    Workers keep both as things happen; this is for after a change of the formula, or to see that they agree. Work goes
    on meanwhile. That places move is no fault: they do so with time, and with what a site has learned since the last
    refresh. Done twice in a row, hardly any does.

    \b
    Example: moderation-service cases recompute
    """

    def told(looked_at: int, differed: int) -> None:
        status(_recomputed(looked_at, differed))

    with connected(reachable()) as database:
        looked_at, differed = ordering.recompute(database.transaction, progress=told)
    status("")
    click.echo(_recomputed(looked_at, differed))
    if differed:
        note("Places move with time and with what the sites learn.")


def _recomputed(looked_at: int, differed: int) -> str:
    return f"open cases computed anew: {looked_at:,}; moved by more than {ordering.TOLERANCE:.0%}: {differed:,}"


def _priority(row: Row) -> str:
    """`lane 1: 46.7 = 0.23 x 2 x 100`: the chance to be upheld, the severity and the views still to come."""
    parts: dict[str, Any] = row["priority"]
    product = f"{parts['index']:,.1f} = {parts['chance']:.2f} x {parts['severity']} x {parts['reach']:,.0f}"
    return f"lane {parts['escalation']['level']}: {product}"


def _article(row: Row) -> str:
    article = row["article"]
    title = article["title"] or article["url"] or ""
    return f"{article['external_id'] or '-'}: {title[:TITLE_LENGTH]}"
