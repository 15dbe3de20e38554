"""Compare the trail with the rows it speaks of: flags as they were received, decisions, reviews and revisions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.audit.finding import Finding

CHUNK = 2_000  # entries that one statement reads, of some dozens of flags each
NAMED_MOST = 20  # ids that one finding names

# The list in an entry may be anything once somebody has edited it, and must not end the search. OFFSET 0 makes the
# planner look flags up one by one: left to itself it reads the whole table for every chunk.
FLAGS = text("""
WITH entry AS MATERIALIZED (
    SELECT id, lane, seq, after_digest, detail FROM audit_entries
    WHERE id > :after AND action = 'flags.received' ORDER BY id LIMIT :chunk
), listed AS (
    SELECT entry.id, CASE WHEN flag #>> '{}' ~ '^[0-9]{1,18}$' THEN (flag #>> '{}')::bigint END AS flag_id
    FROM entry CROSS JOIN jsonb_path_query(detail, '$.flags[*]') AS flag
), compared AS (
    SELECT listed.id, count(*) AS listed, count(kept.id) AS found,
           (array_agg(flag_id ORDER BY flag_id) FILTER (WHERE kept.id IS NULL))[1 : :named] AS missing,
           sha256(string_agg(digest, ''::bytea ORDER BY kept.id) FILTER (WHERE kept.id IS NOT NULL)) AS digest
    FROM listed LEFT JOIN LATERAL (
        SELECT id, flag_digest(flags) AS digest FROM flags WHERE flags.id = listed.flag_id OFFSET 0
    ) AS kept ON true
    GROUP BY listed.id
)
SELECT lane, seq, entry.id, coalesce(listed, 0) AS listed, coalesce(found, 0) AS found, missing,
       coalesce(digest = after_digest, false) AS fits
FROM entry LEFT JOIN compared USING (id) ORDER BY entry.id
""")

UNLISTED = text("""
SELECT id, count(*) OVER () AS together FROM (
    SELECT id FROM flags EXCEPT
    SELECT CASE WHEN flag #>> '{}' ~ '^[0-9]{1,18}$' THEN (flag #>> '{}')::bigint END
    FROM audit_entries CROSS JOIN jsonb_path_query(detail, '$.flags[*]') AS flag WHERE action = 'flags.received'
) AS unlisted ORDER BY id LIMIT :named
""")

# The entry of a decision names its case and the version that the decision led to; that of a revision, its article.
DECISIONS = text("""
SELECT coalesce('decision ' || decisions.id, 'the decision on ' || told.subject) AS name,
       decisions.id IS NULL AS gone, told.lane, told.seq
FROM decisions
FULL JOIN (SELECT lane, seq, subject, after_digest, detail ->> 'version' AS version FROM audit_entries
           WHERE action = 'case.decided') AS told
    ON told.subject = 'case:' || decisions.case_id AND told.version = (decisions.case_version + 1)::text
WHERE told.after_digest IS DISTINCT FROM evidence_digest(decisions) OR decisions.id IS NULL
ORDER BY decisions.id, told.lane, told.seq
""")

REVIEWS = text("""
SELECT coalesce('QA review ' || kept.id, 'the ' || replace(told.subject, 'qa_review:', 'QA review ')) AS name,
       kept.id IS NULL AS gone, told.lane, told.seq
FROM qa_reviews AS kept
FULL JOIN (SELECT lane, seq, subject, after_digest FROM audit_entries WHERE action IN ('qa.reviewed', 'qa.skipped'))
    AS told ON told.subject = 'qa_review:' || kept.id
WHERE told.after_digest IS DISTINCT FROM evidence_digest(kept) OR kept.id IS NULL
ORDER BY kept.id, told.lane, told.seq
""")

REVISIONS = text("""
SELECT coalesce('revision ' || kept.number || ' of article ' || kept.article_id,
                'revision ' || told.number || ' of ' || told.subject) AS name,
       kept.number IS NULL AS gone, told.lane, told.seq
FROM article_revisions AS kept
FULL JOIN (SELECT lane, seq, subject, after_digest, detail ->> 'revision' AS number FROM audit_entries
           WHERE action = 'article.revised') AS told
    ON told.subject = 'article:' || kept.article_id AND told.number = kept.number::text
WHERE told.after_digest IS DISTINCT FROM evidence_digest(kept) OR kept.number IS NULL
ORDER BY kept.article_id, kept.number, told.lane, told.seq
""")


@dataclass(slots=True)
class Compared:
    """How many rows agree with the trail, and where others do not."""

    rows: int = 0
    findings: list[Finding] = field(default_factory=list)


def check_flags(session: Session, progress: Callable[[int], None]) -> Compared:
    """Compare each flag with the entry of its receipt; `progress` is told how many entries were passed."""
    compared, after = Compared(), 0
    while rows := session.execute(FLAGS, {"after": after, "chunk": CHUNK, "named": NAMED_MOST}).all():
        after = rows[-1].id
        compared.rows += sum(row.found for row in rows)
        compared.findings += [_of_flags(row) for row in rows if not row.fits]
        progress(after)
    if session.execute(text("SELECT count(*) FROM flags")).scalar_one() > compared.rows:
        compared.findings += _unlisted(session)
    return compared


def check_decisions(session: Session) -> Compared:
    """Find decisions, reviews and revisions that were edited or have no entry, and entries whose row is gone."""
    count = session.execute(text("SELECT count(*) FROM decisions")).scalar_one()
    findings = [_of_row("decision", row) for row in session.execute(DECISIONS)]
    findings += [_of_row("review", row) for row in session.execute(REVIEWS)]
    findings += [_of_row("revision", row) for row in session.execute(REVISIONS)]
    return Compared(count, findings)


def _of_flags(row: Any) -> Finding:
    gone = row.listed - row.found
    if gone:
        words = f"{_named('flag', row.missing or [], gone)} gone: deleted"
    elif row.found == 1:
        words = "its flag does not match the digest taken when it was received: edited"
    else:
        words = f"its {row.found} flags do not match the digest taken when they were received: at least one was edited"
    return Finding(kind="flags", lane=row.lane, first=row.seq, last=row.seq, words=words)


def _unlisted(session: Session) -> list[Finding]:
    rows = session.execute(UNLISTED, {"named": NAMED_MOST}).all()
    if not rows:
        return []
    words = f"{_named('flag', [row.id for row in rows], rows[0].together)} in no entry: inserted past the trail"
    return [Finding(kind="flags", words=words)]


def _of_row(kind: str, row: Any) -> Finding:
    if row.lane is None:
        return Finding(kind=kind, words=f"{row.name} has no entry: inserted past the trail")
    words = f"{row.name}, which it tells of, is gone: deleted"
    if not row.gone:
        words = f"{row.name} does not match the digest taken when it was made: edited"
    return Finding(kind=kind, lane=row.lane, first=row.seq, last=row.seq, words=words)


def _named(noun: str, ids: Sequence[int], count: int) -> str:
    """`flag 7 is`, or `3 flags (7, 8, 9) are`, as far as they are named."""
    if count == 1 and ids:
        return f"{noun} {ids[0]} is"
    more = ", …" if count > len(ids) else ""
    return f"{count} {noun}s ({', '.join(map(str, ids))}{more}) are"
