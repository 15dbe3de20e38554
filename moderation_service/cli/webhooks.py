"""`moderation-service webhooks`: where a site's own systems are told of what happens to its articles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any, cast

import click
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, connected, reachable, transaction
from moderation_service.cli.output import Columns, as_json, listing, note, secret
from moderation_service.cli.parameters import Duration
from moderation_service.db import utcnow
from moderation_service.notifications.delivery import attempt
from moderation_service.notifications.models import STATES, Endpoint
from moderation_service.notifications.webhooks import endpoints, replaying, trying
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.sites.service import site_by_slug

LATEST = 50  # deliveries that are listed
TYPES = click.Choice([kind.value for kind in EventType])
endpoint_id = click.argument("endpoint_id", type=click.IntRange(min=1, max=2**31 - 1), metavar="ID")


@click.group(cls=Group)
def webhooks() -> None:
    """Manage the endpoints of a site's own systems, and look after what they are sent."""


@webhooks.command("list")
@click.argument("slug")
@as_json
def list_endpoints(slug: str, as_json: bool) -> None:
    """List a site's endpoints, with how much waits for each.

    \b
    Example: moderation-service webhooks list courier
    """
    with transaction() as session:
        rows = queries.endpoint_rows(session, site_by_slug(session, slug).id)
    columns: Columns = {name: itemgetter(name) for name in ("id", "url", "waiting", "dead")}
    told: Columns = {"types": lambda row: " ".join(row["types"]), "disabled because": itemgetter("disabled_because")}
    listing(rows, {**columns, **told}, as_json=as_json)


@webhooks.command()
@click.argument("slug")
@click.argument("url")
@click.option("--type", "types", type=TYPES, multiple=True, help="What it is told of; may be repeated. Without: all.")
@click.option("--description", default="", help="What it is for.")
def add(slug: str, url: str, types: Sequence[str], description: str) -> None:
    """Have what happens from now on sent to an address; with the first comes the secret that it is signed with.

    \b
    Example: moderation-service webhooks add courier https://courier.example/hooks/moderation --type decision.applied
    """
    trying.check_address(url, reachable())
    with transaction() as session:
        site, told_of = site_by_slug(session, slug), types or list(EventType)
        options: dict[str, Any] = {"url": url, "description": description, "types": told_of}
        endpoint, made = endpoints.add(session, site.id, **options, actor=actor())
    note(f"Endpoint {endpoint.id} is there. To try it: moderation-service webhooks test {slug} {endpoint.id}")
    if made is not None:
        secret(made, f"Webhooks of {slug} are signed with this; it is shown this once:")


@webhooks.command("set")
@click.argument("slug")
@endpoint_id
@click.option("--url", help="Where it is now; what waits goes there.")
@click.option("--type", "types", type=TYPES, multiple=True, help="What it is told of from now on; may be repeated.")
@click.option("--description", help="What it is for.")
@click.option("--enable/--disable", "enabled", default=None, help="Send what waited, or let everything wait.")
def adjust(slug: str, endpoint_id: int, **options: Any) -> None:
    """Change an endpoint; what is not named stays as it is.

    \b
    Example: moderation-service webhooks set courier 3 --enable
    """
    changes = cast(endpoints.Changes, {name: value for name, value in options.items() if value not in (None, ())})
    if not changes:
        raise click.UsageError("Say what to change.")
    if "url" in changes:
        trying.check_address(changes["url"], reachable())
    with transaction() as session:
        endpoints.change(session, _own(session, slug, endpoint_id), changes, actor=actor())
    note(f"Set. To see it: moderation-service webhooks list {slug}")


@webhooks.command()
@click.argument("slug")
@endpoint_id
def remove(slug: str, endpoint_id: int) -> None:
    """Take an endpoint away, with what waits for it and the log of what it was sent.

    \b
    Example: moderation-service webhooks remove courier 3
    """
    with transaction() as session:
        endpoints.remove(session, _own(session, slug, endpoint_id), actor=actor())
    note(f"Endpoint {endpoint_id} is gone.")


@webhooks.command()
@click.argument("slug")
@endpoint_id
def test(slug: str, endpoint_id: int) -> None:
    """Send an endpoint a test event now, and tell what it said.

    \b
    Example: moderation-service webhooks test courier 3
    """
    settings = reachable()
    with connected(settings) as database, database.transaction() as session:
        message = trying.sample(session, _own(session, slug, endpoint_id))
    outcome = attempt("webhook", message, settings)
    if outcome.error:
        raise click.ClickException(outcome.error)
    click.echo(f"taken after {outcome.took / timedelta(milliseconds=1):,.0f} ms")


@webhooks.command()
@click.argument("slug")
@endpoint_id
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@as_json
def deliveries(slug: str, endpoint_id: int, state: str | None, as_json: bool) -> None:
    """List the latest that an endpoint was sent, the newest first; as JSON with every try.

    \b
    Example: moderation-service webhooks deliveries courier 3 --state dead
    """
    with transaction() as session:
        endpoint = _own(session, slug, endpoint_id)
        rows = queries.delivery_page(session, endpoint.id, state=state, cursor=None, limit=LATEST).rows
    columns: Columns = {name: itemgetter(name) for name in ("id", "at", "type", "state")}
    tried = {"tries": lambda row: len(row["attempts"]), "last error": _last_error}
    listing(rows, {**columns, **tried}, as_json=as_json)


@webhooks.command()
@click.argument("slug")
@endpoint_id
@click.option("--delivery", type=click.IntRange(min=1), metavar="ID", help="This one alone.")
@click.option("--since", type=Duration(), help="All that happened since so long ago, taken or not.")
def replay(slug: str, endpoint_id: int, delivery: int | None, since: timedelta | None) -> None:
    """Send an endpoint again what was given up on, under the same ids.

    \b
    Example: moderation-service webhooks replay courier 3 --since 24h
    """
    if delivery is not None and since is not None:
        raise click.UsageError("Say --delivery or --since, not both.")
    with transaction() as session:
        endpoint, count = _own(session, slug, endpoint_id), 1
        if delivery is not None:
            replaying.replay_one(session, endpoint, delivery, actor=actor())
        else:
            moment = None if since is None else utcnow(session) - since
            count = replaying.replay(session, endpoint, moment, actor=actor())
    click.echo(f"to be sent again: {count:,}")


def _own(session: Session, slug: str, endpoint_id: int) -> Endpoint:
    return endpoints.one(session, site_by_slug(session, slug).id, endpoint_id)


def _last_error(row: Any) -> str | None:
    tries: list[dict[str, Any]] = row["attempts"]
    return tries[-1]["error"] if tries and row["state"] != "sent" else None
