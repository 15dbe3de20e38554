"""`moderation-service moderators`: the people who decide."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import click
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries
from moderation_service.cases import claims
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.identities import link_identity, list_identities, unlink_identity
from moderation_service.cli.output import as_json, listing, note, secret
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people, second_factor
from moderation_service.sites.models import Site
from moderation_service.sites.secrets import new_password
from moderation_service.sites.service import site_by_slug

role_option = click.option(
    "--role", type=click.Choice([role.value for role in Role]), required=True, help="What the person may do there."
)
generate_option = click.option(
    "--generate-password", "generate", is_flag=True, help="Make one and print it, instead of asking for it."
)


@click.group(cls=Group)
def moderators() -> None:
    """Manage the people who decide, and what each may do."""


@moderators.command("list")
@as_json
def list_moderators(as_json: bool) -> None:
    """List the moderators with their roles.

    \b
    Example: moderation-service moderators list
    """
    with transaction() as session:
        rows = queries.moderator_rows(session)
    columns = {
        "username": lambda row: row["username"],
        "name": lambda row: row["name"],
        "active": lambda row: "yes" if row["active"] else "no",
        "roles": lambda row: ", ".join(f"{held['role']} on {held['site'] or 'all sites'}" for held in row["roles"]),
    }
    listing(rows, columns, as_json=as_json)


@moderators.command()
@click.argument("username")
@click.option("--name", required=True, help="What colleagues see.")
@role_option
@click.option("--site", "slugs", multiple=True, metavar="SLUG", help="Where; may be repeated.")
@click.option("--all-sites", is_flag=True, help="Everywhere, on sites to come as well.")
@generate_option
@click.option("--no-password", is_flag=True, help="None: he signs in through a provider (see link-identity).")
def add(
    username: str, *, name: str, role: str, slugs: Sequence[str], all_sites: bool, generate: bool, no_password: bool
) -> None:
    """Add a person with a role, on some sites or on all; asks for the password.

    \b
    Example: moderation-service moderators add ada --name "Ada Brook" --role senior --site courier --generate-password
    """
    if bool(slugs) == all_sites:
        raise click.UsageError("Say where: --site SLUG, or --all-sites")
    if generate and no_password:
        raise click.UsageError("Say one: --generate-password, or --no-password")
    password = None if no_password else _password(generate)
    with transaction() as session:
        person = people.add_moderator(session, username=username, display_name=name, password=password, actor=actor())
        for site in _sites(session, slugs):
            people.grant_role(session, person, Role(role), site=site, actor=actor())
    if password is None:
        note(f"{username} is there, and has no password.")
    else:
        _tell_password(username, password, generate)


@moderators.command("password")
@click.argument("username")
@generate_option
def set_password(username: str, generate: bool) -> None:
    """Give a person a new password, and end his sessions.

    \b
    Example: moderation-service moderators password ada --generate-password
    """
    password = _password(generate)
    with transaction() as session:
        person = people.moderator_by_name(session, username)
        people.set_password(session, person, password, actor=actor())
    _tell_password(username, password, generate)


@moderators.command()
@click.argument("username")
@role_option
@click.option(
    "--site", "slugs", multiple=True, metavar="SLUG", help="Where; may be repeated. Without it, on all sites."
)
def grant(username: str, role: str, slugs: Sequence[str]) -> None:
    """Give a person a role on a site, or on all; it replaces the one he had there.

    \b
    Example: moderation-service moderators grant ada --role moderator --site courier
    """
    with transaction() as session:
        person = people.moderator_by_name(session, username)
        for site in _sites(session, slugs):
            people.grant_role(session, person, Role(role), site=site, actor=actor())
        claims.drop_beyond(session, people.person_of(session, person))
    note(f"{username} is {role} on {', '.join(slugs) or 'all sites'}.")


@moderators.command()
@click.argument("username")
def deactivate(username: str) -> None:
    """Shut a person out at once; what he decided stays.

    \b
    Example: moderation-service moderators deactivate ada
    """
    with transaction() as session:
        pipeline.shut_out(session, people.moderator_by_name(session, username), actor=actor())
    note(f"{username} is shut out: every session, token and claim of his has ended.")


@moderators.command("require-totp")
@click.argument("username")
@click.argument("switch", type=click.Choice(["on", "off"]))
def require_totp(username: str, switch: str) -> None:
    """Ask a second factor (TOTP) of a person, or no longer; the console leads him to set it up.

    \b
    Example: moderation-service moderators require-totp ada on
    """
    with transaction() as session:
        person = people.moderator_by_name(session, username)
        second_factor.require(session, person, required=switch == "on", actor=actor())
    note(f"A second factor is {'required' if switch == 'on' else 'not required'} of {username}.")


@moderators.command("reset-totp")
@click.argument("username")
def reset_totp(username: str) -> None:
    """Take the second factor off the account of a person who has lost it, with its recovery codes.

    Make sure that it is this person who asks: the password alone opens the account now.

    \b
    Example: moderation-service moderators reset-totp ada
    """
    with transaction() as session:
        person = people.moderator_by_name(session, username)
        second_factor.reset(session, person, actor=actor())
    note(f"{username} has no second factor any more.")


@moderators.command()
@click.argument("username")
@click.option("--name", required=True, help="What it is for.")
@click.option("--days", type=click.IntRange(1, 3650), help="How long it is valid; without it, until it is ended.")
def token(username: str, name: str, days: int | None) -> None:
    """Make a personal token for the API and print it, this once.

    \b
    Example: moderation-service moderators token ada --name "nightly export" --days 90
    """
    lifetime = None if days is None else timedelta(days=days)
    with transaction() as session:
        person = people.moderator_by_name(session, username)
        value = people.new_token(session, person, kind="personal", name=name, lifetime=lifetime, actor=actor())
    secret(value, f"A token of {username}; it is shown this once:")


for command in (link_identity, unlink_identity, list_identities):
    moderators.add_command(command)


def _sites(session: Session, slugs: Sequence[str]) -> list[Site | None]:
    """The sites of these slugs; without any, the None that stands for all."""
    return [site_by_slug(session, slug) for slug in slugs] or [None]


def _password(generate: bool) -> str:
    if generate:
        return new_password()
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked


def _tell_password(username: str, password: str, generate: bool) -> None:
    if generate:
        secret(password, f"The password of {username}; it is shown this once:")
    else:
        note(f"{username} has this password from now on.")
