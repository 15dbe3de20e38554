"""`moderation-service moderators …`: whose identity at an OpenID Connect provider is whose here."""

from __future__ import annotations

import click

from moderation_service.cli.command import Command
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import as_json, listing, note
from moderation_service.config import Settings
from moderation_service.errors import NotFound
from moderation_service.sites import identities, people
from moderation_service.sites.identities import Identity

subject_option = click.option(
    "--subject", required=True, metavar="SUBJECT", help="What the provider calls him; its `sub` claim."
)
issuer_option = click.option("--issuer", metavar="URL", help="What the provider calls itself. Without it, OIDC_ISSUER.")


@click.command("link-identity", cls=Command)
@click.argument("username")
@subject_option
@issuer_option
def link_identity(username: str, subject: str, issuer: str | None) -> None:
    """Let a person sign in through an OpenID Connect provider.

    Whoever comes with an identity that is not linked is shown its subject, to be passed on to you.

    \b
    Example: moderation-service moderators link-identity ada --subject 7d1f0c9e
    """
    identity = _identity(issuer, subject)
    with transaction() as session:
        identities.link(session, people.moderator_by_name(session, username), identity, actor=actor())
    note(f"{username} can sign in as {subject} of {identity.issuer}.")


@click.command("unlink-identity", cls=Command)
@click.argument("username")
@subject_option
@issuer_option
def unlink_identity(username: str, subject: str, issuer: str | None) -> None:
    """Let a person no longer sign in by an identity; the sessions that it opened end.

    \b
    Example: moderation-service moderators unlink-identity ada --subject 7d1f0c9e
    """
    identity = _identity(issuer, subject)
    with transaction() as session:
        person, linked = people.moderator_by_name(session, username), identities.holder(session, identity)
        if linked is None or linked.moderator_id != person.id:
            raise NotFound(f"{username} has no identity {subject!r} of {identity.issuer}")
        identities.unlink(session, linked, actor=actor())
    note(f"{username} can no longer sign in as {subject} of {identity.issuer}.")


@click.command("identities", cls=Command)
@click.argument("username")
@as_json
def list_identities(username: str, as_json: bool) -> None:
    """List the identities by which a person can sign in.

    \b
    Example: moderation-service moderators identities ada
    """
    with transaction() as session:
        own = identities.of(session, people.moderator_by_name(session, username).id)
        names = ("issuer", "subject", "linked_at", "last_used_at")
        rows = [{name: getattr(linked, name) for name in names} for linked in own]
    columns = {
        "subject": lambda row: row["subject"],
        "issuer": lambda row: row["issuer"],
        "linked": lambda row: row["linked_at"],
        "last used": lambda row: row["last_used_at"],
    }
    listing(rows, columns, as_json=as_json)


def _identity(issuer: str | None, subject: str) -> Identity:
    """The identity that was meant.

    Raises:
        ConfigError: no issuer is given, and none is set.
    """
    return Identity(issuer or Settings.from_env().require("oidc_issuer").oidc_issuer, subject)
