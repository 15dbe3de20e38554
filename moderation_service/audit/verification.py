"""Verifications of the trail, kept: when, up to where, and what was wrong; run by one worker at a time (see `runs`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service import runs
from moderation_service.audit import service as audit
from moderation_service.audit.finding import Report
from moderation_service.audit.models import Verification
from moderation_service.jobs import wake

FINDINGS_MOST = 100  # that are kept in words; all are counted


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to run one verification for a while; void when its `attempt` is not the newest."""

    verification_id: int
    attempt: int


def ask(session: Session, *, actor: str) -> None:
    """Have the trail verified soon; whoever asks while another one waits or runs is served by that."""
    if session.scalar(select(Verification.id).where(Verification.state.in_(runs.UNFINISHED)).limit(1)) is None:
        asked = Verification(asked_by=actor)
        session.add(asked)
        session.flush()
        audit.append(session, actor=actor, action="trail.verification_asked", subject=f"verification:{asked.id}")
    wake(session, "audit.drain")


def record(session: Session, report: Report, *, actor: str) -> None:
    """Keep what a verification found that somebody ran himself."""
    session.add(Verification(asked_by=actor, state="done", done=1.0, finished_at=func.now(), **_found(report)))


def lease_next(session: Session) -> Lease | None:
    """Take the verification that waits longest, unless one is being run; commit before running it."""
    taken = runs.lease_next(session, Verification)
    return None if taken is None else Lease(taken.id, taken.attempts)


def keep(session: Session, lease: Lease, *, done: float) -> bool:
    """Say how far it is, and hold on to it for another while; False when somebody else runs it."""
    return runs.keep(session, Verification, lease.verification_id, lease.attempt, done=done)


def finish(session: Session, lease: Lease, report: Report) -> bool:
    """Keep what it found; False when another worker took it over."""
    found = {"state": "done", "done": 1.0} | _found(report) | runs.ended()
    return runs.settle(session, Verification, lease.verification_id, lease.attempt, **found)


def fail(session: Session, lease: Lease, error: str) -> bool:
    """Note that it could not be done, and will not be tried again."""
    return runs.fail(session, Verification, lease.verification_id, lease.attempt, error)


def give_back(session: Session, lease: Lease) -> bool:
    """Leave it to another worker: this one is being stopped."""
    return runs.give_back(session, Verification, lease.verification_id, lease.attempt)


def _found(report: Report) -> dict[str, Any]:
    return {
        "entries": report.entries,
        "until": report.until,
        "faults": len(report.findings),
        "findings": [str(finding) for finding in report.findings[:FINDINGS_MOST]],
    }
