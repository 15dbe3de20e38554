"""The table tells what was aimed at, and does not call a miss a hit."""

from __future__ import annotations

import pytest

from benchmarks.report import Number, table
from benchmarks.statistic import percentile


@pytest.mark.parametrize(
    ("number", "met"),
    [
        (Number(name="n", value=1.2, at_least=1.2), True),
        (Number(name="n", value=1.19, at_least=1.2), False),
        (Number(name="n", value=5.0, at_most=5.0), True),
        (Number(name="n", value=5.1, at_most=5.0), False),
        (Number(name="n", value=5.1), None),
    ],
)
def test_a_number_is_held_to_its_aim(number: Number, met: bool | None) -> None:
    assert number.met is met


def test_the_table_shows_a_miss_in_bold() -> None:
    assert "| ratio | 0.5 (0.4 to 0.6) | at least 1.2 | **no** |" in table(
        [Number(name="ratio", value=0.5, at_least=1.2, spread=(0.4, 0.6))]
    )


@pytest.mark.parametrize(("percent", "value"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == value


def test_no_values_have_no_percentile() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)
