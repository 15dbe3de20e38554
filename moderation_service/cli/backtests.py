"""`moderation-service rules backtest`: what a rule would have done."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import click

from moderation_service.cli.command import Command
from moderation_service.cli.connection import connected, reachable
from moderation_service.cli.output import Row, printable, table
from moderation_service.config import Settings
from moderation_service.sites.service import site_by_slug
from moderation_service.triage.backtest.figures import Report
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.run import run
from moderation_service.triage.backtest.service import period_of, rule_of
from moderation_service.triage.rules import Rule, dump
from moderation_service.triage.rules.files import read_file

STEPS = 1000  # of the progress bar
A_MONTH = timedelta(days=30)
A_DAY = click.DateTime(["%Y-%m-%d"])
SIDES = {"both": "both", "only_this": "this rule alone", "only_live": "live rules alone"}


@click.command("backtest", cls=Command)
@click.argument("file_or_name", metavar="FILE_OR_NAME")
@click.option("--site", "slug", required=True, metavar="SLUG", help="Whose past.")
@click.option("--from", "first", type=A_DAY, metavar="DATE", help="The first day (of UTC); left out: 30 days ago.")
@click.option("--to", "last", type=A_DAY, metavar="DATE", help="The last day, which is in the period; left out: today.")
@click.option("--csv", "csv_file", type=click.File("w", encoding="utf-8", lazy=True), help="Write all cases there.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def backtest(
    *,
    file_or_name: str,
    slug: str,
    first: datetime | None,
    last: datetime | None,
    csv_file: IO[str] | None,
    as_json: bool,
) -> None:
    """Try a rule on the past of a site: what it would have done, had it been live. Nothing is changed.

    The rule is in a JSON file, or has that name in the book. Cases it fires on are counted, and so for the live rules
    beside it, whether or not each action could be done (to hide and to close have guards). Ctrl-C ends it.

    \b
    Example: moderation-service rules backtest rules/politics.json --site courier --from 2026-10-01 --to 2026-10-31
    """
    settings = reachable()
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = today - A_MONTH if first is None else first.replace(tzinfo=UTC)
    said, period = _asked(settings, file_or_name, slug, start, today if last is None else last.replace(tzinfo=UTC))
    report = _run(settings, said, period)
    if csv_file is not None:
        csv_file.write(report.cases_csv)
    if as_json:
        click.echo(json.dumps(report.result, ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(printable(line) for line in _told(report.result)))


def _asked(settings: Settings, file_or_name: str, slug: str, first: datetime, last: datetime) -> tuple[Rule, Period]:
    file = Path(file_or_name)
    with connected(settings) as database, database.transaction() as session:
        site = site_by_slug(session, slug)
        said = read_file(file) if file.is_file() else rule_of(session, site.id, file_or_name)
        return said, period_of(session, site, said, start=first, end=last + timedelta(days=1))


def _run(settings: Settings, said: Rule, period: Period) -> Report:
    with click.progressbar(length=STEPS, label="Walking through the past", file=sys.stderr) as bar:

        def show(done: float) -> None:
            bar.update(int(done * STEPS) - bar.pos)

        return run(settings.database_url, dump(said), period, progress=show)


def _told(result: dict[str, Any]) -> Iterator[str]:
    verdicts, load = result["verdicts"], result["load"]
    yield f"{result['rule']}, from {result['from'][:16]} until {result['until'][:16]}"
    yield f"flagged        {result['cases']:,} cases, by {result['batches']:,} batches of flags"
    yield f"it touches     {result['touched']:,} of them: " + ", ".join(f"{n:,} {word}" for word, n in verdicts.items())
    yield f"precision      {_percent(result['precision'])} of those that were decided are taken down"
    yield f"recall         {_percent(result['recall'])} of the {result['takedowns']:,} taken down are touched"
    yield (
        f"load           {load['touched_per_day']:,} a day, of {load['cases_per_day']:,} cases opened a day, "
        f"over {load['over_days']:,} days"
    )
    for lane in load["lanes"]:
        yield f"               {lane['lane']}: {lane['cases_per_day']:,} a day, new there {lane['added_per_day']:,}"
    yield ""
    yield from table([_side(words, result["live"][side]) for side, words in SIDES.items()]).splitlines()


def _side(words: str, side: Row) -> dict[str, Any]:
    return {"cases touched by": words, "cases": side["cases"], "precision": _percent(side["precision"])}


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"
