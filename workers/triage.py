"""Flags into cases."""

from __future__ import annotations

import structlog

from moderation_service import pipeline
from workers.app import app, database, settings

log = structlog.get_logger()

MOST_BATCHES = 100


@app.task(name="triage.drain")
def drain() -> int:
    """Triage what waits, batch by batch; how many flags there were."""
    total = 0
    for _ in range(MOST_BATCHES):
        with database().transaction() as session:
            taken = pipeline.triage(session, limit=settings.triage_batch)
        total += taken
        if taken < settings.triage_batch:
            break
    if total:
        log.info("triage.done", flags=total)
    return total
