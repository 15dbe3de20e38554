"""Every order in every world: the same worlds for all of them, so that they differ in nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product as pairs

import numpy as np

from benchmarks.queue_order import clairvoyant
from benchmarks.queue_order.attacks import ATTACKS
from benchmarks.queue_order.desk import Desk, Order, Outcome
from benchmarks.queue_order.drawing import draw
from benchmarks.queue_order.peers import PEERS
from benchmarks.queue_order.product import ProductOrder
from benchmarks.queue_order.settings import SETTINGS
from benchmarks.queue_order.site import Site
from benchmarks.queue_order.world import World

CLEAN = "no attack"
OURS, HIDING = "this order", "this order, hiding"
CASES = (CLEAN, *ATTACKS)
TUNED_ON = range(1000, 1016)  # never reported
PROCESSES = 2

ORDERS: dict[str, Callable[[Site], Order]] = {
    **PEERS,
    OURS: partial(ProductOrder, hiding=False),
    HIDING: partial(ProductOrder, hiding=True),
}


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one world: by order the share of the clairvoyant's, and what hiding took from innocent articles.

    `lost` is a share of all views of all innocent articles, `longest_hidden` is in hours.
    """

    setting: str
    case: str
    seed: int
    shares: dict[str, float]
    lost: float
    longest_hidden: float


def world_of(setting: int, case: str, seed: int) -> World:
    """The world of one cell and seed; under attack it is the clean one with the attack added."""
    clean = draw(SETTINGS[setting], np.random.default_rng([seed, setting]))
    if case == CLEAN:
        return clean
    return ATTACKS[case](clean, np.random.default_rng([seed, setting, CASES.index(case)]))


def applies(setting: int, case: str) -> bool:
    """Whether a site can be attacked that way: where no views are reported, none can be invented."""
    return case != "spoofed views" or SETTINGS[setting].reported


def measure(setting: int, seed: int) -> list[Result]:
    """All cells of one setting and seed."""
    return [_one(setting, case, seed) for case in CASES if applies(setting, case)]


def run(seeds: Sequence[int]) -> Iterator[list[Result]]:
    """The results of each seed and setting, as they are ready."""
    tasks = list(pairs(seeds, range(len(SETTINGS))))
    with ProcessPoolExecutor(PROCESSES) as pool:
        yield from pool.map(measure, [setting for _, setting in tasks], [seed for seed, _ in tasks])


def _one(setting: int, case: str, seed: int) -> Result:
    site = Site(world_of(setting, case, seed))
    best = clairvoyant.prevented(site)
    outcomes: dict[str, Outcome] = {name: Desk(site, make(site)).work() for name, make in ORDERS.items()}
    hiding = outcomes[HIDING]
    return Result(
        SETTINGS[setting].name,
        case,
        seed,
        {name: outcome.prevented / best for name, outcome in outcomes.items()},
        hiding.innocent_views_lost / site.innocent_views,
        hiding.longest_hidden,
    )
