"""Periods and their steps, in zones that put their clocks forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from moderation_service.queries.figures import Period, Step, floor, midnight

BERLIN, KOLKATA = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kolkata")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("length", "step", "most"),
    [
        (HOUR, Step.HOUR, 2),
        (8 * DAY, Step.HOUR, 193),
        (9 * DAY, Step.DAY, 10),
        (200 * DAY, Step.DAY, 201),
        (732 * DAY, Step.WEEK, 106),
    ],
)
def test_the_step_suits_the_length(length: timedelta, step: Step, most: int) -> None:
    period = Period.of(NOON - length, NOON, UTC)
    assert (period.step, len(period.starts) <= most) == (step, True)


def test_steps_begin_with_full_hours_and_the_first_where_the_period_does() -> None:
    since = NOON - timedelta(minutes=90)
    assert Period.of(since, NOON, UTC).starts == (since, NOON - HOUR)
    # Half past the hour in Kolkata is the full hour elsewhere.
    assert Period.of(since, NOON, KOLKATA).starts == (since, NOON - HOUR / 2)


@pytest.mark.parametrize(("month", "day", "hours"), [(3, 29, 23), (10, 25, 25), (11, 22, 24)])
def test_a_day_has_as_many_hours_as_its_zone_gives_it(month: int, day: int, hours: int) -> None:
    noon = datetime(2026, month, day, 12, tzinfo=UTC)
    start, end = midnight(noon, BERLIN), midnight(noon, BERLIN, days=1)
    assert end - start == hours * HOUR
    assert len(Period.of(start, end, BERLIN).starts) == hours


def test_days_begin_at_midnight_on_both_sides_of_a_change_of_the_clock() -> None:
    since, until = datetime(2026, 10, 20, tzinfo=BERLIN), datetime(2026, 11, 1, tzinfo=BERLIN)
    starts = Period.of(since.astimezone(UTC), until.astimezone(UTC), BERLIN).starts
    assert {start.astimezone(BERLIN).hour for start in starts} == {0}
    assert len(starts) == 12


def test_weeks_begin_on_monday() -> None:
    assert floor(NOON, Step.WEEK, UTC) == datetime(2026, 11, 16, tzinfo=UTC)


def test_the_period_before_is_as_long() -> None:
    assert Period.of(NOON - 5 * DAY, NOON, UTC).before == NOON - 10 * DAY
