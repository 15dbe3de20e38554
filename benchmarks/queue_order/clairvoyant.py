"""The best that any order of the queue could do, had it known the future."""

from __future__ import annotations

import numpy as np

from benchmarks.queue_order.site import Site
from benchmarks.queue_order.world import Floats, Ints


def prevented(site: Site) -> float:
    """The harm that the best schedule of the same reviews prevents; like all others it sees only what was flagged.

    It gives each bad article a slot of its own so that the sum of what is prevented is greatest: an assignment problem.
    """
    opened: dict[int, float] = {}
    for at, article in zip(site.world.flags.at.tolist(), site.world.flags.article.tolist(), strict=True):
        opened.setdefault(article, at)
    bad = [article for article in opened if site.bad(article)]
    slots = site.world.slots.tolist()
    worth = np.array(
        [[site.harm_after(a, slot) if slot >= opened[a] else 0.0 for slot in slots] for a in bad],
    ).reshape(len(bad), len(slots))
    return best_assignment(worth)


def best_assignment(worth: Floats) -> float:
    """The greatest sum of `worth` with at most one of each row and column; none is negative.

    Rows come in one by one; each looks for the cheapest chain of moves that gives it a column (Kuhn, Naval Research
    Logistics 1955; shortest augmenting paths as in Jonker and Volgenant, Computing 1987).
    """
    rows, columns = worth.shape
    # A column of no worth for each row: to stay without a slot.
    cost = np.hstack([-worth, np.zeros((rows, rows))])
    row_price, column_price = np.zeros(rows), np.zeros(columns + rows)
    holder = np.full(columns + rows, -1)
    for row in range(rows):
        _give(row, cost, row_price, column_price, holder)
    taken = np.flatnonzero(holder >= 0)
    return float(-cost[holder[taken], taken].sum())


def _give(row: int, cost: Floats, row_price: Floats, column_price: Floats, holder: Ints) -> None:
    """Find a column for one more row, moving others where that is cheaper."""
    distance = np.full(cost.shape[1], np.inf)
    came_from = np.full(cost.shape[1], -1)
    done = np.zeros(cost.shape[1], dtype=bool)
    reached, current, at = 0.0, row, -1
    while True:
        through = reached + cost[current] - row_price[current] - column_price
        nearer = ~done & (through < distance)
        distance[nearer] = through[nearer]
        came_from[nearer] = at
        at = int(np.argmin(np.where(done, np.inf, distance)))
        reached = float(distance[at])
        if holder[at] < 0:
            break
        done[at] = True
        current = int(holder[at])
    row_price[row] += reached
    passed = np.flatnonzero(done)
    row_price[holder[passed]] += reached - distance[passed]
    column_price[passed] -= reached - distance[passed]
    while at >= 0:
        previous = int(came_from[at])
        holder[at] = row if previous < 0 else holder[previous]
        at = previous
