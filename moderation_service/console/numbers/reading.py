"""What reads the figures of the numbers page: the queries, as the page wants their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from moderation_service.console.numbers.figure import Found, Scope
from moderation_service.console.numbers.sheet import Row
from moderation_service.queries import figures
from moderation_service.queries.figures import Course, Period


def flow(session: Session, scope: Scope) -> Found:
    """Flags and decisions, in fine steps."""
    return _of_course(figures.flow(session, scope.sites, scope.period), scope.period)


def course_of(read: Callable[[Session, Sequence[int], Period], Course]) -> Callable[[Session, Scope], Found]:
    """What reads a course in coarse steps."""
    return lambda session, scope: _of_course(read(session, scope.sites, scope.coarse), scope.coarse)


def _of_course(course: Course, period: Period) -> Found:
    return Found(course.steps, course.total, course.before, period.step)


def open_cases(session: Session, scope: Scope) -> Found:
    """Open cases by age, and how many they are together."""
    rows = figures.open_by_age(session, scope.sites)
    return Found(rows, {"cases": sum(row["cases"] for row in rows)})


def rows_of(read: Callable[[Session, Sequence[int], Period], Sequence[Row]]) -> Callable[[Session, Scope], Found]:
    """What reads rows that have no total."""
    return lambda session, scope: Found(read(session, scope.sites, scope.period))


def quality(session: Session, scope: Scope) -> Found:
    """The agreement of the QA sample, whose first row is that of all cases."""
    rows, before = figures.quality(session, scope.sites, scope.period)
    return Found(rows, rows[0], before)


def workload(session: Session, scope: Scope) -> Found:
    """Who decided how much, as far as this person may see."""
    return Found(figures.workload(session, scope.sites, scope.period, scope.person))
