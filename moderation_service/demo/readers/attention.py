"""How readers' attention comes and goes: with the hour of the day, and with the age of a story. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import accumulate
from random import Random

from moderation_service.demo.readers.events import View
from moderation_service.demo.world import Known

OPENING_HOUR = 7  # the hour of the newsroom's day at which a play begins; each of its hours takes a minute
BUSIEST = 150.0  # views in the busiest minute, at pace 1

# The percentage of the busiest hour's readers that each hour of the day has: breakfast, lunch, and the evening's sofa.
DAY = (15, 12, 12, 12, 12, 20, 45, 80, 90, 85, 75, 80, 100, 85, 70, 65, 70, 80, 85, 95, 90, 75, 50, 25)

HALF_LIFE = 6.0  # hours until a story draws half as many
LEFT_OVER = 0.3  # the share that comes for it however old it is, or before it is on the front page
EARLIEST_ON_FRONT, LATEST_ON_FRONT = -10.0, 6.0  # hours from the beginning


def busy(minute: float) -> float:
    """The share of the busiest hour's readers who are there at a minute of the play."""
    return DAY[int(OPENING_HOUR + minute) % len(DAY)] / 100


def attention(popularity: int, since_front: float) -> float:
    """How much an article is looked for, so many hours after it came to the front page (negative: before that)."""
    fresh = 0.5 ** (since_front / HALF_LIFE) if since_front >= 0 else 0.0
    return popularity * (LEFT_OVER + (1 - LEFT_OVER) * fresh)


def views(world: Mapping[str, Known], chance: Random, *, minutes: float) -> Iterator[View]:
    """Who opens what, in the order of time: a Poisson process whose rate follows the day."""
    on_front = {article: chance.uniform(EARLIEST_ON_FRONT, LATEST_ON_FRONT) for article in world}
    for minute in range(int(minutes) + 1):
        weights = [attention(known.popularity, minute - on_front[article]) for article, known in world.items()]
        total = list(accumulate(weights))
        rate = BUSIEST * busy(minute) / 60
        end = 60 * min(minute + 1, minutes)
        at = 60.0 * minute + chance.expovariate(rate)
        while at < end:
            yield View(at=at, article=chance.choices(list(world), cum_weights=total)[0])
            at += chance.expovariate(rate)
