"""Flags into cases, and verdicts into records."""

from __future__ import annotations

from itertools import islice

import structlog

from moderation_service import ordering, pipeline
from workers.app import app, database, settings

log = structlog.get_logger()

MOST_BATCHES = 100
MOST_JUDGED = 10_000  # cases in one go
MOST_REFRESHED = 20_000  # cases of each site in one go; the next one takes those that follow


@app.task(name="triage.drain")
def drain() -> int:
    """Triage what waits, batch by batch; how many flags there were."""
    batches = pipeline.triage_all(database().transaction, limit=settings.triage_batch)
    total = sum(islice(batches, MOST_BATCHES))
    if total:
        log.info("triage.done", flags=total)
    return total


@app.task(name="triage.settle")
def settle() -> int:
    """Judge the readers of cases that were decided; how many cases there were."""
    total = ordering.settle_each(database().transaction, most=MOST_JUDGED)
    if total:
        log.info("triage.settled", cases=total)
    return total


@app.task(name="triage.refresh")
def refresh() -> int:
    """Score open cases anew by what was learned and by the time that went by; how many moved in the queue."""
    return ordering.refresh(database().transaction, most=MOST_REFRESHED)
