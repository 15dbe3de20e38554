"""Stretches of time and the steps they are counted in, with the days of a person's own zone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Step(StrEnum):
    """How long each point of a chart stands for."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


# The longest stretch that is counted in a step; weeks are for all that is longer. No stretch has more than 200 fine
# steps. Coarse ones are for percentiles and shares, which say little about the few cases of one hour.
Longest = Mapping[Step, timedelta]
FINE: Longest = {Step.HOUR: 8 * DAY, Step.DAY: 200 * DAY}
COARSE: Longest = {Step.HOUR: 2 * DAY, Step.DAY: 60 * DAY}


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` until before `until`; `starts` are the beginnings of its steps, the first of them `since` itself.

    A step begins with a full hour, day or Monday of the zone; the first and the last may be shorter than the others.
    """

    since: datetime
    until: datetime
    step: Step
    starts: tuple[datetime, ...]

    @property
    def before(self) -> datetime:
        """When the stretch of the same length began that ended where this one begins."""
        return self.since - (self.until - self.since)

    @classmethod
    def of(cls, since: datetime, until: datetime, zone: tzinfo, longest: Longest = FINE) -> Period:
        """The period in the finest step that suits its length; `until` is later than `since`, and both know a zone."""
        step = next((step for step, most in longest.items() if until - since <= most), Step.WEEK)
        starts, at = [since], _after(since, step, zone)
        while at < until:
            starts.append(at)
            at = _after(at, step, zone)
        return cls(since, until, step, tuple(starts))


def floor(at: datetime, step: Step, zone: tzinfo) -> datetime:
    """The beginning of the step that a moment lies in, in UTC: moments of one zone are told apart by its clock only."""
    local = at.astimezone(zone)
    if step is Step.HOUR:
        return at.astimezone(UTC) - timedelta(
            minutes=local.minute, seconds=local.second, microseconds=local.microsecond
        )
    return midnight(at, zone, days=-local.weekday() if step is Step.WEEK else 0)


def midnight(at: datetime, zone: tzinfo, *, days: int = 0) -> datetime:
    """When the day of a moment began in a zone, or the day so many days later; in UTC, as a day has 23 to 25 hours."""
    day = at.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _after(at: datetime, step: Step, zone: tzinfo) -> datetime:
    """The beginning of the step after that of a moment."""
    start = floor(at, step, zone)
    if step is Step.HOUR:
        return start + HOUR
    return midnight(start, zone, days=7 if step is Step.WEEK else 1)
