"""Moments as a language writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_date, format_time

# Whose dates a language is written with, where its own are taken for others' in half the places it is read.
WRITTEN = {"en": "en_GB"}


def moment(at: datetime, language: str) -> str:
    """A moment to the minute, in UTC, which is named: nobody here knows where its reader lives."""
    clock = format_time(at.astimezone(UTC), "HH:mm", locale=_written(language))
    return f"{day(at, language)}, {clock} UTC"


def day(at: datetime, language: str) -> str:
    """The day of a moment, in UTC."""
    return format_date(at.astimezone(UTC), "long", locale=_written(language))


def _written(language: str) -> str:
    return WRITTEN.get(language, language)
