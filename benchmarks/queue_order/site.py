"""A world as the desk sees it: what is told of each flagged article at any time, and what a review of it is worth."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.queue_order.world import BIN, Floats, World
from moderation_service.articles.velocity import believed_growth, velocity_after

# What the product believes of one report, where it does not know yet what is usual on the site.
MOST_BELIEVED = believed_growth(sys.maxsize, hours=BIN, usual=0.0)


class Site:
    """What all orders of one world share; computed once, from the world alone."""

    def __init__(self, world: World) -> None:
        self.world = world
        articles = world.articles
        self.flagged: list[int] = sorted({int(article) for article in world.flags.article})
        self._row = {article: row for row, article in enumerate(self.flagged)}
        views = articles.views[self.flagged]
        reported = articles.views if world.invented is None else articles.views + world.invented
        believed = np.minimum(reported, MOST_BELIEVED)
        told = believed[self.flagged]
        self._so_far = _sums(views).tolist()
        self._told = _sums(told).tolist()
        self._velocity = _velocities(told).tolist()
        self._total = (views.sum(axis=1) + articles.afterwards[self.flagged]).tolist()
        self._published = articles.published[self.flagged].tolist()
        self._bad = articles.bad[self.flagged].tolist()
        self._severity = articles.severity[self.flagged].tolist()
        self._site_views = _sums(believed.sum(axis=0)[None, :])[0].tolist()

    def bad(self, article: int) -> bool:
        """Whether a review will uphold its flags."""
        return bool(self._bad[self._row[article]])

    def age(self, article: int, now: float) -> float:
        """Hours since it was published."""
        return float(now - self._published[self._row[article]])

    def told(self, article: int, now: float) -> float | None:
        """Its views, as of the site's last report; None if the site makes none."""
        return self._told[self._row[article]][int(now / BIN)] if self.world.setting.reported else None

    def velocity(self, article: int, now: float) -> float | None:
        """Its views per hour, as of the last report; None if the site makes none."""
        return self._velocity[self._row[article]][int(now / BIN)] if self.world.setting.reported else None

    def views_of_all(self, now: float) -> float:
        """The views of the whole site, as of its last report."""
        return float(self._site_views[int(now / BIN)])

    def views_after(self, article: int, now: float) -> float:
        """The true views still to come."""
        row, bins = self._row[article], now / BIN
        so_far, whole = self._so_far[row], min(int(bins), len(self._so_far[row]) - 2)
        part = min(bins - whole, 1.0)
        return float(self._total[row] - so_far[whole] - part * (so_far[whole + 1] - so_far[whole]))

    def harm_after(self, article: int, now: float) -> float:
        """Views still to come times severity, of what is bad; nothing for what is not."""
        return float(self._severity[self._row[article]] * self.views_after(article, now))

    @cached_property
    def innocent_views(self) -> float:
        """All views of all innocent articles."""
        good, articles = ~self.world.articles.bad, self.world.articles
        return float(articles.views[good].sum() + articles.afterwards[good].sum())


def _sums(views: Any) -> Floats:
    """Views before each bin, and after the last."""
    return np.concatenate([np.zeros((len(views), 1)), np.cumsum(views, axis=1)], axis=1)


def _velocities(views: Any) -> Floats:
    """Views per hour before each bin, and after the last, as the product reckons them; all articles at a time."""
    # The product's function is plain arithmetic, so it takes a column of numbers as well as one.
    velocity: Any = np.zeros(len(views))
    columns = [velocity]
    for column in views.T:
        velocity = velocity_after(velocity, views=column, hours=BIN)
        columns.append(velocity)
    return np.stack(columns, axis=1)
