"""What verdicts do to the readers who spoke: their records, what the site learns, and their other voices.

A voice's standing is derived anew each time from the flags and the decision in force, never counted up and down by
itself: judging a case twice, or after its decision was superseded, ends in the same records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage import terms as site_terms
from moderation_service.triage import voices
from moderation_service.triage.order import Cohort
from moderation_service.triage.voices import Known

BARRED_DAYS = 30
JUDGED = ("upheld", "rejected")

TAKE = text("""
DELETE FROM unsettled_cases WHERE id = ANY (ARRAY(
    SELECT id FROM unsettled_cases WHERE id <= :up_to ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
)) RETURNING case_id
""")
NEWEST = text("SELECT coalesce(max(id), 0) FROM unsettled_cases")
PUT_LAST = text("""
WITH taken AS (DELETE FROM unsettled_cases WHERE case_id = :case_id AND id <= :up_to RETURNING noted_at)
INSERT INTO unsettled_cases (case_id, noted_at) SELECT :case_id, min(noted_at) FROM taken HAVING count(*) > 0
""")
NOTE = text("INSERT INTO unsettled_cases (case_id) VALUES (:case_id)")
HEAR_AGAIN = text("""
WITH again AS (
    UPDATE voices SET standing = 'pending' WHERE case_id = ANY (:cases) AND standing = 'late' RETURNING reporter
)
UPDATE reporters SET pending = pending + more.voices
FROM (SELECT reporter, count(*) AS voices FROM again GROUP BY reporter) AS more
WHERE reporters.reporter = more.reporter
""")
VOICES = text("SELECT reporter, standing, weight FROM voices WHERE case_id = :case_id")
STAND = text("""
UPDATE voices SET standing = judged.standing
FROM unnest(CAST(:reporters AS bytea[]), CAST(:standings AS text[])) AS judged (reporter, standing)
WHERE voices.case_id = :case_id AND voices.reporter = judged.reporter
""")
COUNT = text("""
UPDATE reporters SET upheld = reporters.upheld + more.upheld, rejected = reporters.rejected + more.rejected,
                     pending = reporters.pending + more.pending
FROM unnest(CAST(:reporters AS bytea[]), CAST(:upheld AS int[]), CAST(:rejected AS int[]), CAST(:pending AS int[]))
    AS more (reporter, upheld, rejected, pending)
WHERE reporters.reporter = more.reporter
""")
BAR = text("""
UPDATE reporters SET barred_until = now() + make_interval(days => :days)
WHERE reporter IN (SELECT reporter FROM voices WHERE case_id = :case_id AND standing = 'rejected')
""")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A case to be judged: what each reader with a voice in it should stand as, and what its decision says of it.

    `upheld` is None while nobody has decided; `views` are the article's so far, None where the site reports none.
    """

    case_id: int
    site_id: int
    standings: Mapping[bytes, str]
    upheld: bool | None
    views: int | None
    was_hidden: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """What follows for open cases: by case, the change in log odds and in voices."""

    weights: dict[int, float]
    voices: dict[int, int]


def note(session: Session, case_id: int) -> None:
    """Have a case's voices judged soon."""
    session.execute(NOTE, {"case_id": case_id})


def newest(session: Session) -> int:
    """The last place in the queue of what must be judged, as it is now; 0 when it is empty."""
    return int(session.execute(NEWEST).scalar_one())


def take(session: Session, limit: int, *, up_to: int) -> list[int]:
    """Take up to `limit` cases that must be judged, of the queue's first places; they come back if this fails."""
    return sorted(set(session.scalars(TAKE, {"limit": limit, "up_to": up_to})))


def put_last(session: Session, case_id: int, *, up_to: int) -> None:
    """Put a case behind all others that must be judged, from the queue's first places."""
    session.execute(PUT_LAST, {"case_id": case_id, "up_to": up_to})


def hear_again(session: Session, case_ids: Sequence[int]) -> None:
    """Let the late voices of cases wait that were closed by no person's verdict, and are open again."""
    if case_ids:
        session.execute(HEAR_AGAIN, {"cases": case_ids})


def judge(session: Session, verdict: Verdict) -> Judged:
    """Bring every voice of a case to its standing, with all that follows; again changes nothing."""
    before = {row.reporter: row for row in session.execute(VOICES, {"case_id": verdict.case_id})}
    changed = [
        (reporter, row.standing, wanted)
        for reporter, row in before.items()
        if (wanted := _standing(row.standing, verdict.standings.get(reporter))) != row.standing
    ]
    if not changed:
        return Judged({}, {})
    in_force = site_terms.in_force(session, [verdict.site_id])
    readers = {r.reporter: r for r in voices.known(session, [reporter for reporter, _, _ in changed], in_force)}
    _learn(session, verdict, changed, readers)
    session.execute(
        STAND,
        {
            "case_id": verdict.case_id,
            "reporters": [reporter for reporter, _, _ in changed],
            "standings": [wanted for _, _, wanted in changed],
        },
    )
    _count(session, changed)
    if verdict.was_hidden and verdict.upheld is False:
        session.execute(BAR, {"case_id": verdict.case_id, "days": BARRED_DAYS})
    weights: defaultdict[int, float] = defaultdict(float)
    for reporter, old, new in changed:
        weights[verdict.case_id] += before[reporter].weight * _waits(old, new)
    for case_id, change in voices.reweigh(session, voices.known(session, readers, in_force)).items():
        weights[case_id] += change
    return Judged(dict(weights), {verdict.case_id: sum(_waits(old, new) for _, old, new in changed)})


def _standing(now: str, wanted: str | None) -> str:
    """A voice that was judged stays so, the one way or the other; one that was not in time for it never will be.

    Nobody gets rid of a rejection by taking his flag back, or earns by giving it again once he knows the verdict.
    """
    if now in JUDGED:
        return wanted if wanted in JUDGED else now
    if wanted is None:
        return "withdrawn"
    return "late" if now == "late" or (now == "withdrawn" and wanted in JUDGED) else wanted


def _waits(old: str, new: str) -> int:
    return (new == "pending") - (old == "pending")


def _learn(
    session: Session,
    verdict: Verdict,
    changed: Sequence[tuple[bytes, str, str]],
    readers: Mapping[bytes, Known],
) -> None:
    """Teach the site its readers' reliability and its rates from voices that are judged for the first time."""
    judged = [(readers[reporter].record.cohort, new) for reporter, old, new in changed if _is_new(old, new)]
    if not judged:
        return
    spoke, right = Counter(cohort for cohort, _ in judged), Counter(c for c, new in judged if new == "upheld")
    known = site_terms.learned(session, verdict.site_id)
    known = known.learn({cohort: (right[cohort], spoke[cohort]) for cohort in Cohort})
    if verdict.upheld and verdict.views is not None:
        known = known.uphold(voices=len(judged), views=verdict.views)
    site_terms.learn(session, verdict.site_id, known)


def _is_new(old: str, new: str) -> bool:
    return old == "pending" and new in JUDGED


def _count(session: Session, changed: Sequence[tuple[bytes, str, str]]) -> None:
    more = {reporter: Counter({new: 1}) for reporter, _, new in changed}
    for reporter, old, _ in changed:
        more[reporter][old] -= 1
    session.execute(
        COUNT,
        {
            "reporters": list(more),
            **{name: [counts[name] for counts in more.values()] for name in ("upheld", "rejected", "pending")},
        },
    )
