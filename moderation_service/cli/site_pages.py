"""The commands of `moderation-service sites` about a site's pages: what to put into them, and whether it is right."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from dataclasses import asdict

import click

from moderation_service import inspection, queries
from moderation_service.cli.command import Command
from moderation_service.cli.connection import connected, reachable, transaction
from moderation_service.cli.output import as_json, note, printable
from moderation_service.inspection import Finding, Level, Seen
from moderation_service.sites.service import site_by_slug
from moderation_service.widget import snippet as snippets

COLOURS = {Level.WRONG: "red", Level.HINT: "yellow", Level.GOOD: "green"}
WIDTH = 110
MARGIN = " " * 7  # as wide as the longest level and two spaces


@click.command(cls=Command)
@click.argument("slug")
@click.option("--key", default=snippets.KEY, help="A publishable key of the site.")
@click.option("--article", default=snippets.ARTICLE, metavar="ID", help="The site's own id of an article.")
def snippet(slug: str, key: str, article: str) -> None:
    """Print what a site puts into its pages to have the button, and what their Content-Security-Policy has to allow.

    \b
    Example: moderation-service sites snippet courier --key pk_… --article ferry-returns
    """
    if not key.startswith("pk_"):
        raise click.BadParameter("only a publishable key may stand in a page: pk_…", param_hint="--key")
    service = reachable().public_url
    with transaction() as session:
        site_by_slug(session, slug)
    click.echo(f"<!-- in the head of each page -->\n{snippets.head(service, key)}\n")
    click.echo(f"<!-- where the button is to be -->\n{snippets.element(service, slug, article)}\n")
    click.echo(f"<!-- a Content-Security-Policy has to allow: {snippets.policy(service)} -->")
    if key == snippets.KEY:
        note(f"In place of {snippets.KEY} goes a key: moderation-service sites add-key {slug} --kind publishable")


@click.command(cls=Command)
@click.argument("url")
@click.option("--site", "slug", metavar="SLUG", help="Which site it is a page of; found out where it is left out.")
@as_json
def check(url: str, slug: str | None, as_json: bool) -> None:
    """Visit a page and say what its button lacks, and what to do about it; exit code 1 when something is wrong.

    \b
    Example: moderation-service sites check https://courier.example/ferry-returns
    """
    try:
        found = inspection.findings_on(_seen(url, slug))
    except inspection.Unseen as nothing:
        found = [nothing.finding]
    is_right = all(finding.level != Level.WRONG for finding in found)
    if as_json:
        told = {"url": url, "is_right": is_right, "findings": [asdict(finding) for finding in found]}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(found)
    if not is_right:
        raise SystemExit(1)


def _seen(url: str, slug: str | None) -> Seen:
    settings = reachable()
    service = settings.public_url.rstrip("/")
    page = inspection.visit(url)
    named = inspection.named_by(page)
    # No transaction is open while others are called.
    with connected(settings) as database, database.transaction() as session:
        known = queries.embedding(
            session,
            site=slug,
            origin=page.origin,
            keys=named.keys + inspection.leaks_in(page),
            slugs=named.slugs,
            articles=named.articles,
        )
    return Seen(page, named, known, inspection.tried(page, named, service, known.site), service)


def _print(found: Sequence[Finding]) -> None:
    for finding in found:
        click.echo(f"{click.style(f'{finding.level:5}', fg=COLOURS[finding.level])}  {_wrapped(finding.words)}")
        for line in (finding.remedy or "").splitlines():
            click.echo(MARGIN + _wrapped(line))
    count = {level: sum(finding.level == level for finding in found) for level in (Level.WRONG, Level.HINT)}
    note(f"{count[Level.WRONG]} wrong, {count[Level.HINT]} to improve.")


def _wrapped(words: str) -> str:
    """Words that may be of the page, in lines; what is to be copied is left as it is."""
    line = printable(words)
    if line.lstrip().startswith(("<", "moderation-service")):
        return line
    return f"\n{MARGIN}".join(textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False))
