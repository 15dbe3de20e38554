"""Readers' voices in cases: heard as their flags come, weighed by their records, judged when a case is decided.

All of it under the lock of the site (`terms.lock`). A voice that was heard moves the weights of its reader's other
waiting voices (the influence budget is spread over them), never those of anybody else's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.triage.order import (
    FRESH_ACCOUNT_HOURS,
    MOST_COUNTED,
    MOST_VOICES_REFRESHED,
    Record,
    Terms,
    weight,
)

MOST_REWEIGHED = 20_000  # voices of one batch; a brigade has many readers with many
FETCHED = 10_000  # voices of a case that are in memory at once


def fresh(since: str, first_flag: str) -> str:
    """SQL for whether an account that is there `since` then was made shortly before its `first_flag`, both SQL too.

    False where the site does not say since when.
    """
    return f"coalesce({since} > {first_flag} - interval '{FRESH_ACCOUNT_HOURS} hours', false)"


_RECORD = f"""reporters.upheld, reporters.rejected, reporters.pending, reporters.trusted,
       reporters.muted IS NOT NULL AS muted,
       {fresh("reporters.account_since", "reporters.first_flag_at")} AS fresh"""

# A withdrawn voice that is raised again is new; one that was judged stays what it is.
NEW_VOICES = text("""
SELECT DISTINCT attached.case_id, flags.reporter, voices.case_id IS NULL AS first
FROM flags
JOIN unnest(CAST(:articles AS bigint[]), CAST(:cases AS bigint[])) AS attached (article_id, case_id) USING (article_id)
LEFT JOIN voices ON voices.case_id = attached.case_id AND voices.reporter = flags.reporter
WHERE flags.id = ANY (:flags) AND flags.withdrawn_at IS NULL
  AND (voices.case_id IS NULL OR voices.standing = 'withdrawn')
""")

HEARD_BEFORE = text("""
SELECT case_id, (SELECT count(*) FROM (SELECT FROM voices WHERE voices.case_id = asked.case_id LIMIT :most) AS few)
FROM unnest(CAST(:cases AS bigint[])) AS asked (case_id)
""")

_MEET = """
INSERT INTO reporters (reporter, site_id, account_since, pending)
SELECT flags.reporter, min(flags.site_id), min(flags.reporter_since), coalesce(max(more.voices), 0)
FROM flags
LEFT JOIN unnest(CAST(:reporters AS bytea[]), CAST(:voices AS int[])) AS more (reporter, voices) USING (reporter)
WHERE flags.id = ANY (:flags) AND flags.withdrawn_at IS NULL GROUP BY flags.reporter
ON CONFLICT (reporter) DO UPDATE SET account_since = coalesce(reporters.account_since, excluded.account_since),
                                     first_flag_at = coalesce(reporters.first_flag_at, excluded.first_flag_at),
                                     pending = reporters.pending + excluded.pending
RETURNING reporter, site_id, {record}
"""
MEET = text(_MEET.format(record=_RECORD))

_WAITING = """
SELECT voices.case_id, voices.weight, reporters.reporter, reporters.site_id, {record}
FROM voices JOIN reporters ON reporters.reporter = voices.reporter
WHERE voices.case_id = ANY (:cases) AND voices.standing = 'pending'
"""
WAITING = text(_WAITING.format(record=_RECORD))

RAISE = text("""
INSERT INTO voices (case_id, reporter, weight, standing)
SELECT *, :standing FROM unnest(CAST(:cases AS bigint[]), CAST(:reporters AS bytea[]), CAST(:weights AS float8[]))
ON CONFLICT (case_id, reporter) DO UPDATE SET weight = excluded.weight, standing = excluded.standing
""")

REWEIGH = text("""
WITH before AS (
    SELECT voice.case_id, voice.reporter, voice.weight AS old, wanted.weight AS new
    FROM unnest(CAST(:reporters AS bytea[]), CAST(:weights AS float8[])) AS wanted (reporter, weight)
    CROSS JOIN LATERAL (
        SELECT * FROM voices WHERE voices.reporter = wanted.reporter AND standing = 'pending'
        ORDER BY case_id DESC LIMIT :most
    ) AS voice
    WHERE voice.weight <> wanted.weight
), changed AS (
    UPDATE voices SET weight = before.new FROM before
    WHERE voices.case_id = before.case_id AND voices.reporter = before.reporter
    RETURNING voices.case_id, before.new - before.old AS change
)
SELECT case_id, sum(change) FROM changed GROUP BY case_id
""")

_RECORDS = "SELECT reporter, site_id, {record} FROM reporters WHERE reporter = ANY (:reporters)"
RECORDS = text(_RECORDS.format(record=_RECORD))


@dataclass(frozen=True, slots=True)
class Known:
    """A reader as he is known at this moment, and what his voice weighs."""

    reporter: bytes
    site_id: int
    record: Record
    weight: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What a batch of flags did: who spoke, and by case what it adds in log odds and in voices.

    `counted` are those of the voices that tell what is usual on the site (see `Terms.arrive`).
    """

    readers: list[Known] = field(default_factory=list)
    weights: dict[int, float] = field(default_factory=dict)
    voices: dict[int, int] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)

    @property
    def touched(self) -> set[int]:
        """The cases whose place may have changed."""
        return self.weights.keys() | self.voices.keys()


def hear(
    session: Session,
    flag_ids: Sequence[int],
    *,
    open_cases: Mapping[int, int],
    closed_cases: Mapping[int, int],
    terms: Mapping[int, Terms],
) -> Heard:
    """Hear the readers of these flags; both mappings lead from articles to cases. In closed ones they are late.

    `terms` are those in force, by site.
    """
    fresh_voices = _new_voices(session, flag_ids, open_cases)
    late_voices = _new_voices(session, flag_ids, closed_cases)
    more = Counter(reporter for _, reporter, _ in fresh_voices)
    met = {"flags": flag_ids, "reporters": list(more), "voices": list(more.values())}
    readers = {row.reporter: _known(row, terms) for row in session.execute(MEET, met)}
    counted = _counted(session, [(case, readers[reader]) for case, reader, first in fresh_voices if first])
    for given, standing in ((fresh_voices, "pending"), (late_voices, "late")):
        _raise(session, [(case_id, reporter, readers[reporter].weight) for case_id, reporter, _ in given], standing)
    weights: defaultdict[int, float] = defaultdict(float)
    for case_id, reporter, _ in fresh_voices:
        weights[case_id] += readers[reporter].weight
    spread = [reader for reporter in more if (reader := readers[reporter]).record.pending > more[reporter]]
    for case_id, change in reweigh(session, spread).items():
        weights[case_id] += change
    spoke = Counter(case_id for case_id, _, _ in fresh_voices)
    return Heard(list(readers.values()), dict(weights), dict(spoke), counted)


def _counted(session: Session, given: Sequence[tuple[int, Known]]) -> dict[int, int]:
    """How many of the voices about to be raised for the first time are among the first of their cases, and not mute."""
    heard = Counter(case_id for case_id, reader in given if not reader.record.muted)
    if not heard:
        return {}
    before = session.execute(HEARD_BEFORE, {"cases": list(heard), "most": MOST_COUNTED})
    return {case_id: min(heard[case_id], MOST_COUNTED - voices) for case_id, voices in before}


def _new_voices(session: Session, flag_ids: Sequence[int], case_of: Mapping[int, int]) -> list[tuple[int, bytes, bool]]:
    """The voices that these flags raise: case, reader, and whether he raises it for the first time."""
    if not case_of:
        return []
    parameters = {"flags": flag_ids, "articles": list(case_of), "cases": list(case_of.values())}
    return [(row.case_id, row.reporter, row.first) for row in session.execute(NEW_VOICES, parameters)]


def _raise(session: Session, given: Sequence[tuple[int, bytes, float]], standing: str) -> None:
    if given:
        session.execute(
            RAISE,
            {
                "cases": [case_id for case_id, _, _ in given],
                "reporters": [reporter for _, reporter, _ in given],
                "weights": [weighs for _, _, weighs in given],
                "standing": standing,
            },
        )


def known(session: Session, reporters: Iterable[bytes], terms: Mapping[int, Terms]) -> list[Known]:
    """These readers, with what their voices weigh now."""
    return [_known(row, terms) for row in session.execute(RECORDS, {"reporters": list(reporters)})]


def reweigh(session: Session, readers: Sequence[Known]) -> dict[int, float]:
    """Bring the waiting voices of these readers to what they weigh now; by case, the change in log odds.

    At most 50 of each reader's, the newest, and fewer where the readers are many; the refresh comes by the others.
    """
    if not readers:
        return {}
    readers = readers[:MOST_REWEIGHED]
    parameters = {
        "reporters": [r.reporter for r in readers],
        "weights": [r.weight for r in readers],
        "most": min(MOST_VOICES_REFRESHED, MOST_REWEIGHED // len(readers)),
    }
    return {case_id: change for case_id, change in session.execute(REWEIGH, parameters)}


def weigh_anew(session: Session, case_ids: Sequence[int], terms: Mapping[int, Terms]) -> dict[int, tuple[float, int]]:
    """Weigh every waiting voice of these cases from its reader's record; by case, their sum and how many they are."""
    sums = {case_id: (0.0, 0) for case_id in case_ids}
    # A few at a time: a single story may have a hundred thousand, and each statement has its limit.
    waiting = session.execute(WAITING, {"cases": case_ids}, execution_options={"yield_per": FETCHED})
    for rows in waiting.partitions():
        changed: list[tuple[int, bytes, float]] = []
        for row in rows:
            now = weight(record_of(row), terms[row.site_id])
            total, count = sums[row.case_id]
            sums[row.case_id] = total + now, count + 1
            if now != row.weight:
                changed.append((row.case_id, row.reporter, now))
        _raise(session, changed, "pending")
    return sums


def _known(row: Any, terms: Mapping[int, Terms]) -> Known:
    record = record_of(row)
    return Known(row.reporter, row.site_id, record, weight(record, terms[row.site_id]))


def record_of(row: Any, *, more: int = 0) -> Record:
    """The record in a row of `reporters`, with `more` voices to wait for."""
    return Record(row.upheld, row.rejected, row.pending + more, row.fresh, row.muted, row.trusted)
