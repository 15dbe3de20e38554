"""The order of the queue: what must hold whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from math import isclose, isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.triage import order
from moderation_service.triage.order import Cohort, Record, Share, Terms, Voucher

BEGINNING = Terms()
counts = st.integers(0, 1000)
shares = st.builds(lambda decided, part: Share(decided * part, decided), st.floats(1, 500), st.floats(0, 1))
views = st.floats(0, 1e9)
totals = st.floats(0, 500)
terms = st.builds(
    Terms,
    cohorts=st.tuples(shares, shares, shares),
    upheld_flags=st.floats(1, 1e5),
    upheld_views=st.floats(100, 1e7),
    other_flags=st.floats(0, 1e5),
    other_views=st.floats(1000, 1e8),
    cases=st.floats(1, 1e4),
    case_flags=st.floats(1, 1e5),
)
records = st.builds(
    Record,
    upheld=counts,
    rejected=counts,
    pending=st.integers(1, 1000),
    fresh=st.booleans(),
    muted=st.booleans(),
    trusted=st.booleans(),
)


def no_less(new: float, old: float) -> bool:
    """Whether it did not fall, rounding aside."""
    return new >= old or isclose(new, old, rel_tol=1e-9, abs_tol=1e-9)


@given(records, terms)
def test_a_weight_is_never_negative(record: Record, known: Terms) -> None:
    assert order.weight(record, known) >= 0


@given(records, terms)
def test_a_muted_reader_weighs_nothing(record: Record, known: Terms) -> None:
    assert order.weight(replace(record, muted=True), known) == 0


@given(records, terms)
def test_nobody_weighs_more_than_a_trusted_flagger(record: Record, known: Terms) -> None:
    assert order.weight(record, known) <= order.weight(Record(trusted=True), known)


@given(records, terms)
def test_a_rejected_voice_never_raises_the_weight_of_a_reader_with_a_record(record: Record, known: Terms) -> None:
    known_reader = replace(record, upheld=record.upheld + 1)
    worse = replace(known_reader, rejected=known_reader.rejected + 1)
    assert no_less(order.weight(known_reader, known), order.weight(worse, known))


@given(records, terms)
def test_an_upheld_voice_never_lowers_the_weight_of_a_reader_with_a_record(record: Record, known: Terms) -> None:
    known_reader = replace(record, upheld=record.upheld + 1)
    better = replace(known_reader, upheld=known_reader.upheld + 1)
    assert no_less(order.weight(better, known), order.weight(known_reader, known))


@given(records, terms)
def test_a_further_waiting_flag_never_raises_a_readers_weight(record: Record, known: Terms) -> None:
    busier = replace(record, pending=record.pending + 1)
    assert no_less(order.weight(record, known), order.weight(busier, known))


@given(st.integers(1, 200), st.integers(1, 500), st.booleans(), terms)
def test_accounts_without_a_record_have_bounded_influence_on_however_many_cases(
    accounts: int, cases: int, fresh: bool, known: Terms
) -> None:
    together = accounts * cases * order.weight(Record(pending=cases, fresh=fresh), known)
    assert together <= accounts * 2 * (known.full_weight + order.MOST_DEVIATION) + 1e-6


def test_accounts_of_a_cohort_that_is_never_right_hardly_weigh() -> None:
    known = BEGINNING
    for _ in range(10):
        known = known.learn({Cohort.FRESH: (0, 40)}).learn({Cohort.RECORDED: (8, 10)})
    assert order.weight(Record(fresh=True), known) < 0.1 * order.weight(Record(upheld=3), known)


@given(totals, st.floats(0, 50), st.none() | views, terms)
def test_a_further_flag_never_lowers_the_chance(total: float, more: float, seen: float | None, known: Terms) -> None:
    assert no_less(order.chance(total + more, seen, known), order.chance(total, seen, known))


@given(totals, st.floats(0, 50), st.none() | views, terms)
def test_for_the_same_views_evidence_never_falls(total: float, more: float, seen: float | None, known: Terms) -> None:
    assert no_less(order.evidence(total + more, seen, known), order.evidence(total, seen, known))


@given(totals, views, views, terms)
def test_more_views_never_raise_the_chance(total: float, seen: float, more: float, known: Terms) -> None:
    assert no_less(order.chance(total, seen, known), order.chance(total, seen + more, known))


@given(totals, st.floats(1e6, 1e12))
def test_invented_views_cannot_push_the_chance_below_a_floor(total: float, invented: float) -> None:
    floor = order.VIEWS_BELIEVED * (total / BEGINNING.full_weight + order.SHRINK) / BEGINNING.other_rate
    assert order.chance(total, invented, BEGINNING) >= order.chance(total, floor, BEGINNING) > 1e-4


@given(totals, st.none() | views, terms)
def test_a_chance_is_a_probability(total: float, seen: float | None, known: Terms) -> None:
    assert 0 <= order.chance(total, seen, known) <= 1


@given(st.floats(-10, 1e5), st.none() | st.floats(0, 1e6), terms)
def test_views_to_come_are_a_number_and_never_negative(age: float, velocity: float | None, known: Terms) -> None:
    coming = order.reach(age, velocity, known)
    assert isfinite(coming)
    assert coming >= 0


@given(st.floats(0, 1), st.integers(1, 5), st.floats(0, 1e6))
def test_the_surer_that_flags_are_right_the_less_urgent_a_hidden_case(p: float, severity: int, reach: float) -> None:
    hidden = order.index(p, severity, reach, hidden=True)
    assert hidden >= order.index(1.0, severity, reach, hidden=True)
    assert isclose(hidden, max(1 - p, order.LEAST_DOUBT_OF_HIDDEN) * severity * reach)


@given(st.floats(0, 1), st.integers(0, 10_000), st.booleans())
def test_no_number_of_flaggers_without_a_good_record_hides(p: float, flaggers: int, barred: bool) -> None:
    assert not order.may_hide(p, [Voucher(0, 0, barred=barred)] * flaggers)
    assert not order.may_hide(p, [Voucher(5, 5)] * flaggers)
    assert not order.may_hide(p, [Voucher(9, 0, barred=True)] * flaggers)


@given(st.floats(0, order.HIDE_CHANCE, exclude_max=True), st.integers(0, 100))
def test_good_records_alone_hide_nothing_either(p: float, flaggers: int) -> None:
    assert not order.may_hide(p, [Voucher(9, 0)] * flaggers)


@pytest.mark.parametrize(("vouchers", "hidden"), [(order.HIDE_VOUCHERS - 1, False), (order.HIDE_VOUCHERS, True)])
def test_a_likely_case_is_hidden_when_enough_vouch_for_it(vouchers: int, hidden: bool) -> None:
    assert order.may_hide(order.HIDE_CHANCE, [Voucher(9, 0)] * vouchers) is hidden


@given(terms, st.integers(0, 200), st.integers(0, 200), st.sampled_from(Cohort))
def test_a_cohorts_share_stays_a_share_whatever_it_learns(
    known: Terms, upheld: int, rejected: int, cohort: Cohort
) -> None:
    learned = known.learn({cohort: (upheld, upheld + rejected)})
    assert 0 < learned.cohorts[cohort].mean < 1
    assert 0 < learned.site_share < 1


@given(terms)
def test_flags_on_what_is_upheld_are_always_held_to_be_denser(known: Terms) -> None:
    assert known.upheld_rate > known.other_rate
    assert known.full_weight > 0


@pytest.mark.parametrize(("draw", "oldest"), [(0.0, True), (0.0499, True), (0.05, False), (0.99, False)])
def test_one_claim_in_twenty_takes_the_oldest(draw: float, oldest: bool) -> None:
    assert order.takes_oldest(draw) is oldest
