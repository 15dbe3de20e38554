"""Take a dateline apart: where, and on which day."""

from __future__ import annotations

import re
from datetime import date
from itertools import chain

_MONTHS: tuple[tuple[str, ...], ...] = (
    ("January", "Januar", "Jänner", "Jan"),
    ("February", "Februar", "Feber", "Feb"),
    ("March", "März", "Maerz", "Mar", "Mär", "Mrz"),
    ("April", "Apr"),
    ("May", "Mai"),
    ("June", "Juni", "Jun"),
    ("July", "Juli", "Jul"),
    ("August", "Aug"),
    ("September", "Sept", "Sep"),
    ("October", "Oktober", "Oct", "Okt"),
    ("November", "Nov"),
    ("December", "Dezember", "Dec", "Dez"),
)
_WEEKDAYS = (
    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    *("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonnabend", "Sonntag"),
    *("Mon", "Tues", "Tue", "Wed", "Thurs", "Thur", "Thu", "Fri", "Sat", "Sun"),
    *("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
)
# A longer line is a paragraph; the bound also keeps the search below short.
_LONGEST = 300
_BETWEEN = " ,;|/-·•\N{EN DASH}\N{EM DASH}"
_NUMBER_OF = {name.casefold(): number for number, names in enumerate(_MONTHS, 1) for name in names}


def _word(names: tuple[str, ...]) -> str:
    """One of `names`: in any case where a word begins, or as written here straight after another word.

    The second is what a dateline looks like whose two columns were saved without the space between them.
    """
    either = "|".join(sorted(names, key=len, reverse=True))
    return rf"(?:(?:{either})|(?<!\w)(?i:{either}))"


_MONTH = rf"(?P<month>{_word(tuple(chain.from_iterable(_MONTHS)))})\.?"
_DAY = r"(?<![0-9])(?P<day>[0-9]{1,2})(?:st|nd|rd|th|\.)?"
_YEAR = r"(?P<year>[0-9]{4})"
_TIME = r"(?:[T,]? ?[0-9]{1,2}:[0-9]{2}.{0,20})?"
_FORMS = tuple(
    re.compile(rf"(?P<place>.*?)(?:{_word(_WEEKDAYS)}\.?,? ?)?{form}{_TIME}")
    for form in (
        r"(?<![0-9])(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})",
        rf"{_MONTH} ?{_DAY},? {_YEAR}",
        rf"{_DAY} ?{_MONTH},? {_YEAR}",
        r"(?<![0-9])(?P<day>[0-9]{1,2})\. ?(?P<month>[0-9]{1,2})\. ?(?P<year>[0-9]{4})",
    )
)


def split_dateline(text: str) -> tuple[str | None, date | None]:
    """The place and the day in `text`; where no day ends it, all of it is the place.

    A weekday is passed over, right or wrong: the date is what counts.

    Raises:
        ValueError: the day is written like one but does not exist.
    """
    line = " ".join(text.split())
    forms = _FORMS if len(line) <= _LONGEST else ()
    found = next(filter(None, (form.fullmatch(line) for form in forms)), None)
    if found is None:
        return line or None, None
    place = found["place"].rstrip(_BETWEEN) or None
    return place, _day(found["year"], found["month"], found["day"])


def iso_day(text: str) -> date:
    """The day that an ISO 8601 date or date-time begins with, as its writer's clock showed it.

    Raises:
        ValueError: it begins with none.
    """
    found = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])", text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is not a date like 2025-02-28")
    return _day(*found.groups())


def _day(year: str, month: str, day: str) -> date:
    try:
        return date(int(year), _NUMBER_OF.get(month.casefold()) or int(month), int(day))
    except ValueError:
        raise ValueError(f"{year}-{month}-{day} is no day") from None
