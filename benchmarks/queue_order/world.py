"""A site with all that happens on it: articles, their views, readers and their flags.

Times are in hours since the site began, views in counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Numbers = NDArray[Any]  # whole or not; what numpy makes of sums of both has no narrower type

BIN = 1 / 6  # hours between two reports of views
LONG_AGO = -1000.0  # when an old account was made, in hours before the beginning


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One kind of site. Rates are flags per view; `mix` the shares of careful, ordinary, quick and contrary readers."""

    name: str
    gloss: str
    days: int
    articles_a_day: float
    bad: float
    median_views: float
    spread_of_views: float
    rate_bad: float
    rate_good: float
    readers: int
    mix: tuple[float, float, float, float]
    hours_per_review: float
    shift: tuple[float, float] = (0.0, 24.0)
    reported: bool = True

    @property
    def hours(self) -> float:
        """How long the site is watched."""
        return self.days * 24.0


@dataclass(frozen=True, slots=True)
class Articles:
    """One row for each article; `views` by bin, `afterwards` those that come when nobody watches any more."""

    published: Floats
    bad: Booleans
    severity: Ints
    views: Ints
    afterwards: Ints

    def __len__(self) -> int:
        return len(self.published)


@dataclass(frozen=True, slots=True)
class Readers:
    """One row for each reader; `since` is when his account was made, `trust_level` one of Discourse's."""

    since: Floats
    trust_level: Ints

    def __len__(self) -> int:
        return len(self.since)

    def joined_by(self, since: Floats, *, trust_level: int) -> Readers:
        """These readers and more, whose accounts were made then."""
        levels = np.full(len(since), trust_level)
        return Readers(np.append(self.since, since), np.append(self.trust_level, levels))


@dataclass(frozen=True, slots=True)
class Flags:
    """One row for each flag; `severity` is that of the reason given."""

    at: Floats
    article: Ints
    reader: Ints
    severity: Ints

    def __len__(self) -> int:
        return len(self.at)

    def joined_by(self, other: Flags) -> Flags:
        """Both, in the order of time, each reader's first flag of an article alone."""
        at, article, reader, severity = (
            np.concatenate(pair)
            for pair in zip(
                (self.at, self.article, self.reader, self.severity),
                (other.at, other.article, other.reader, other.severity),
                strict=True,
            )
        )
        order = np.argsort(at, kind="stable")
        pairs = article[order] * (int(reader.max(initial=0)) + 1) + reader[order]
        order = order[np.sort(np.unique(pairs, return_index=True)[1])]
        return Flags(at[order], article[order], reader[order], severity[order])


@dataclass(frozen=True, slots=True)
class World:
    """A site with all that happens on it, whoever reviews.

    `invented` are views, by article and bin, that the site reports and nobody had. `slots` are the moments at which a
    reviewer is free; `lots` a number between 0 and 1 for each, to choose the lane by.
    """

    setting: Setting
    articles: Articles
    readers: Readers
    flags: Flags
    slots: Floats
    lots: Floats
    invented: Ints | None = field(default=None)


def none() -> Flags:
    """No flags."""
    nothing = np.zeros(0, dtype=np.int64)
    return Flags(np.zeros(0), nothing, nothing, nothing)
