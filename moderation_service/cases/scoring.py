"""The place of open cases in the queue: every term stored beside it, changed only where something happened.

All of it under the lock of the site (`triage.terms.lock`), which is taken before any case is locked.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service.articles.reach import AGE_IN_HOURS
from moderation_service.cases.models import Case
from moderation_service.triage import order
from moderation_service.triage.order import Terms

_READ = """
SELECT cases.id, cases.site_id, cases.weight, cases.voices, cases.urgency,
       coalesce(cases.severity_set, cases.severity) AS severity, cases.hidden_at IS NOT NULL AS hidden,
       reach.views, reach.velocity, extract(epoch FROM now() - reach.reported_at)::float8 / 3600 AS silent,
       extract(epoch FROM now() - cases.opened_at)::float8 / 3600 AS waited, {age} AS age
FROM cases
JOIN articles ON articles.id = cases.article_id
LEFT JOIN article_revisions revision
    ON revision.article_id = articles.id AND revision.number = articles.current_revision
LEFT JOIN article_reach reach ON reach.article_id = cases.article_id
WHERE cases.id = ANY (:cases) AND cases.state = 'open'
"""
LOOK = text(_READ.format(age=AGE_IN_HOURS))
READ = text(_READ.format(age=AGE_IN_HOURS) + "ORDER BY cases.id FOR NO KEY UPDATE OF cases")

WRITE = text("""
UPDATE cases SET weight = score.weight, voices = score.voices, chance = score.chance, views = score.views,
                 velocity = score.velocity, reach = score.reach, urgency = score.urgency, scored_at = now()
FROM unnest(CAST(:ids AS bigint[]), CAST(:weights AS float8[]), CAST(:voices AS int[]), CAST(:chances AS float8[]),
            CAST(:views AS bigint[]), CAST(:velocities AS float8[]), CAST(:reaches AS float8[]),
            CAST(:urgencies AS float8[])) AS score (id, weight, voices, chance, views, velocity, reach, urgency)
WHERE cases.id = score.id
""")

LOG = text("""
INSERT INTO case_scores (case_id, at, site_id, weight, voices, chance, views, velocity, reach, severity, urgency,
                         full_weight)
SELECT cases.id, (SELECT batch_now()), site_id, weight, voices, chance, views, velocity, reach,
       coalesce(severity_set, severity), urgency, terms.full_weight
FROM cases JOIN unnest(CAST(:sites AS int[]), CAST(:full_weights AS float8[])) AS terms (site_id, full_weight)
    USING (site_id)
WHERE cases.id = ANY (:cases) AND state = 'open'
ON CONFLICT (case_id, at) DO NOTHING
""")


@dataclass(frozen=True, slots=True)
class Score:
    """A case's terms: `weight` in log odds, `views` so far, `velocity` in views per hour, `reach` in views to come."""

    case_id: int
    site_id: int
    weight: float
    voices: int
    chance: float
    views: int | None
    velocity: float | None
    reach: float
    urgency: float


def score(
    session: Session,
    case_ids: Collection[int],
    *,
    terms: Mapping[int, Terms],
    weights: Mapping[int, float],
    voices: Mapping[int, int],
) -> list[Score]:
    """Score those of these cases that are open, after their weights and voices changed by so much."""
    rows = session.execute(READ, {"cases": sorted(case_ids)}) if case_ids else ()
    scores = [
        _score(row, terms[row.site_id], row.weight + weights.get(row.id, 0.0), row.voices + voices.get(row.id, 0))
        for row in rows
    ]
    _write(session, scores)
    return scores


def rescore(
    session: Session, sums: Mapping[int, tuple[float, int]], *, terms: Mapping[int, Terms], tolerance: float
) -> int:
    """Score open cases anew from the sums of their voices (weight, how many); how many had to be written.

    A place in the queue that would move by less than `tolerance` (a ratio) is left as it is.
    """

    def scored(row: Any) -> Score:
        return _score(row, terms[row.site_id], *sums[row.id])

    # Most stay where they are, and are not locked for that: people claim and decide them meanwhile. What is written is
    # worked out from the row as it is once locked, for people and rules change it without the lock of the site.
    looked_at = session.execute(LOOK, {"cases": sorted(sums)}) if sums else ()
    moved = [row.id for row in looked_at if _differs(scored(row), row, tolerance)]
    scores = [scored(row) for row in session.execute(READ, {"cases": moved})] if moved else []
    _write(session, scores)
    return len(scores)


def next_open(session: Session, site_id: int, *, after: int, limit: int) -> list[tuple[int, int]]:
    """The open cases of a site that come after one, each with how many voices it has, in the order of their ids."""
    where = (Case.site_id == site_id, Case.state == "open", Case.id > after)
    found = session.execute(select(Case.id, Case.voices).where(*where).order_by(Case.id).limit(limit))
    return [(case_id, voices) for case_id, voices in found]


def next_cases(session: Session, site_id: int, *, after: int, limit: int) -> list[int]:
    """The cases of a site, open or closed, that come after one, in the order of their ids."""
    where = (Case.site_id == site_id, Case.id > after)
    return list(session.scalars(select(Case.id).where(*where).order_by(Case.id).limit(limit)))


def log(session: Session, case_ids: Collection[int], *, terms: Mapping[int, Terms]) -> None:
    """Keep the terms of these cases as this batch left them."""
    if case_ids:
        full_weights = [known.full_weight for known in terms.values()]
        session.execute(LOG, {"cases": list(case_ids), "sites": list(terms), "full_weights": full_weights})


def _score(row: Any, terms: Terms, weight: float, voices: int) -> Score:
    weight = max(weight, 0.0)  # what is left of a sum of floats that should be nothing
    velocity = None if row.velocity is None else order.velocity_after(row.velocity, views=0, hours=row.silent)
    chance = order.chance(weight, row.views, terms)
    # Where no views are told, that somebody flagged it is what shows that it is read: its age counts from then.
    reach = order.reach(row.waited if velocity is None else row.age, velocity, terms)
    urgency = order.index(chance, row.severity, reach, hidden=row.hidden)
    return Score(row.id, row.site_id, weight, voices, chance, row.views, velocity, reach, urgency)


def _differs(fresh: Score, row: Any, tolerance: float) -> bool:
    moved: bool = abs(fresh.urgency - row.urgency) > tolerance * max(row.urgency, 1e-9)
    return moved or fresh.voices != row.voices or bool(abs(fresh.weight - row.weight) > 1e-9)


def _write(session: Session, scores: Sequence[Score]) -> None:
    if scores:
        session.execute(
            WRITE,
            {
                "ids": [s.case_id for s in scores],
                "weights": [s.weight for s in scores],
                "voices": [s.voices for s in scores],
                "chances": [s.chance for s in scores],
                "views": [s.views for s in scores],
                "velocities": [s.velocity for s in scores],
                "reaches": [s.reach for s in scores],
                "urgencies": [s.urgency for s in scores],
            },
        )
