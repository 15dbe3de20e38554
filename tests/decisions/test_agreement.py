"""Agreement of two who judged the same cases: against figures that others have published."""

from __future__ import annotations

import pytest

from moderation_service.decisions.agreement import agreement, wilson

YES, NO = "takedown", "clear"


def test_kappa_is_that_of_a_worked_example() -> None:
    # Of 50 proposals both readers like 20, both refuse 15, and they differ on 15: kappa is 0.4.
    found = agreement({(YES, YES): 20, (YES, NO): 5, (NO, YES): 10, (NO, NO): 15}, in_full=18)
    assert (found.n, found.agreed, found.in_full, found.share) == (50, 35, 18, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_two_tables_of_one_share_have_different_kappas() -> None:
    # 60 of 100 alike in both, and chance explains more of the first: 0.1304 and 0.2593.
    even = agreement({(YES, YES): 45, (YES, NO): 15, (NO, YES): 25, (NO, NO): 15}, in_full=0)
    uneven = agreement({(YES, YES): 25, (YES, NO): 35, (NO, YES): 5, (NO, NO): 35}, in_full=0)
    assert (even.share, uneven.share) == (0.6, 0.6)
    assert [even.kappa, uneven.kappa] == pytest.approx([0.1304, 0.2593], abs=1e-4)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe (Statistics in Medicine 17, 1998), table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_of_a_share_is_the_published_one(hits: int, n: int, low: float, high: float) -> None:
    assert list(wilson(hits, n)) == pytest.approx([low, high], abs=1e-4)


def test_few_cases_that_all_agree_leave_much_open() -> None:
    found = agreement({(YES, YES): 5, (NO, NO): 5}, in_full=10)
    assert found.kappa == 1
    assert found.kappa_interval is not None
    assert list(found.kappa_interval) == pytest.approx([0.445, 1], abs=1e-3)


@pytest.mark.parametrize("counts", [{(NO, NO): 12}, {(YES, YES): 6, (YES, NO): 6}, {(YES, NO): 3, (NO, NO): 9}])
def test_where_one_always_says_the_same_kappa_says_nothing(counts: dict[tuple[str, str], int]) -> None:
    found = agreement(counts, in_full=0)
    assert (found.n, found.kappa, found.kappa_interval) == (12, None, None)


def test_no_cases_say_nothing() -> None:
    found = agreement({}, in_full=0)
    assert (found.n, found.share, found.share_interval, found.kappa) == (0, None, None, None)
