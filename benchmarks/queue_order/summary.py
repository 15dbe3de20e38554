"""The results as means with 95 % confidence intervals; seeds are what is sampled."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from benchmarks.queue_order.peers import PEERS
from benchmarks.queue_order.study import OURS, Result


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over seeds; `give` is half the width of its 95 % confidence interval."""

    value: float
    give: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ±{self.give:.3f}"


def mean(values: Sequence[float]) -> Mean:
    """The mean of independent values, with Student's interval."""
    if len(values) < 2:
        return Mean(statistics.mean(values), math.nan)
    return Mean(
        statistics.mean(values), students_t(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    )


def students_t(freedom: int) -> float:
    """The 97.5 % quantile of Student's distribution.

    Expanded about the normal one (Abramowitz and Stegun, 26.7.5); off by less than 1 % from three degrees of freedom
    on, too small below.
    """
    z = statistics.NormalDist().inv_cdf(0.975)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + sum(term / float(freedom) ** power for power, term in enumerate(terms, start=1))


def over_seeds(results: Iterable[Result], value: Callable[[Result], float]) -> Mean:
    """The mean of a value; over the worlds of a seed first, as they are one sample together."""
    by_seed: dict[int, list[float]] = {}
    for result in results:
        by_seed.setdefault(result.seed, []).append(value(result))
    return mean([statistics.mean(values) for values in by_seed.values()])


def share(results: Iterable[Result], order: str) -> Mean:
    """An order's share of the clairvoyant's."""
    return over_seeds(results, lambda result: result.shares[order])


def lead(results: Sequence[Result]) -> tuple[str, Mean]:
    """The best peer, and by how much this order is ahead of it in the same worlds."""
    best = max(PEERS, key=lambda peer: statistics.mean(result.shares[peer] for result in results))
    return best, over_seeds(results, lambda result: result.shares[OURS] - result.shares[best])
