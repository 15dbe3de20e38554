"""Moments as a language writes them."""

from __future__ import annotations

from datetime import UTC, datetime

from babel.dates import format_datetime

# Whose dates a language is written with, where its own are taken for others' in half the places it is read.
WRITTEN = {"en": "en_GB"}


def moment(at: datetime, language: str) -> str:
    """A moment to the minute, in UTC, which is named: nobody here knows where its reader lives."""
    return f"{format_datetime(at.astimezone(UTC), 'd MMMM y, HH:mm', locale=WRITTEN.get(language, language))} UTC"
