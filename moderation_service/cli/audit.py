"""`moderation-service audit`: whether the trail of who did what is whole."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

import click

from moderation_service.audit import verification
from moderation_service.audit.finding import Report
from moderation_service.audit.heads import Heads, heads
from moderation_service.audit.verify import verify as verify_trail
from moderation_service.cli.command import Group
from moderation_service.cli.connection import actor, transaction
from moderation_service.cli.output import note

SHOWN_MOST = 1000


@click.group(cls=Group)
def audit() -> None:
    """Prove that nobody changed the audit trail."""


@audit.command()
@click.option(
    "--expect-head",
    "files",
    type=click.File(encoding="utf-8"),
    multiple=True,
    metavar="FILE",
    help="What `audit head` printed once; `-` for stdin. May be given several times.",
)
def verify(files: Sequence[TextIO]) -> None:
    """Recompute every chain, say where it was tampered with, and compare it with the flags and decisions.

    Writers need not stop; on a large trail it takes minutes. Exit code 1 when anything is wrong. With a head that was
    kept elsewhere it also finds that the whole trail was written anew.

    \b
    Example: moderation-service audit verify --expect-head kept/last-week.json
    """
    kept = [Heads.from_json(file.read()) for file in files]
    report = _verified(kept)
    with transaction() as session:
        verification.record(session, report, actor=actor())
    for finding in report.findings[:SHOWN_MOST]:
        click.echo(finding)
    if report.findings:
        note(f"{len(report.findings):,} findings in {report.entries:,} entries")
        click.get_current_context().exit(1)
    until = report.until.isoformat(timespec="seconds") if report.until else "now"
    click.echo(f"chain verified: {report.entries:,} entries in {report.lanes} lanes up to {until}")
    click.echo(f"it agrees with what is stored; flags: {report.flags:,}, decisions: {report.decisions:,}")
    if kept:
        click.echo(f"it still goes through the head kept at {max(head.at for head in kept).isoformat()}")


@audit.command()
def head() -> None:
    """Print where each chain ends and one digest over all, in one line of JSON, to be kept elsewhere.

    Who can write to the database could write the whole trail anew, but not the line you keep.

    \b
    Example: moderation-service audit head > kept/last-week.json
    """
    with transaction() as session:
        click.echo(heads(session).to_json())


def _verified(kept: Sequence[Heads]) -> Report:
    with click.progressbar(length=1, label="Verifying", file=sys.stderr) as bar, transaction() as session:

        def progress(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        return verify_trail(session, kept=kept, progress=progress)
