"""The simulator of the queue's order is fair: one world for all, and nobody beats the one who knows the future."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import permutations

import numpy as np
import pytest

from benchmarks.queue_order import attacks, clairvoyant, page, study, summary
from benchmarks.queue_order.desk import Desk
from benchmarks.queue_order.drawing import draw
from benchmarks.queue_order.peers import PEERS, accuracy_bonus
from benchmarks.queue_order.product import ProductOrder
from benchmarks.queue_order.settings import SETTINGS
from benchmarks.queue_order.site import Site
from benchmarks.queue_order.study import CLEAN, HIDING, ORDERS
from benchmarks.queue_order.world import World
from moderation_service.triage import order

SMALL = tuple(replace(setting, days=2) for setting in SETTINGS)


def small_world(seed: int = 1, setting: int = 0) -> World:
    return draw(SMALL[setting], np.random.default_rng(seed))


@cache
def site(setting: int = 0) -> Site:
    return Site(small_world(setting=setting))


def same(one: World, other: World) -> bool:
    return all(
        np.array_equal(getattr(getattr(one, part), name), getattr(getattr(other, part), name))
        for part in ("articles", "readers", "flags")
        for name in getattr(one, part).__slots__
    ) and np.array_equal(one.slots, other.slots)


def test_a_seed_always_gives_the_same_world() -> None:
    assert same(small_world(7), small_world(7))
    assert not same(small_world(7), small_world(8))


def test_an_order_changes_nothing_in_the_world_that_the_next_one_sees() -> None:
    world = small_world()
    shared = Site(world)
    for make in ORDERS.values():
        Desk(shared, make(shared)).work()
    assert same(world, small_world())


def test_the_same_world_gives_the_same_outcome_again() -> None:
    first, second = (Desk(site(), ProductOrder(site(), hiding=True)).work() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("name", [name for name in ORDERS if name != HIDING])
@pytest.mark.parametrize("setting", range(len(SETTINGS)))
def test_nobody_beats_the_clairvoyant(setting: int, name: str) -> None:
    prevented = Desk(site(setting), ORDERS[name](site(setting))).work().prevented
    assert 0 <= prevented <= clairvoyant.prevented(site(setting)) * (1 + 1e-9)


def test_the_clairvoyants_schedule_is_the_best_of_all() -> None:
    worth = np.random.default_rng(3).integers(0, 20, (4, 6)).astype(float)
    best = max(sum(worth[row, column] for row, column in enumerate(places)) for places in permutations(range(6), 4))
    assert clairvoyant.best_assignment(worth) == best


@pytest.mark.parametrize("used", ["weight", "chance", "reach", "index", "takes_oldest", "may_hide"])
def test_the_products_own_functions_decide(used: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> float:
        raise AssertionError(used)

    monkeypatch.setattr(order, used, refuse)
    with pytest.raises(AssertionError, match=used):
        Desk(site(), ProductOrder(site(), hiding=True)).work()


@pytest.mark.parametrize("name", attacks.ATTACKS)
def test_an_attack_only_adds_to_the_world(name: str) -> None:
    clean = small_world()
    attacked = attacks.ATTACKS[name](clean, np.random.default_rng(5))
    flags = set(zip(attacked.flags.article.tolist(), attacked.flags.reader.tolist(), strict=True))
    assert flags >= set(zip(clean.flags.article.tolist(), clean.flags.reader.tolist(), strict=True))
    assert attacked.articles is clean.articles
    assert attacked.slots is clean.slots


def test_a_reader_has_one_voice_in_a_case() -> None:
    flags = attacks.reused_brigade(small_world(), np.random.default_rng(5)).flags
    pairs = list(zip(flags.article.tolist(), flags.reader.tolist(), strict=True))
    assert len(pairs) == len(set(pairs))
    assert np.all(np.diff(flags.at) >= 0)


def test_views_are_not_invented_where_none_are_told() -> None:
    assert [study.applies(n, "spoofed views") for n in range(len(SETTINGS))] == [s.reported for s in SETTINGS]


@pytest.mark.parametrize(("agreed", "decided", "bonus"), [(5, 5, 0.0), (7, 10, 0.0), (16, 16, 10.0), (0, 16, -10.0)])
def test_discourse_trusts_a_record_of_more_than_five(agreed: int, decided: int, bonus: float) -> None:
    assert accuracy_bonus(agreed, decided) == pytest.approx(bonus)


@pytest.mark.parametrize(("freedom", "quantile"), [(4, 2.776), (9, 2.262), (30, 2.042)])
def test_intervals_are_students(freedom: int, quantile: float) -> None:
    assert summary.students_t(freedom) == pytest.approx(quantile, rel=0.01)


def test_the_page_tells_what_was_not_met() -> None:
    results = [
        study.Result(SETTINGS[0].name, case, seed, dict.fromkeys(ORDERS, 0.5), lost=0.01, longest_hidden=2.0)
        for case in study.CASES
        for seed in (1, 2)
    ]
    written = page.page(results, seeds=(1, 2), quick=False)
    assert f"| share, {CLEAN} | 0.5 (0.5 to 0.5) | at least 0.8 | **no** |" in written
    assert all(peer in written for peer in PEERS)
