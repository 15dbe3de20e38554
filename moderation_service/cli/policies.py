"""`moderation-service policies`: which policy is in force, and how decisions under it are checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click
from sqlalchemy.orm import Session

from moderation_service import administration
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import as_json, listing, note
from moderation_service.policy import service as policy
from moderation_service.policy.drafts import draft_of
from moderation_service.sites.service import site_by_slug

SWITCHES = ("second_for_editorial", "second_over", "qa_percent")


@click.group(cls=Group)
def policies() -> None:
    """See which policy is in force, and set how decisions are checked; clauses are written in the console."""


@policies.command()
@click.argument("slug", required=False, metavar="[SITE]")
@as_json
def show(slug: str | None, as_json: bool) -> None:
    """Show the policy in force on a site, or the house policy.

    \b
    Example: moderation-service policies show courier
    """
    with transaction() as session:
        version = policy.in_force(session, _site_id(session, slug))
        codes = [clause.code for clause in policy.clauses(session, version)]
        row = {"of": "house" if version.site_id is None else slug, "version": version.number}
        row |= {name: getattr(version, name) for name in SWITCHES} | {"clauses": codes}
    columns = {name: lambda row, name=name: row[name] for name in ("of", "version", *SWITCHES)}
    listing([row], {**columns, "clauses": lambda row: len(row["clauses"])}, as_json=as_json)


@policies.command("set")
@click.argument("slug", required=False, metavar="[SITE]")
@click.option(
    "--editorial/--no-editorial", default=None, help="Takedowns of editorial articles wait for a second person."
)
@click.option("--over", type=int, metavar="N", help="Takedowns sent together with more than N others wait as well.")
@click.option("--no-over", is_flag=True, help="They do not, however many.")
@click.option("--qa-percent", type=float, metavar="PERCENT", help="How many decided cases a senior looks at, blind.")
def set_switches(
    slug: str | None, editorial: bool | None, over: int | None, no_over: bool, qa_percent: float | None
) -> None:
    """Put a further version of a site's policy, or the house's, in force; what is not named stays as it is.

    \b
    Example: moderation-service policies set courier --editorial --over 20 --qa-percent 2
    """
    named = {"second_for_editorial": editorial, "second_over": over, "qa_percent": qa_percent}
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    changes |= {"second_over": None} if no_over else {}
    if not changes or (no_over and over is not None):
        raise click.UsageError("Say what to change.")
    with transaction() as session:
        site_id = _site_id(session, slug)
        before = policy.in_force(session, site_id)
        draft = replace(draft_of(before, policy.clauses(session, before)), **changes)
        version = administration.set_policy(session, site_id, draft, began_from=before.id, actor=actor())
        number = version.number
    note(f"Version {number} is in force. To see it: moderation-service policies show{' ' + slug if slug else ''}")


def _site_id(session: Session, slug: str | None) -> int | None:
    return None if slug is None else site_by_slug(session, slug).id
