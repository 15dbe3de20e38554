"""Cases whose readers may have something to be told; whether they have, `announcing` looks when it is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

# Longer than a moderator may undo what he decided, so that what was a slip is told to nobody.
SECOND_THOUGHTS = timedelta(seconds=15)
AFTER_A_FAILURE = timedelta(minutes=5)

# Along the index of contacts, of which there are few, and not along that of flags.
NOTE_FLAGS = text("""
INSERT INTO untold_cases (case_id, due_at)
SELECT DISTINCT flags.case_id, clock_timestamp()
FROM flag_contacts AS contact JOIN flags ON flags.id = contact.flag_id
WHERE contact.flag_id BETWEEN :first AND :last AND contact.email IS NOT NULL AND contact.flag_id = ANY (:flags)
  AND flags.case_id IS NOT NULL
""")
# Those that a rule closed as repeats of this one have its decision for an answer too.
NOTE_ARTICLE = text("""
INSERT INTO untold_cases (case_id, due_at)
SELECT id, clock_timestamp() + :delay FROM cases WHERE article_id = :article AND state = 'closed'
""")
# Again and again until there is no more, so that no case is looked at twice for what happened to it at once.
TAKE = text("""
DELETE FROM untold_cases WHERE id = ANY (ARRAY(
    SELECT id FROM untold_cases WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)) RETURNING case_id
""")
TAKE_ALONG = text("""
DELETE FROM untold_cases WHERE id = ANY (ARRAY(
    SELECT id FROM untold_cases WHERE case_id = :case AND due_at <= clock_timestamp() FOR UPDATE SKIP LOCKED
))
""")
PUT_OFF = text("""
UPDATE untold_cases SET due_at = clock_timestamp() + :delay WHERE case_id = :case AND due_at <= clock_timestamp()
""")
AGAIN = text("INSERT INTO untold_cases (case_id, due_at) VALUES (:case, clock_timestamp() + :delay)")


def note_flags(session: Session, flag_ids: Sequence[int]) -> None:
    """These flags have come to their cases; who left an address with one of them is told that it was received."""
    if flag_ids:
        bound = {"flags": list(flag_ids), "first": min(flag_ids), "last": max(flag_ids)}
        session.execute(NOTE_FLAGS, bound)


def note_decided(session: Session, article_id: int) -> None:
    """One of an article's cases was decided; there may be second thoughts."""
    session.execute(NOTE_ARTICLE, {"article": article_id, "delay": SECOND_THOUGHTS})


def note_applied(session: Session, article_id: int) -> None:
    """An article's content store was seen to follow what was decided."""
    session.execute(NOTE_ARTICLE, {"article": article_id, "delay": timedelta()})


def take(session: Session) -> int | None:
    """Take the case that is due longest, all it is due for with it; None when none is."""
    case_id: int | None = session.scalar(TAKE)
    if case_id is not None:
        session.execute(TAKE_ALONG, {"case": case_id})
    return case_id


def again(session: Session, case_id: int, *, after: timedelta = timedelta()) -> None:
    """Have a case looked at once more."""
    session.execute(AGAIN, {"case": case_id, "delay": after})


def put_off(session: Session, case_id: int) -> None:
    """Have a case that failed looked at later, behind all others."""
    session.execute(PUT_OFF, {"case": case_id, "delay": AFTER_A_FAILURE})
