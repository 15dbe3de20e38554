"""When to try again, and when to stop and call a person. Pure functions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

LONGEST_PAUSE = timedelta(hours=4)


def pause(
    attempts: int, *, base: timedelta, random: Callable[[], float], longest: timedelta = LONGEST_PAUSE
) -> timedelta:
    """How long to wait after `attempts` failures: four times as long each time, up to `longest`, with jitter.

    `random` gives numbers from 0 to 1; the pause lies between half and all of its full length, so that what failed
    together does not come back together.
    """
    growth = 4.0 ** min(attempts - 1, 100)  # enough for any cap, and no overflow however many tries are allowed
    full = min(base.total_seconds() * growth, longest.total_seconds())
    return timedelta(seconds=full * (0.5 + random() / 2))


def is_hopeless(attempts: int, age: timedelta, *, tries: int, longest: timedelta) -> bool:
    """Whether what failed `attempts` times since it was wanted `age` ago becomes a dead letter."""
    return attempts >= tries or age >= longest
