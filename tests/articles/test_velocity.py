"""How fast an article is read: the mean stays between what was and what came, and no leap is believed whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.articles.velocity import (
    AGE_BUCKETS,
    PLAUSIBLE_VELOCITY,
    age_bucket,
    believed_growth,
    bucket_reached,
    first_velocity,
    velocity_after,
)

HOURS = st.floats(1 / 60, 1e6)
VIEWS = st.integers(0, 10**12)
VELOCITY = st.floats(0, 1e9)


@given(old=VELOCITY, views=VIEWS, hours=HOURS)
def test_the_mean_is_between_the_old_velocity_and_that_of_the_new_views(old: float, views: int, hours: float) -> None:
    new = velocity_after(old, views=views, hours=hours)
    low, high = sorted((old, views / hours))
    assert 0 <= low * (1 - 1e-9) <= new <= high * (1 + 1e-9) + 1e-9


def test_after_an_hour_half_of_what_was_is_left() -> None:
    assert velocity_after(80.0, views=0, hours=1.0) == pytest.approx(40.0)
    assert velocity_after(0.0, views=80, hours=1.0) == pytest.approx(40.0)


@given(old=VELOCITY, pieces=st.integers(2, 60))
def test_a_steady_stream_gives_the_same_however_often_it_is_told(old: float, pieces: int) -> None:
    often = old
    for _ in range(pieces):
        often = velocity_after(often, views=90 / pieces, hours=1 / pieces)
    assert often == pytest.approx(velocity_after(old, views=90, hours=1.0))


def test_no_time_changes_nothing() -> None:
    assert velocity_after(7.0, views=1000, hours=0.0) == 7.0


@given(growth=VIEWS, more=VIEWS, hours=HOURS, usual=VELOCITY)
def test_more_views_are_never_believed_less_and_never_beyond_what_came(
    growth: int, more: int, hours: float, usual: float
) -> None:
    believed = believed_growth(growth, hours=hours, usual=usual)
    assert 0 <= believed <= growth
    assert believed <= believed_growth(growth + more, hours=hours, usual=usual)


@given(growth=VIEWS, hours=HOURS, usual=VELOCITY)
def test_whatever_is_sent_no_article_gets_faster_than_is_plausible(growth: int, hours: float, usual: float) -> None:
    limit = max(PLAUSIBLE_VELOCITY, 10 * usual)
    believed = believed_growth(growth, hours=hours, usual=usual)
    assert velocity_after(limit, views=believed, hours=hours) <= limit * (1 + 1e-9)


@pytest.mark.parametrize(
    ("growth", "minutes", "usual", "believed"),
    [
        (100, 1, 0.0, 100),
        (101, 1, 0.0, 100),
        (10**9, 60, 0.0, 6_000),
        (10**9, 0, 0.0, 100),
        (10**9, 60, 300.0, 6_000),
        (10**9, 60, 5_000.0, 50_000),
    ],
)
def test_what_is_believed(growth: int, minutes: float, usual: float, believed: int) -> None:
    assert believed_growth(growth, hours=minutes / 60, usual=usual) == believed


def test_of_an_unknown_article_the_mean_over_its_life_is_taken() -> None:
    assert first_velocity(120, 2.0) == 60.0
    assert first_velocity(1, 0.0) == 60.0


@pytest.mark.parametrize(("age", "bucket"), [(-1.0, 0), *((start, n) for n, start in enumerate(AGE_BUCKETS)), (1e6, 7)])
def test_a_bucket_begins_with_its_age(age: float, bucket: int) -> None:
    assert age_bucket(age) == bucket


@pytest.mark.parametrize(
    ("before", "age", "reached"),
    [(0.0, 0.2, None), (0.1, 0.3, 0), (0.3, 0.9, None), (0.9, 1.0, 1), (0.1, 30.0, 5), (200.0, 400.0, None)],
)
def test_the_bucket_that_was_reached_between_two_ages(before: float, age: float, reached: int | None) -> None:
    assert bucket_reached(before, age) == reached
