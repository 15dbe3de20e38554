"""The fields a condition may ask for: what each is in words, which values make sense, and how it is read."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any

from moderation_service.articles.content import Origin
from moderation_service.policy.vocabulary import Reason
from moderation_service.triage.rules import windows
from moderation_service.triage.rules.facts import MOST_FLAGS, CaseFacts
from moderation_service.triage.rules.windows import Window

MANY = 10**9
_HOUR = timedelta(hours=1)


class Kind(StrEnum):
    """What sort of value a field has, and with it which comparisons there are."""

    WHOLE = "whole"
    NUMBER = "number"
    TEXT = "text"
    REASONS = "reasons"


Comparison = Callable[[Any, Any], bool]
_ORDERED: dict[str, Comparison] = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}

# By kind and operator: does a value compare with what is wanted? Of texts, what is wanted is given case-folded.
COMPARISONS: dict[Kind, dict[str, Comparison]] = {
    Kind.WHOLE: _ORDERED | {"equals": operator.eq},
    Kind.NUMBER: _ORDERED,
    Kind.TEXT: {
        "equals": lambda value, wanted: value.casefold() == wanted,
        "in": lambda value, wanted: value.casefold() in wanted,
        "contains": lambda value, wanted: wanted in value.casefold(),
    },
    Kind.REASONS: {
        "contains": lambda value, wanted: wanted in value,
        "in": lambda value, wanted: not wanted.isdisjoint(value),
    },
}

Measure = Callable[[CaseFacts, Window], float | None]


@dataclass(frozen=True)
class Field:
    """One field; with a `measure` it is computed in a window, otherwise `read` from the case as it is.

    Numbers lie between `least` and `most`; `choices`, where there are any, are all values a text may have.
    `of_readers` is whether a window may choose whose flags it takes.
    """

    name: str
    kind: Kind
    words: str
    most: float = MANY
    least: float = 0
    choices: tuple[str, ...] = ()
    measure: Measure | None = None
    of_readers: bool = True
    read: Callable[[CaseFacts], Any] | None = None

    def reader(self, window: Window | None) -> Callable[[CaseFacts], Any]:
        """How the field's value is found in the facts of a case."""
        measure = self.measure
        if measure is not None and window is not None:
            return lambda facts: measure(facts, window)
        return self.read or attrgetter(self.name)


def _article_age(facts: CaseFacts) -> float:
    return facts.article_age / _HOUR


_WINDOWED = (
    Field("flags", Kind.WHOLE, "flags by readers", MOST_FLAGS, measure=windows.count),
    Field("reporters", Kind.WHOLE, "distinct readers", MOST_FLAGS, measure=windows.reporters),
    Field("counted", Kind.NUMBER, "readers, counted by their records,", MOST_FLAGS, measure=windows.counted),
    Field("flags_per_view", Kind.NUMBER, "flags for each view by readers", 1, measure=windows.flags_per_view),
    Field("fresh_share", Kind.NUMBER, "share of new accounts", 1, measure=windows.fresh_share, of_readers=False),
    Field("burst", Kind.NUMBER, "times the usual rate of flags by readers", MANY, measure=windows.burst),
)

_PLAIN = (
    Field("chance", Kind.NUMBER, "probability that the flags are right", 1),
    Field("index", Kind.NUMBER, "expected harm (the queue's index)"),
    Field("severity", Kind.WHOLE, "severity", 5, 1),
    Field("reach", Kind.NUMBER, "views still to come"),
    Field("views", Kind.WHOLE, "views so far"),
    Field("velocity", Kind.NUMBER, "views per hour"),
    Field("article_age", Kind.NUMBER, "hours since the article appeared", read=_article_age),
    Field("voices", Kind.WHOLE, "readers of the case", MANY),
    Field("repeat_flags", Kind.WHOLE, "flags after earlier cases were cleared"),
    Field("takedowns", Kind.WHOLE, "takedowns in force on the article"),
    Field("clears", Kind.WHOLE, "clearances in force on the article"),
    Field("source_takedowns", Kind.WHOLE, "takedowns in the category within 30 days"),
    Field("source_clears", Kind.WHOLE, "clearances in the category within 30 days"),
    Field("category", Kind.TEXT, "category"),
    Field("origin", Kind.TEXT, "origin", choices=tuple(origin.value for origin in Origin)),
    Field("language", Kind.TEXT, "language"),
    Field(
        "reason",
        Kind.REASONS,
        "reasons given",
        choices=tuple(reason.value for reason in Reason),
        read=attrgetter("reasons"),
    ),
)

FIELDS: dict[str, Field] = {field.name: field for field in (*_WINDOWED, *_PLAIN)}
