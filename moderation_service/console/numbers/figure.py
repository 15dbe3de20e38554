"""What a figure of the numbers page is: its words, its columns, and what reads it for whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from moderation_service.console.numbers.sheet import Column, Row
from moderation_service.queries.figures import Period, Step
from moderation_service.sites.people import Person


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose numbers, of when, for whom; `coarse` is the period in longer steps, for percentiles and shares."""

    sites: Sequence[int]
    period: Period
    coarse: Period
    person: Person


@dataclass(frozen=True, slots=True)
class Found:
    """The rows of a figure; its totals, and those of the period before, where it has them; of a course its step."""

    rows: Sequence[Row]
    total: Row = field(default_factory=dict)
    before: Row = field(default_factory=dict)
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One card of the page. Of `headline` columns the totals stand at its top, beside those of the period before.

    A course over time is drawn as `lines`; all else has a bar in each row of its table.
    """

    name: str
    title: str
    meaning: str
    columns: Sequence[Column]
    read: Callable[[Session, Scope], Found]
    lines: bool = False
    headline: Mapping[str, str] = field(default_factory=dict)
