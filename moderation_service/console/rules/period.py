"""The stretch of a site's past that a rule is tried on, as a form asks for it: days of the person's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from flask import request

from moderation_service.console import forms
from moderation_service.console.words import zone
from moderation_service.errors import Invalid

USUAL = timedelta(days=30)
YEARS = range(2000, 2100)
# Where days begin first. On a person's first page his zone is not known yet, and his today has to be part of it.
EASTERNMOST = timezone(timedelta(hours=14))


@dataclass(frozen=True, slots=True)
class Period:
    """A site's slug, and the first and the last day, as they were typed."""

    site: str
    first: str
    last: str

    @classmethod
    def sent(cls) -> Period:
        """What was just typed; the usual one where the form did not ask."""
        usual, form = cls.usual(), request.form
        return cls(
            form.get("try_site", "")[:63],
            form.get("try_from", usual.first)[:20],
            form.get("try_until", usual.last)[:20],
        )

    @classmethod
    def usual(cls) -> Period:
        """The last thirty days."""
        today = datetime.now(zone() or EASTERNMOST).date()
        return cls("", (today - USUAL).isoformat(), today.isoformat())

    def where(self) -> str:
        """The site's slug.

        Raises:
            Invalid: it is missing, or no text we keep.
        """
        return forms.line("try_site", longest=63)

    def bounds(self) -> tuple[datetime, datetime]:
        """From when until when: the last day is part of it.

        Raises:
            Invalid: one of them is no day.
        """
        return _midnight("try_from", self.first), _midnight("try_until", self.last) + timedelta(days=1)


def _midnight(name: str, typed: str) -> datetime:
    try:
        day = date.fromisoformat(typed)
    except ValueError as error:
        raise Invalid(f"The field {name} is no day", field=name) from error
    if day.year not in YEARS:
        raise Invalid(f"The field {name} is in no year that counts", field=name)
    return datetime.combine(day, time.min, tzinfo=zone() or UTC)
