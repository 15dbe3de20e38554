"""Readers' records, counted anew from their voices, and their standing, changed by a person's word.

A mute holds from when a rule asked for it; a person confirms it, lifts it, or mutes by his own word. A trusted flagger
is never muted and a muted reader never trusted: whoever wants that says first that the other no longer holds.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import Conflict, NotFound
from moderation_service.triage.models import Reporter

COUNT_ANEW = text("""
UPDATE reporters SET upheld = counted.upheld, rejected = counted.rejected, pending = counted.pending
FROM (
    SELECT known.reporter, count(*) FILTER (WHERE standing = 'upheld') AS upheld,
           count(*) FILTER (WHERE standing = 'rejected') AS rejected,
           count(*) FILTER (WHERE standing = 'pending') AS pending
    FROM reporters AS known LEFT JOIN voices ON voices.reporter = known.reporter
    WHERE known.site_id = :site GROUP BY known.reporter
) AS counted
WHERE reporters.reporter = counted.reporter
  AND (reporters.upheld, reporters.rejected, reporters.pending)
      IS DISTINCT FROM (counted.upheld, counted.rejected, counted.pending)
""")


def count_anew(session: Session, site_id: int) -> None:
    """Bring the counters of a site's readers to what their voices add up to."""
    session.execute(text("SET LOCAL statement_timeout = 0"))
    session.execute(COUNT_ANEW, {"site": site_id})


def find(session: Session, reporter: bytes) -> Reporter:
    """What is known of a reader, by his hash.

    Raises:
        NotFound: nothing is.
    """
    reader = session.get(Reporter, reporter, populate_existing=True)
    if reader is None:
        raise NotFound("There is no such reader")
    return reader


def meet(session: Session, reporter: bytes, *, site_id: int) -> Reporter:
    """A reader of a site, known from now on, whether he has flagged or not."""
    row = {"reporter": reporter, "site_id": site_id, "first_flag_at": None}
    session.execute(insert(Reporter).values(row).on_conflict_do_nothing())
    return find(session, reporter)


def mute(session: Session, reader: Reporter, *, actor: str, note: str) -> bool:
    """Confirm the mute that a rule asked for, or mute by one's own word; whether that changed anything.

    Raises:
        Conflict: he is a trusted flagger.
    """
    _hold(session, reader)
    if reader.muted == "confirmed":
        return False
    if reader.trusted:
        raise Conflict("He is a trusted flagger; end that before you mute him")
    muted_at = reader.muted_at or func.now()
    _change(session, reader, {"muted": "confirmed", "muted_at": muted_at}, "reporter.muted", actor=actor, note=note)
    return True


def unmute(session: Session, reader: Reporter, *, actor: str, note: str) -> bool:
    """Let a reader speak again, whoever muted him; whether that changed anything."""
    _hold(session, reader)
    if reader.muted is None:
        return False
    spoken = {"muted": None, "muted_by_version": None, "muted_at": None}
    _change(session, reader, spoken, "reporter.unmuted", actor=actor, note=note)
    return True


def trust(session: Session, reader: Reporter, *, actor: str, note: str) -> bool:
    """Count a reader as the most reliable there is, whatever his record says; whether that changed anything.

    Raises:
        Conflict: he is muted.
    """
    _hold(session, reader)
    if reader.trusted:
        return False
    if reader.muted is not None:
        raise Conflict("He is muted; end that before you trust him", muted=reader.muted)
    _change(session, reader, {"trusted": True}, "reporter.trusted", actor=actor, note=note)
    return True


def distrust(session: Session, reader: Reporter, *, actor: str, note: str) -> bool:
    """Count a reader by his record again; whether that changed anything."""
    _hold(session, reader)
    if not reader.trusted:
        return False
    _change(session, reader, {"trusted": False}, "reporter.distrusted", actor=actor, note=note)
    return True


def _hold(session: Session, reader: Reporter) -> None:
    session.refresh(reader, with_for_update={"key_share": True})


def _change(
    session: Session, reader: Reporter, standing: dict[str, Any], action: str, *, actor: str, note: str
) -> None:
    before = _standing(reader)
    for field, value in standing.items():
        setattr(reader, field, value)
    reader.note, reader.noted_by, reader.noted_at = note, actor, func.now()
    session.flush()
    after = _standing(reader)
    audit.append(
        session,
        actor=actor,
        action=action,
        subject=f"reporter:{reader.reporter.hex()}",
        site_id=reader.site_id,
        before=before,
        # What somebody wrote may name a person, so the trail keeps no more than its digest.
        after=after | {"note": note},
        detail=after,
    )


def _standing(reader: Reporter) -> dict[str, Any]:
    return {"muted": reader.muted, "trusted": reader.trusted}
