"""Windows: what is inside, whose flags they take, and what is measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.triage.rules import windows
from moderation_service.triage.rules.facts import FlagFact
from moderation_service.triage.rules.windows import LONGEST, SHORTEST, Who, Window, parse_duration, print_duration
from tests.triage.rules.given import AGO, FLAGS, NOW, a_case, a_flag

HOUR = timedelta(hours=1)
WITHIN = st.timedeltas(SHORTEST, LONGEST)


@pytest.mark.parametrize(
    ("words", "duration", "printed"),
    [
        ("1m", SHORTEST, "1m"),
        ("90m", 1.5 * HOUR, "90m"),
        ("120m", 2 * HOUR, "2h"),
        ("1d", 24 * HOUR, "24h"),
        ("36h", 36 * HOUR, "36h"),
        ("48h", 48 * HOUR, "2d"),
        ("30d", LONGEST, "30d"),
    ],
)
def test_a_duration_is_read_and_written_the_usual_way(words: str, duration: timedelta, printed: str) -> None:
    assert parse_duration(words) == duration
    assert print_duration(duration) == printed


@pytest.mark.parametrize(
    "words", ["", "6", "h", "0h", "-1h", "1.5h", "6 h", "6H", "6h\n", "٦h", "31d", "99999d", "721h"]
)
def test_what_is_no_duration_of_30_days_at_most_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match=r"Not a duration|Longer than 30d"):
        parse_duration(words)


@given(st.integers(1, LONGEST // SHORTEST))
def test_any_duration_is_read_back_as_it_was_written(minutes: int) -> None:
    assert parse_duration(print_duration(minutes * SHORTEST)) == minutes * SHORTEST


@given(FLAGS, AGO, WITHIN)
def test_a_flag_counts_exactly_if_it_is_inside(others: list[FlagFact], ago: timedelta, within: timedelta) -> None:
    flag = a_flag(99, ago)
    assert (flag in Window(within).flags(a_case([*others, flag]))) == (ago < within)


def test_a_flag_at_the_very_edge_is_outside() -> None:
    facts = a_case([a_flag(1, HOUR), a_flag(2, HOUR - timedelta(microseconds=1))])
    assert windows.count(facts, Window(HOUR)) == 1


def test_a_flag_stamped_after_the_transaction_began_is_inside() -> None:
    facts = a_case([a_flag(1, -timedelta(milliseconds=3))])
    assert windows.count(facts, Window(SHORTEST)) == 1


@given(FLAGS, WITHIN, st.sampled_from(list(Who)))
def test_a_window_takes_what_looking_at_each_flag_would(flags: list[FlagFact], within: timedelta, who: Who) -> None:
    readers: dict[Who, Callable[[FlagFact], bool]] = {
        Who.ANY: lambda _: True,
        Who.NEW: lambda f: f.upheld + f.rejected == 0,
        Who.RECORDED: lambda f: f.upheld + f.rejected >= 1,
        Who.RELIABLE: lambda f: f.upheld > f.rejected,
        Who.FRESH: lambda f: f.fresh,
        Who.TRUSTED: lambda f: f.trusted,
    }
    facts = a_case(flags)
    expected = [f for f in facts.flags if f.at > NOW - within and f.reason == "terrorism" and readers[who](f)]
    assert list(Window(within, frozenset({"terrorism"}), who).flags(facts)) == expected


@pytest.mark.parametrize(
    ("upheld", "rejected", "belongs"),
    [
        (0, 0, {Who.ANY, Who.NEW}),
        (0, 1, {Who.ANY, Who.RECORDED}),
        (1, 1, {Who.ANY, Who.RECORDED}),
        (2, 1, {Who.ANY, Who.RECORDED, Who.RELIABLE}),
    ],
)
def test_a_reader_belongs_by_his_record(upheld: int, rejected: int, belongs: set[Who]) -> None:
    facts = a_case([a_flag(upheld=upheld, rejected=rejected)])
    assert {who for who in Who if windows.count(facts, Window(HOUR, who=who))} == belongs


@given(FLAGS, FLAGS, WITHIN)
def test_further_flags_never_lower_a_number_or_a_weight(
    some: list[FlagFact], more: list[FlagFact], within: timedelta
) -> None:
    few, many, window = a_case(some), a_case(some + more), Window(within)
    assert windows.count(few, window) <= windows.count(many, window)
    assert windows.reporters(few, window) <= windows.reporters(many, window)
    assert windows.counted(few, window) <= windows.counted(many, window) + 1e-9


def test_a_reader_with_several_flags_counts_once_and_with_the_weightiest() -> None:
    facts = a_case([a_flag(1, weight=3.0), a_flag(1, weight=1.0), a_flag(2, weight=2.0)])
    assert windows.count(facts, Window(HOUR)) == 3
    assert windows.reporters(facts, Window(HOUR)) == 2
    assert windows.counted(facts, Window(HOUR)) == 2.5


@pytest.mark.parametrize(("views", "rate"), [(None, None), (0, None), (10, 0.2)])
def test_flags_per_view_are_unknown_without_views(views: int | None, rate: float | None) -> None:
    facts = a_case([a_flag(1), a_flag(2)], views=views)
    assert windows.flags_per_view(facts, Window(HOUR)) == rate


def test_the_share_of_new_accounts_is_one_of_readers_not_of_flags() -> None:
    facts = a_case([a_flag(1, fresh=True), a_flag(1, fresh=True), a_flag(2)])
    assert windows.fresh_share(facts, Window(HOUR)) == 0.5
    assert windows.fresh_share(a_case(), Window(HOUR)) is None


@pytest.mark.parametrize(
    ("minutes", "burst"), [([1, 2, 3], 10.0), ([50, 55], 0.0), ([1, 11, 21, 31, 41], 2.0), ([], None)]
)
def test_a_burst_is_the_rate_of_the_last_tenth_in_mean_rates(minutes: list[int], burst: float | None) -> None:
    facts = a_case([a_flag(n, timedelta(minutes=n)) for n in minutes])
    assert windows.burst(facts, Window(HOUR)) == burst


def test_the_part_a_burst_looks_at_is_a_minute_at_least() -> None:
    facts = a_case([a_flag(1, timedelta(seconds=50)), a_flag(2, timedelta(seconds=90))])
    assert windows.burst(facts, Window(timedelta(minutes=2))) == 1.0
