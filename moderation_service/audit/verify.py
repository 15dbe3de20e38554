"""Find where the audit trail was tampered with: each chain recomputed, and compared with what it speaks of.

The hashes are computed by the database's own `audit_hash` and `flag_digest`. Who can replace those can deceive this
too: to be sure, verify a restored copy, migrated afresh, against a head that was kept elsewhere (see `heads`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service.audit import evidence
from moderation_service.audit.finding import Finding, Progress, Report
from moderation_service.audit.heads import Head, Heads
from moderation_service.audit.models import AuditLane

LANES = 64
CHUNK = 20_000  # entries that one statement reads: a second's work, some megabytes
GENESIS = hashlib.sha256(b"").digest()

# Only what is wrong leaves the database, and the last entry, where the next chunk goes on.
LINKS = text("""
WITH links AS (
    SELECT *, lag(seq, 1, CAST(:seq AS bigint)) OVER chain AS seq_before,
           lag(hash, 1, CAST(:hash AS bytea)) OVER chain AS hash_before, lag(at) OVER chain AS at_before
    FROM (SELECT * FROM audit_entries WHERE lane = :lane AND seq > :seq ORDER BY seq LIMIT :chunk) AS chunk
    WINDOW chain AS (ORDER BY seq)
), checked AS (
    SELECT seq, at, hash, seq = seq_before + 1 AS follows, coalesce(at < at_before, false) AS backwards, seq_before,
           hash = audit_hash(hash_before, lane, seq, at, actor, action, subject, site_id, before_digest, after_digest,
                             detail) AS fits,
           count(*) OVER () AS entries, row_number() OVER (ORDER BY seq DESC) = 1 AS is_last
    FROM links
)
SELECT * FROM checked WHERE is_last OR NOT (follows AND fits) ORDER BY seq
""")

# Each of these is a walk along an index. The id is in no hash, but the evidence is compared in its order, from 1 on.
STRAYS = text("""
SELECT lane, min(seq) AS first, max(seq) AS last FROM audit_entries
WHERE lane < 0 OR lane >= :lanes OR (lane = ANY (CAST(:all_lanes AS smallint[])) AND seq < 1) OR id < 1
GROUP BY lane ORDER BY lane
""")

KEPT = text("""
SELECT kept.lane, kept.seq, audit_entries.hash
FROM unnest(CAST(:lanes AS smallint[]), CAST(:seqs AS bigint[]), CAST(:hashes AS bytea[])) AS kept (lane, seq, hash)
LEFT JOIN audit_entries USING (lane, seq)
WHERE audit_entries.hash IS DISTINCT FROM kept.hash
ORDER BY kept.lane
""")


def _silent(_done: int, _total: int) -> None:
    """No progress is shown."""


def verify(session: Session, *, kept: Sequence[Heads] = (), progress: Progress = _silent) -> Report:
    """Recompute every chain and compare it with `kept` heads, the flags and the decisions; changes nothing.

    The session must be fresh: all of it is one snapshot, so writers need not stop. Nothing is held in memory but
    the findings.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})
    session.execute(text("SET LOCAL statement_timeout = 0"))
    # Compiling each chunk's plan anew takes as long as running it.
    session.execute(text("SET LOCAL jit = off"))
    columns = select(AuditLane.lane, AuditLane.seq, AuditLane.hash)
    heads = {row.lane: Head(*row) for row in session.execute(columns)}
    total = 2 * sum(head.seq for head in heads.values())
    chains = [_Chain(session, lane, heads.get(lane)) for lane in range(LANES)]
    findings = list(_strays(session))
    for chain in chains:
        for chunk in chain.walk():
            findings += chunk
            progress(sum(walked.entries for walked in chains), total)
    entries = sum(chain.entries for chain in chains)
    for one in kept:
        findings += _compare(session, one)
    flags = evidence.check_flags(session, lambda passed: progress(entries + min(passed, entries), total))
    decisions = evidence.check_decisions(session)
    progress(total, total)
    return Report(
        entries=entries,
        lanes=len(heads),
        until=max((chain.until for chain in chains if chain.until), default=None),
        flags=flags.rows,
        decisions=decisions.rows,
        findings=(*findings, *flags.findings, *decisions.findings),
    )


class _Chain:
    """One lane, walked from its first entry to its head."""

    def __init__(self, session: Session, lane: int, head: Head | None) -> None:
        self.entries = 0
        self.until: datetime | None = None
        self._session = session
        self._head = head
        self._last = Head(lane, 0, GENESIS)

    def walk(self) -> Iterator[list[Finding]]:
        """What is wrong in each chunk, and in the end at the head."""
        while rows := self._next_chunk():
            last = rows[-1]
            self.entries += last.entries
            self.until = last.at
            yield list(_breaks(self._last.lane, rows))
            self._last = Head(self._last.lane, last.seq, last.hash)
        yield list(_end(self._last, self._head))

    def _next_chunk(self) -> Sequence[Any]:
        lane, seq, before = self._last
        return self._session.execute(LINKS, {"lane": lane, "seq": seq, "hash": before, "chunk": CHUNK}).all()


def _breaks(lane: int, rows: Iterable[Any]) -> Iterator[Finding]:
    """The findings of a chunk; neighbours that do not fit are one."""
    run: list[Any] = []
    for row in rows:
        if run and (row.fits or not row.follows or row.seq != run[-1].seq + 1):
            yield _unfit(lane, run)
            run = []
        if not row.follows:
            # What the hash of this one rests on is gone, so it cannot be judged.
            yield Finding(
                kind="missing", lane=lane, first=row.seq_before + 1, last=row.seq - 1, words="missing: deleted"
            )
        elif not row.fits:
            run.append(row)
    if run:
        yield _unfit(lane, run)


def _unfit(lane: int, run: Sequence[Any]) -> Finding:
    first, last = run[0].seq, run[-1].seq
    if any(row.backwards for row in run):
        words = "do not follow from those before, and their times run backwards: moved or inserted here"
        return Finding(kind="moved", lane=lane, first=first, last=last, words=words)
    words = "does not match its hash: edited; or the one before was, together with its own hash"
    if first != last:
        words = "do not match their hashes and each other: edited, moved or inserted here"
    return Finding(kind="edited", lane=lane, first=first, last=last, words=words)


def _end(last: Head, head: Head | None) -> Iterator[Finding]:
    """How the last entry compares with what the lane says it is."""
    if head is None:
        yield Finding(kind="head", lane=last.lane, words="the lane's head is missing")
    elif last.seq < head.seq:
        words = "missing at the end of the lane: deleted"
        yield Finding(kind="truncated", lane=last.lane, first=last.seq + 1, last=head.seq, words=words)
    elif last.seq > head.seq:
        words = "beyond the lane's head: inserted, or the head was set back"
        yield Finding(kind="inserted", lane=last.lane, first=head.seq + 1, last=last.seq, words=words)
    elif last.hash != head.hash:
        words = "the lane's head has another hash than its last entry: one of them was edited"
        yield Finding(kind="head", lane=last.lane, first=last.seq, last=last.seq, words=words)


def _strays(session: Session) -> Iterator[Finding]:
    """Entries where no chain would meet them."""
    for row in session.execute(STRAYS, {"lanes": LANES, "all_lanes": list(range(LANES))}):
        words = "in no chain: inserted"
        yield Finding(kind="inserted", lane=row.lane, first=row.first, last=row.last, words=words)


def _compare(session: Session, kept: Heads) -> Iterator[Finding]:
    """Entries that were a lane's last when the head was kept, and are another one now, or gone."""
    columns = {
        "lanes": [head.lane for head in kept.lanes],
        "seqs": [head.seq for head in kept.lanes],
        "hashes": [head.hash for head in kept.lanes],
    }
    for row in session.execute(KEPT, columns):
        became = "is gone" if row.hash is None else "has another hash"
        words = f"{became} since the head of {kept.at.isoformat(timespec='seconds')} was kept: the trail was rewritten"
        yield Finding(kind="rewritten", lane=row.lane, first=row.seq, last=row.seq, words=words)
