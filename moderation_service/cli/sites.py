"""`moderation-service sites`: the reader-facing sites and their keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from operator import itemgetter
from typing import Any, cast

import click

from moderation_service import queries
from moderation_service.cli import site_pages
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import Columns, as_json, listing, note, secret
from moderation_service.cli.parameters import Duration, WebAddress
from moderation_service.notifications import secrets
from moderation_service.sites import service
from moderation_service.sites.models import Door


@click.group(cls=Group)
def sites() -> None:
    """Manage the sites whose readers flag, and their keys."""


@sites.command("list")
@as_json
def list_sites(as_json: bool) -> None:
    """List the sites.

    \b
    Example: moderation-service sites list
    """
    with transaction() as session:
        rows = queries.site_rows(session)
    columns: Columns = {name: itemgetter(name) for name in ("slug", "name", "url", "store")}
    listing(rows, {**columns, "origins": lambda row: " ".join(row["origins"]) or None}, as_json=as_json)


@sites.command()
@click.argument("slug")
@click.option("--name", required=True, help="What people call it.")
@click.option("--url", required=True, help="Its home page.")
@click.option(
    "--origin", "origins", multiple=True, help="Where its publishable keys may be used from; may be repeated."
)
def add(slug: str, name: str, url: str, origins: Sequence[str]) -> None:
    """Add a site.

    \b
    Example: moderation-service sites add courier --name "The Courier" --url https://courier.example --origin https://courier.example
    """
    with transaction() as session:
        service.add_site(session, slug=slug, name=name, url=url, origins=origins, actor=actor())
    note(f"Site {slug} is there. Its readers need a key: moderation-service sites add-key {slug} --kind publishable")


@sites.command("origins")
@click.argument("slug")
@click.argument("origins", nargs=-1, metavar="[ORIGIN]...")
def set_origins(slug: str, origins: Sequence[str]) -> None:
    """Replace the origins from which a site's publishable keys may be used; none at all shuts them out.

    \b
    Example: moderation-service sites origins courier https://courier.example https://m.courier.example
    """
    with transaction() as session:
        site = service.set_origins(session, slug, origins, actor=actor())
    note(f"Publishable keys of {slug} may be used from {' and '.join(site.origins) or 'nowhere'}.")


@sites.command("doors")
@click.argument("slug")
@click.argument("doors", nargs=-1, type=click.Choice([door.value for door in Door]))
def set_doors(slug: str, doors: Sequence[str]) -> None:
    """Replace the other networks from which a site takes reports; none at all shuts them out.

    \b
    Example: moderation-service sites doors courier activitypub atproto
    """
    with transaction() as session:
        site = service.adjust(session, slug, actor=actor(), doors=sorted(set(doors)))
    note(f"Besides its own pages {slug} takes reports from {' and '.join(site.doors) or 'nowhere'}.")


@sites.command("set")
@click.argument("slug")
@click.option("--prior", type=float, metavar="SHARE", help="The share of flagged articles expected to be taken down.")
@click.option("--hide-pending/--no-hide-pending", default=None, help="Hide what is very likely bad until its review.")
@click.option("--hide-hours", type=int, metavar="HOURS", help="For how many hours at most.")
@click.option(
    "--two-person-rules/--no-two-person-rules", default=None, help="A rule goes live when a second person agrees."
)
@click.option(
    "--legal-url",
    type=WebAddress(),
    metavar="URL",
    help="The page where readers who disagree, or ask about the law, learn how to write to the site; '' for none.",
)
def adjust(slug: str, legal_url: str | None, **options: Any) -> None:
    """Change how a site's flags are judged, how its rules go live and how readers reach it; the rest stays as it is.

    \b
    Example: moderation-service sites set courier --hide-pending --hide-hours 12
    """
    changes = _named(**options)
    if legal_url is not None:
        changes["legal_url"] = legal_url or None
    if not changes:
        raise click.UsageError("Say what to change.")
    with transaction() as session:
        service.adjust(session, slug, actor=actor(), **changes)
    note(f"Set. To see it: moderation-service sites show {slug}")


@sites.command()
@click.argument("slug")
@as_json
def show(slug: str, as_json: bool) -> None:
    """Show all that is set for a site.

    \b
    Example: moderation-service sites show courier
    """
    with transaction() as session:
        (site,) = queries.site_rows(session, slug)
    rows = [{"setting": name, "value": value} for name, value in site.items()]
    listing([site] if as_json else rows, {name: itemgetter(name) for name in ("setting", "value")}, as_json=as_json)


@sites.command()
@click.argument("slug")
@as_json
def keys(slug: str, as_json: bool) -> None:
    """List a site's keys, with when each was used last; the keys themselves are not kept.

    \b
    Example: moderation-service sites keys courier
    """
    with transaction() as session:
        rows = queries.key_rows(session, slug)
    names = ("id", "kind", "name", "hint", "created_at", "expires_at", "last_used_at")
    listing(rows, {name: itemgetter(name) for name in names}, as_json=as_json)


@sites.command()
@click.argument("slug")
@click.option("--kind", type=click.Choice(["publishable", "secret"]), required=True, help="For readers, or servers.")
@click.option("--name", help="What it is for.")
def add_key(slug: str, kind: str, name: str | None) -> None:
    """Make a key and print it, this once: publishable for the site's pages, secret for its servers.

    \b
    Example: moderation-service sites add-key courier --kind publishable --name widget
    """
    with transaction() as session:
        site = service.site_by_slug(session, slug)
        value = service.add_key(session, site, kind=kind, name=name or kind, actor=actor())
    secret(value, f"A {kind} key of {slug}; it is shown this once:")


@sites.command()
@click.argument("key_id", type=click.IntRange(min=1), metavar="ID")
@click.option("--overlap", type=Duration(), default="24h", show_default=True, help="How long the old one works on.")
def rotate_key(key_id: int, overlap: timedelta) -> None:
    """Make a key's successor and print it, this once; the old key works on for a while.

    \b
    Example: moderation-service sites rotate-key 7 --overlap 24h
    """
    with transaction() as session:
        value = service.rotate_key(session, key_id, overlap=overlap, actor=actor())
    secret(value, f"The successor of key {key_id}, which ends in {overlap}; it is shown this once:")


@sites.command()
@click.argument("key_id", type=click.IntRange(min=1), metavar="ID")
def revoke_key(key_id: int) -> None:
    """End a key at once.

    \b
    Example: moderation-service sites revoke-key 7
    """
    with transaction() as session:
        service.expire_key(session, key_id, after=timedelta(0), actor=actor())
    note(f"Key {key_id} has ended; API processes forget it within seconds.")


@sites.command("webhook-secret")
@click.argument("slug")
@click.option("--rotate", is_flag=True, help="Make the successor of the one there is.")
@click.option("--overlap", type=Duration(), default="24h", show_default=True, help="How long the old one signs along.")
def webhook_secret(slug: str, rotate: bool, overlap: timedelta) -> None:
    """Make the secret that a site's webhooks are signed with and print it, this once.

    \b
    Example: moderation-service sites webhook-secret courier --rotate --overlap 24h
    """
    with transaction() as session:
        site = service.site_by_slug(session, slug)
        if rotate:
            value = secrets.rotate_secret(session, site.id, overlap=overlap, actor=actor())
        else:
            value = secrets.first_secret(session, site.id, actor=actor())
    secret(value, f"Webhooks of {slug} are signed with this; it is shown this once:")


sites.add_command(site_pages.snippet)
sites.add_command(site_pages.check)


def _named(**options: Any) -> service.Settings:
    """The options that were given."""
    return cast(service.Settings, {name: value for name, value in options.items() if value is not None})
