"""What a rule looks at: one case as of one moment. The same for a rule that runs now and for one tried on the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_FLAGS = 5000
"""The newest flags of a case that are looked at; no threshold can ask for more."""


@dataclass(frozen=True, slots=True)
class FlagFact:
    """One flag, with what was known of its reader when it was triaged.

    `weight` is in log odds (see `order.weight`); `upheld` and `rejected` count the verdicts on his earlier voices.
    """

    reporter: bytes
    reason: str
    at: datetime
    weight: float
    upheld: int
    rejected: int
    fresh: bool
    trusted: bool


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case at `now`, which is the clock of every window.

    `flags` are those that stood then, but for those of readers who were muted when triage took them; oldest first, at
    most `MOST_FLAGS` of the newest. `full_weight` is what a reader of average reliability weighs, always above 0 (see
    `order.Terms.full_weight`). `views`, `velocity` (views per hour), `category` and `language` are None where nobody
    told; `reach` is in views still to come, `index` what the queue is ordered by, `voices` the case's distinct readers,
    muted ones among them. `repeat_flags` came to earlier, cleared cases of the article after they were cleared.
    `takedowns` and `clears` are decisions in force on the article; with `source_`, those of the last 30 days on
    articles of the same category of the site.
    """

    now: datetime
    flags: Sequence[FlagFact]
    full_weight: float
    reasons: frozenset[str]
    severity: int
    category: str | None
    origin: str
    language: str | None
    article_age: timedelta
    views: int | None
    velocity: float | None
    reach: float
    chance: float
    index: float
    voices: int
    repeat_flags: int
    takedowns: int
    clears: int
    source_takedowns: int
    source_clears: int
