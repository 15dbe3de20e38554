"""`moderation-service drain`."""

from __future__ import annotations

from collections import Counter

import click

from moderation_service import letters, ordering, pipeline, sending
from moderation_service.cli.command import Command
from moderation_service.cli.connection import connected, reachable
from moderation_service.cli.output import note, status
from moderation_service.config import Settings
from moderation_service.db import Database

SETTLED = 100  # cases after which it is told how far this is


@click.command(cls=Command)
def drain() -> None:
    """Do all due work now, straight from the database: flags, verdicts to learn from, decisions, notices.

    It needs neither Redis nor a worker, and does no harm beside one.

    \b
    Example: moderation-service drain
    """
    settings = reachable()
    with connected(settings) as database:
        click.echo(f"flags triaged: {triage_all(database, settings):,}")
        click.echo(f"verdicts learned from: {settle_all(database):,}")
        done = carry_out_all(database, settings)
        click.echo(f"decisions applied: {done['applied']:,}; tries failed: {done['failed']:,}")
        note_all(database, settings)
        sent = deliver_all(database, settings)
        click.echo(f"notices sent: {sent['sent']:,}; tries failed: {sent['failed']:,}")
    for failed, where in ((done["failed"], "dead-letters"), (sent["failed"], "notices")):
        if failed:
            note(f"What failed is tried again in its time, or is a dead letter: moderation-service {where} list")


def triage_all(database: Database, settings: Settings) -> int:
    """Triage until no flag waits; how many there were."""
    total = 0
    for taken in pipeline.triage_all(database.transaction, limit=settings.triage_batch):
        total += taken
        status(f"flags triaged: {total:,}")
    status("")
    return total


def settle_all(database: Database) -> int:
    """Judge the readers of every case that was decided; how many cases there were."""
    total = 0
    while True:
        taken = ordering.settle_each(database.transaction, most=SETTLED)
        if not taken:
            status("")
            return total
        total += taken
        status(f"verdicts learned from: {total:,}")


def carry_out_all(database: Database, settings: Settings) -> Counter[str]:
    """Carry out orders until none is due; how many tries were `applied` and how many `failed`."""
    done: Counter[str] = Counter()
    while True:
        with database.transaction() as session:
            lease = pipeline.lease_order(session, settings)
        if lease is None:
            status("")
            return done
        tried = pipeline.carry_out(lease, database.transaction)
        with database.transaction() as session:
            pipeline.settle_order(session, lease, tried, settings)
        done["failed" if tried.seen is None else "applied"] += 1
        status(f"orders tried: {done.total():,}")


def note_all(database: Database, settings: Settings) -> None:
    """Make notices of all that happened, for readers and for the sites' own systems."""
    while letters.tell_each(database.transaction, settings, most=SETTLED):
        pass
    more = 1
    while more:
        with database.transaction() as session:
            more = sending.relay_events(session, settings)


def deliver_all(database: Database, settings: Settings) -> Counter[str]:
    """Send notices until none is due; how many tries ended `sent` and how many `failed`."""
    done: Counter[str] = Counter()
    while True:
        with database.transaction() as session:
            lease = sending.lease_notice(session, settings)
        if lease is None:
            status("")
            return done
        outcome = sending.deliver(lease, settings)
        with database.transaction() as session:
            sending.settle_notice(session, lease, outcome, settings)
        done["failed" if outcome.error else "sent"] += 1
        status(f"notices tried: {done.total():,}")
