"""`moderation-service articles`: load pages that were saved, and see what readers may see."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from moderation_service import pipeline
from moderation_service.articles import service, store
from moderation_service.articles.content import LANGUAGE_TAG
from moderation_service.articles.importing import ImportedArticle, UnreadablePage, read_pages
from moderation_service.articles.store import Shown
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, connected, reachable, transaction
from moderation_service.cli.output import note, printable
from moderation_service.db import Database
from moderation_service.errors import DomainError
from moderation_service.sites.service import site_by_slug

# What is taken from a folder; a file that is named itself may have any name.
SUFFIXES = {".txt", ".html", ".htm", ".json", ".jsonld", ".jsonl", ".ndjson"}
OUTCOMES = ("created", "changed", "unchanged", "failed")


@click.group(cls=Group)
def articles() -> None:
    """Load articles, and see what readers may see of them."""


@articles.command("import")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, path_type=Path, allow_dash=False)
)
@click.option("--site", "slug", required=True, metavar="SLUG", help="Whose articles they are.")
@click.option("--language", default="en", show_default=True, help="Of pages that do not say theirs.")
def import_articles(paths: Sequence[Path], slug: str, language: str) -> None:
    """Load article pages: saved as text, HTML or JSON with JSON-LD, our own JSON; files, and folders of them.

    What cannot be read is reported as FILE:LINE: reason, the others still load; then the exit code is 1.

    \b
    Example: moderation-service articles import pages/ extra.jsonl --site courier
    """
    if not LANGUAGE_TAG.fullmatch(language):
        raise click.BadParameter(f"{language!r} is no BCP 47 tag such as en or de-AT", param_hint="--language")
    files = list(_files(paths))
    with connected(reachable()) as database:
        loader = _Loader(database, slug, language)
        with click.progressbar(files, label="Importing", file=sys.stderr) as bar:
            for file in bar:
                loader.load(file)
    for fault in loader.faults:
        note(fault)
    click.echo(", ".join(f"{loader.outcomes[outcome]:,} {outcome}" for outcome in OUTCOMES))
    if loader.faults:
        click.get_current_context().exit(1)


@articles.command()
@click.argument("external_id")
@click.option("--site", "slug", required=True, metavar="SLUG", help="Whose article it is.")
@click.option("--json", "as_json", is_flag=True, help="As the API answers it.")
def show(external_id: str, slug: str, as_json: bool) -> None:
    """Show an article as its readers may see it: whole, without what was removed, or not at all.

    \b
    Example: moderation-service articles show harbour-water-cure --site demo
    """
    with transaction() as session:
        site = site_by_slug(session, slug)
        shown = store.show(session, service.find(session, site.id, external_id))
    if as_json:
        told = shown.article | {"gone": shown.gone, "hidden": shown.hidden}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(shown)))


class _Loader:
    """Files into articles, one transaction each; counts what came of them."""

    def __init__(self, database: Database, slug: str, language: str) -> None:
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self._database = database
        self._language = language
        with database.transaction() as session:
            self._site_id = site_by_slug(session, slug).id

    def load(self, file: Path) -> None:
        """Load what is in a file, and note what cannot be."""
        try:
            data = file.read_bytes()
        except OSError as error:
            self._fail(f"{file}:1: {error.strerror}")
            return
        for page in read_pages(data, name=file.name, language=self._language):
            if isinstance(page, UnreadablePage):
                self._fail(f"{file}:{page.line}: {page.reason}")
            else:
                self._publish(file, page)

    def _publish(self, file: Path, page: ImportedArticle) -> None:
        try:
            with self._database.transaction() as session:
                recorded = pipeline.publish_article(
                    session,
                    self._site_id,
                    page.external_id,
                    page.content,
                    url=page.url,
                    origin=page.origin,
                    actor=actor(),
                )
        except DomainError as error:
            self._fail(f"{file}:1: {error.message}")
        else:
            self.outcomes[recorded.outcome] += 1

    def _fail(self, fault: str) -> None:
        self.outcomes["failed"] += 1
        self.faults.append(printable(fault))


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    """The files that were named, and those in the folders that were, in the order of their names."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
        else:
            yield path


def _lines(shown: Shown) -> Iterator[str]:
    article = shown.article
    if shown.gone:
        ground = "on legal grounds (451)" if shown.legal else "(410)"
        yield printable(f"{article['external_id']} was taken down {ground}")
        return
    if shown.hidden:
        yield printable(f"{article['external_id']} is hidden until a person has reviewed it (404)")
        return
    yield printable(f"{article['external_id']}, revision {article['revision']}, {article.get('category') or '-'}")
    for part in article["parts"]:
        yield f"[{part['id']}] " + ("(removed)" if part.get("removed") else printable(part["text"]))
