"""The audit trail verified: every night, and whenever somebody asks."""

from __future__ import annotations

import structlog

from moderation_service.audit import service as audit
from moderation_service.audit import verification
from moderation_service.audit.verify import verify
from workers import running
from workers.app import app, database
from workers.running import Keeper, Lost, Stopped

log = structlog.get_logger()


@app.task(name="audit.nightly")
def nightly() -> None:
    """Ask for a verification."""
    with database().transaction() as session:
        verification.ask(session, actor=audit.SYSTEM)


@app.task(name="audit.drain")
def drain() -> int:
    """Run what waits, one after the other; how many there were."""
    return running.each(run_one)


def run_one() -> bool:
    """Run the verification that waits longest; whether there was one that nobody else runs."""
    with database().transaction() as session:
        lease = verification.lease_next(session)
    if lease is None:
        return False
    keeper = Keeper(lambda session, done: verification.keep(session, lease, done=done))
    try:
        with database().transaction() as session:
            report = verify(session, progress=lambda done, total: keeper(done / total if total else 1.0))
    except Lost:
        log.info("verification.lost", verification=lease.verification_id)
    except Stopped:
        with database().transaction() as session:
            verification.give_back(session, lease)
    except Exception as error:
        log.exception("verification.broke", verification=lease.verification_id)
        with database().transaction() as session:
            verification.fail(session, lease, f"{type(error).__name__}: {error}")
    else:
        with database().transaction() as session:
            verification.finish(session, lease, report)
        tell = log.error if report.findings else log.info
        tell("verification.done", entries=report.entries, faults=len(report.findings))
    return True
