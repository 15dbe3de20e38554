"""The small values of a rule document as marshmallow fields: strict, bounded, and each with words for what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields

from moderation_service.articles.content import text_fault
from moderation_service.triage.rules.windows import SHORTEST, parse_duration, print_duration

_SLUG = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)


class Words(fields.String):
    """A text of valid Unicode that is not blank."""

    def __init__(self, *, longest: int, choices: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.longest = longest
        self.choices = choices

    def _deserialize(self, value: Any, *where: Any, **options: Any) -> str:
        words: str = super()._deserialize(value, *where, **options)
        if not words.strip():
            raise ValidationError("Blank.")
        if len(words) > self.longest:
            raise ValidationError(f"Longer than {self.longest} characters.")
        fault = text_fault(words)
        if fault is not None:
            raise ValidationError(f"The text {fault}.")
        if self.choices and words.casefold() not in self.choices:
            raise ValidationError(f"Must be one of: {', '.join(self.choices)}.")
        return words


class Slug(Words):
    """A short name of lower-case letters, digits and hyphens."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=63, **options)

    def _deserialize(self, value: Any, *where: Any, **options: Any) -> str:
        slug = super()._deserialize(value, *where, **options)
        if _SLUG.fullmatch(slug) is None:
            raise ValidationError("Must be lower-case letters, digits and hyphens, and not begin with a hyphen.")
        return slug


class Number(fields.Field[float]):
    """A number of JSON, no text and no truth value, between two bounds."""

    def __init__(self, *, least: float, most: float, **options: Any) -> None:
        super().__init__(**options)
        self.least = least
        self.most = most

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> float:
        # true and false are numbers to Python, and NaN is between no two bounds.
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        if not self.least <= value <= self.most or not math.isfinite(value):
            raise ValidationError(f"Must be between {self.least:,} and {self.most:,}.")
        return value


class Whole(Number):
    """A whole number between two bounds."""

    def _deserialize(self, value: Any, *where: Any, **options: Any) -> int:
        number = super()._deserialize(value, *where, **options)
        if not isinstance(number, int):
            raise ValidationError("Not a whole number.")
        return number


class Duration(fields.Field[timedelta]):
    """A duration such as 90m, 6h or 2d; at most 30 days."""

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> timedelta:
        if not isinstance(value, str):
            raise ValidationError("Not a duration: a text such as 90m, 6h or 2d.")
        try:
            return parse_duration(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def _serialize(self, value: timedelta | None, *_where: Any, **_options: Any) -> str:
        return print_duration(value or SHORTEST)
