"""Moments as a language writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_date, format_time

# Whose dates a language is written with, where its own are taken for others' in half the places it is read.
WRITTEN = {"en": "en_GB"}


def moment(at: datetime, language: str) -> str:
    """A moment to the minute, in UTC, which is named: nobody here knows where its reader lives."""
    here, locale = at.astimezone(UTC), WRITTEN.get(language, language)
    return f"{format_date(here, 'long', locale=locale)}, {format_time(here, 'HH:mm', locale=locale)} UTC"
