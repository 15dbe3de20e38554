"""Readers that a rule mutes: their voices weigh nothing until a person takes it back, or confirms it.

A trusted flagger is never muted by a rule; who is muted already stays so for the reason he was muted for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.triage.rules.actions import Mute, WhomToMute
from moderation_service.triage.rules.firings import Fired

FLAGGERS = text("""
SELECT reporter, upheld, rejected FROM voices JOIN reporters USING (reporter)
WHERE case_id = :case AND standing <> 'withdrawn' AND muted IS NULL AND NOT trusted AND rejected >= :rejected
""")

MUTE = text("""
UPDATE reporters SET muted = 'asked', muted_by_version = wanted.version_id, muted_at = batch_now()
FROM unnest(CAST(:reporters AS bytea[]), CAST(:versions AS bigint[])) AS wanted (reporter, version_id)
WHERE reporters.reporter = wanted.reporter
""")

LIFT = text("""
UPDATE reporters SET muted = NULL, muted_by_version = NULL, muted_at = NULL
WHERE muted = 'asked' AND muted_by_version = :version
RETURNING reporter, site_id
""")


def ask(session: Session, fired: Sequence[Fired]) -> dict[bytes, Fired]:
    """Mute the readers that these rules mean among the flaggers of their cases; who was muted, by which firing."""
    by_firing: dict[bytes, Fired] = {}
    for firing in fired:
        for whom in (action.reporters for action in firing.actions if isinstance(action, Mute)):
            by_firing = dict.fromkeys(_meant(session, firing.case_id, whom), firing) | by_firing
    if not by_firing:
        return {}
    versions = [firing.version_id for firing in by_firing.values()]
    session.execute(MUTE, {"reporters": list(by_firing), "versions": versions})
    for version_id, count in Counter(versions).items():
        _tell(session, version_id, "reporters.mute_asked", actor=audit.SYSTEM, count=count)
    return by_firing


def _meant(session: Session, case_id: int, whom: WhomToMute) -> list[bytes]:
    rows = session.execute(FLAGGERS, {"case": case_id, "rejected": whom.rejected_at_least})
    return [row.reporter for row in rows if whom.concerns(upheld=row.upheld, rejected=row.rejected)]


def lift(session: Session, version_id: int, *, actor: str) -> dict[bytes, int]:
    """Let those speak again whom a version muted and no person has confirmed; who that was, and his site."""
    lifted = {row.reporter: row.site_id for row in session.execute(LIFT, {"version": version_id})}
    if lifted:
        _tell(session, version_id, "reporters.mute_lifted", actor=actor, count=len(lifted))
    return lifted


def _tell(session: Session, version_id: int, action: str, *, actor: str, count: int) -> None:
    """In the trail, how many and by which version; never who."""
    subject = f"rule_version:{version_id}"
    audit.append(session, actor=actor, action=action, subject=subject, detail={"reporters": count})
