"""How something went over a period: step by step, in all, and in the stretch of the same length before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from moderation_service.queries.figures.period import Period

Row = dict[str, Any]

# The stretch before is the step before the first, so that one reading of the tables answers for both.
_COURSE = """
WITH events AS ({events})
SELECT step, is_now, {measures} FROM (
    SELECT *, width_bucket(at, CAST(:starts AS timestamptz[])) AS step, at >= :since AS is_now FROM events) AS placed
GROUP BY GROUPING SETS ((step), (is_now))
"""
# What keeps decisions to the sites, to the period and the one before.
_OF_PERIOD = "decisions.site_id = ANY (:sites) AND decisions.decided_at >= :before AND decisions.decided_at < :until"


@dataclass(frozen=True, slots=True)
class Course:
    """One row for each step, each with `at`, its beginning; and a row for all of the period, and for the one before."""

    steps: list[Row]
    total: Row
    before: Row


def statement(events: str, measures: str) -> TextClause:
    """What reads a course of decisions: `events` are rows with a moment `at`, `measures` aggregates over them.

    In `events`, `{of_period}` keeps decisions to what was asked for.
    """
    return text(_COURSE.format(events=events.format(of_period=_OF_PERIOD), measures=measures))


def read(
    session: Session, wanted: TextClause, period: Period, sites: Sequence[int], *, empty: Mapping[str, Any]
) -> Course:
    """The course of a period on these sites; a step in which nothing happened is `empty`."""
    bound = {"before": period.before, "since": period.since, "until": period.until, "sites": list(sites)}
    bound["starts"] = [period.before, *period.starts]
    by_step: dict[int, Row] = {}
    whole = {True: dict(empty), False: dict(empty)}
    for row in session.execute(wanted, bound).mappings():
        measured = {name: row[name] for name in empty}
        if row["step"] is None:
            whole[row["is_now"]] = measured
        else:
            by_step[row["step"]] = measured
    # Steps are counted from 1, which is the stretch before.
    steps = [{"at": at} | by_step.get(place, dict(empty)) for place, at in enumerate(period.starts, start=2)]
    return Course(steps, total=whole[True], before=whole[False])
