"""When to try again, and when to stop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.backoff import LONGEST_PAUSE, is_hopeless, pause

BASE = timedelta(seconds=15)
HOUR = timedelta(hours=1)


@given(st.integers(1, 500), st.floats(0, 1), st.floats(0.001, 3600))
def test_a_pause_lies_between_half_and_all_of_its_full_length_and_never_above_the_cap(
    attempts: int, chance: float, base_seconds: float
) -> None:
    longest = LONGEST_PAUSE.total_seconds()
    full = min(base_seconds * 4.0 ** min(attempts - 1, 50), longest)
    waited = pause(attempts, base=timedelta(seconds=base_seconds), random=lambda: chance).total_seconds()
    assert full / 2 - 0.001 <= waited <= full + 0.001


def test_pauses_grow_fourfold_up_to_the_cap() -> None:
    seconds = [pause(n, base=BASE, random=lambda: 1.0).total_seconds() for n in range(1, 9)]
    assert seconds == [15, 60, 240, 960, 3840, 14400, 14400, 14400]


def test_another_cap_may_be_given() -> None:
    assert pause(9, base=BASE, random=lambda: 1.0, longest=24 * HOUR) == 24 * HOUR


def test_eight_tries_with_the_longest_pauses_fit_into_a_day() -> None:
    assert sum((pause(n, base=BASE, random=lambda: 1.0) for n in range(1, 8)), timedelta()) < 24 * HOUR


@pytest.mark.parametrize(
    ("attempts", "age", "hopeless"),
    [
        (1, timedelta(), False),
        (7, 23 * HOUR, False),
        (8, timedelta(), True),
        (9, timedelta(), True),
        (1, 24 * HOUR, True),
        (1, 25 * HOUR, True),
    ],
)
def test_when_a_row_is_given_up(attempts: int, age: timedelta, hopeless: bool) -> None:
    assert is_hopeless(attempts, age, tries=8, longest=24 * HOUR) is hopeless
