"""Notices to their receivers: claim, call, confirm."""

from __future__ import annotations

import threading

import structlog

from moderation_service import letters, sending
from workers.app import app, database, settings

log = structlog.get_logger()

MOST_NOTICES = 200
MOST_CASES = 1000  # whose readers are written to in one go
# Receivers may be slow, and theirs is the least urgent work: half of the threads stay free of it.
turns = threading.BoundedSemaphore(max(1, settings.worker_threads // 2))


@app.task(name="notifications.relay")
def relay() -> int:
    """Make notices of the events that wait, and begin to send them; how many events there were."""
    total = 0
    while done := _relay_some():
        total += done
    drain()
    return total


def _relay_some() -> int:
    with database().transaction() as session:
        return sending.relay_events(session, settings)


@app.task(name="notifications.tell")
def tell() -> int:
    """Write to readers of what became of their flags, and begin to send it; how many cases were looked at."""
    total = letters.tell_each(database().transaction, settings, most=MOST_CASES)
    if total:
        drain()
    return total


@app.task(name="notifications.drain")
def drain() -> int:
    """Send what is due, notice by notice; how many there were. Where enough threads are at it, nothing."""
    if not turns.acquire(blocking=False):
        return 0
    try:
        for done in range(MOST_NOTICES):
            if not deliver_one():
                return done
        return MOST_NOTICES
    finally:
        turns.release()


def deliver_one() -> bool:
    """Lease a notice and commit, call its receiver with no transaction open, write down what came of it."""
    with database().transaction() as session:
        lease = sending.lease_notice(session, settings)
    if lease is None:
        return False
    outcome = sending.deliver(lease, settings)
    with database().transaction() as session:
        sending.settle_notice(session, lease, outcome, settings)
    # What the other side said may name a person; it stands in the row.
    log.info("notice.tried", notice=lease.notice_id, channel=lease.channel, sent=not outcome.error)
    return True
