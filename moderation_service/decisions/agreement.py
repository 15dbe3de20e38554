"""How far two who judged the same cases agree, and how sure that is. Pure.

Of so many cases some share is judged alike; by how much that beats two who toss coins as often as each of them says
"takedown" is Cohen's kappa (Educational and Psychological Measurement 20, 1960): 1 is always, 0 no more than chance.
The interval of the share is Wilson's (1927), which holds for few cases and for shares near 1; that of kappa is the
same, carried over by kappa's formula with chance agreement taken as it was found, as Cohen's own error takes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95 % of a normal distribution lie within so many standard deviations


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of `n` cases, `agreed` were judged alike, `in_full` down to the parts and the clause.

    Intervals are of 95 %. Shares are None for no cases; kappa also where one of the two always said the same, for then
    it is 0, or nothing at all, whatever the other one said.
    """

    n: int
    agreed: int
    in_full: int
    share: float | None
    share_interval: tuple[float, float] | None
    kappa: float | None
    kappa_interval: tuple[float, float] | None


def agreement(counts: Mapping[tuple[str, str], int], *, in_full: int) -> Agreement:
    """The agreement of two who judged the same cases; how often each pair of verdicts was given, first and second."""
    n = sum(counts.values())
    agreed = sum(times for (first, second), times in counts.items() if first == second)
    if not n:
        return Agreement(0, 0, 0, None, None, None, None)
    low, high = wilson(agreed, n)
    chance = _by_chance(counts, n)
    if any(len({pair[who] for pair, times in counts.items() if times}) == 1 for who in (0, 1)):
        return Agreement(n, agreed, in_full, agreed / n, (low, high), None, None)
    kappa, kappa_low, kappa_high = ((share - chance) / (1 - chance) for share in (agreed / n, low, high))
    return Agreement(n, agreed, in_full, agreed / n, (low, high), kappa, (kappa_low, kappa_high))


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The score interval of a share of 95 % (Wilson 1927, Journal of the American Statistical Association 22)."""
    share, z2 = hits / n, Z * Z
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def _by_chance(counts: Mapping[tuple[str, str], int], n: int) -> float:
    verdicts = {verdict for pair in counts for verdict in pair}
    first = {v: sum(times for (one, _), times in counts.items() if one == v) for v in verdicts}
    second = {v: sum(times for (_, other), times in counts.items() if other == v) for v in verdicts}
    return sum(first[v] * second[v] for v in verdicts) / (n * n)
