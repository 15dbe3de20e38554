"""How fast an article is read, and how many of the views that its site reports are believed.

Pure functions; velocities in views per hour, times in hours.
"""

from __future__ import annotations

from math import exp, log

VELOCITY_HALF_LIFE = 1.0
LEAST_AGE = 1 / 60  # an article's first minute is as good as no time at all

# The ages at which the parts of an article's life begin, as far as its coming views are concerned.
AGE_BUCKETS = (0.0, 1.0, 3.0, 6.0, 12.0, 24.0, 72.0, 168.0)
# From these ages on an article is an example of its bucket: the first minutes say little of the first hour.
SAMPLE_AGES = (0.25, *AGE_BUCKETS[1:])

# What any article may have: a small site's on the front page of a large one. Most articles have a hundredth of it.
PLAUSIBLE_VELOCITY = 6_000.0
# How far an article may be above the fast ones of its site.
PLAUSIBLE_TIMES = 10.0


def velocity_after(velocity: float, *, views: float, hours: float) -> float:
    """Views per hour, as an exponentially weighted mean, after `views` more came within `hours`.

    Views that are taken back (fewer than none) take their velocity with them, perhaps to less than none.
    """
    if hours <= 0:
        return velocity
    kept = exp(-log(2) * hours / VELOCITY_HALF_LIFE)
    return velocity * kept + views / hours * (1.0 - kept)


def first_velocity(views: float, age: float) -> float:
    """Views per hour of an article of which nothing was known before: the mean over its life."""
    return views / max(age, LEAST_AGE)


def believed_growth(growth: int, *, hours: float, usual: float) -> int:
    """As many of `growth` views as may be believed to have come within `hours`.

    Whoever inflates an article's views wants it to look read rather than bad, or more urgent than another. So it may be
    read no faster than one that goes round, or than ten times the velocity `usual` among the fast articles of its site
    (0 where that is not known). To believe too little does no harm: such an article is looked at a little sooner. What
    is not believed once is not made up for later, or one invented million would count for hours.
    """
    return min(growth, int(max(hours, LEAST_AGE) * max(PLAUSIBLE_VELOCITY, PLAUSIBLE_TIMES * usual)))


def age_bucket(age: float) -> int:
    """Which part of its life an article of that age is in."""
    return max(sum(age >= start for start in AGE_BUCKETS) - 1, 0)


def bucket_reached(before: float, age: float) -> int | None:
    """The bucket that an article became an example of between two ages; None when it did not."""
    reached = sum(age >= start for start in SAMPLE_AGES)
    return reached - 1 if reached > sum(before >= start for start in SAMPLE_AGES) else None
