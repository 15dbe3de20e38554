"""`moderation-service cases`: the queue, for whoever watches over it."""

from __future__ import annotations

from typing import Any

import click

from moderation_service import queries
from moderation_service.cli.command import Group
from moderation_service.cli.connection import transaction
from moderation_service.cli.output import Row, as_json, listing, note
from moderation_service.sites.service import site_by_slug

TITLE_LENGTH = 60


@click.group(cls=Group)
def cases() -> None:
    """Look at what still has to be decided."""


@cases.command("list")
@click.option("--site", "slug", metavar="SLUG", help="Only this site's.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many at most.")
@as_json
def list_cases(slug: str | None, limit: int, as_json: bool) -> None:
    """List the open cases in the order they should be decided, with what their priority is made of.

    \b
    Example: moderation-service cases list --site courier
    """
    with transaction() as session:
        sites = None if slug is None else [site_by_slug(session, slug).id]
        page = queries.queue_page(session, queries.QueueFilter(sites=sites), cursor=None, limit=limit)
    columns = {
        "case": lambda row: row["id"],
        "site": lambda row: row["site"],
        "priority": _priority,
        "reasons": lambda row: " ".join(row["reasons"]),
        "flags": lambda row: row["flags"],
        "opened": lambda row: row["opened_at"],
        "held by": lambda row: row["held"] and row["held"]["by"],
        "article": _article,
    }
    listing(page.rows, columns, as_json=as_json)
    if page.next is not None:
        note(f"These are the first {limit:,}; there are more.")


def _priority(row: Row) -> str:
    """`lane 1: 46.7 = 0.23 x 2 x 100`: the chance to be upheld, the severity and the views still to come."""
    parts: dict[str, Any] = row["priority"]
    product = f"{parts['index']:,.1f} = {parts['chance']:.2f} x {parts['severity']} x {parts['reach']:,.0f}"
    return f"lane {parts['escalation']['level']}: {product}"


def _article(row: Row) -> str:
    article = row["article"]
    title = article["title"] or article["url"] or ""
    return f"{article['external_id'] or '-'}: {title[:TITLE_LENGTH]}"
