"""What the console says, in the reader's language: gettext catalogues, and dates and numbers as that language has them.

A language is a folder under `locale/`; another one needs no code. Catalogues are read as they are written, so that
nothing has to be compiled and forgotten.
"""

from __future__ import annotations

import gettext as gettext_module
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta, get_datetime_format
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations
from babel.units import format_unit
from flask import g, request
from markupsafe import Markup

from moderation_service.console import cookies

LOCALE = Path(__file__).parent / "locale"
DOMAIN = "console"
SOURCE = "en"  # the language that the sources are written in
# Whose dates a language is written with, where its own are taken for others' (7/8/2026) in half the places it is read.
WRITTEN = {"en": "en_GB"}
# Units of time, with their seconds.
UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60))


def _(message: str) -> str:
    """A message in the language of this request."""
    return catalogue(language()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """A message about a number of things, in the language of this request."""
    return catalogue(language()).ngettext(one, many, n)


def in_markup(message: str, /, **values: Any) -> Markup:
    """A message in a template, with what goes into it, in the language of this request.

    What messages have of markup is ours; what values have is escaped.
    """
    said = _in_markup(message, language())
    return said % values if values or "%" in said else said


def n_in_markup(one: str, many: str, n: int, /, **values: Any) -> Markup:
    """A message about a number of things in a template; the number itself is `num` in it."""
    return Markup(ngettext(one, many, n)) % {"num": n, **values}  # noqa: S704  (what messages say is ours)


def isolated(name: str) -> Markup:
    """A name as it stands in a sentence: whatever it has in it turns nothing round that others wrote beside it."""
    return Markup("<bdi>%s</bdi>") % name


def set_apart(name: str) -> str:
    """The same where a sentence is text alone, which may come to stand in a title."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


# A page says some two hundred of them, and all pages the same ones.
@lru_cache(maxsize=8192)
def _in_markup(message: str, code: str) -> Markup:
    return Markup(catalogue(code).gettext(message))  # noqa: S704  (what messages say is ours)


def later(message: str) -> str:
    """Mark a message that is translated where it is shown."""
    return message


@cache
def languages() -> dict[str, str]:
    """Every language there is, by its code, named in itself."""
    codes = [SOURCE, *sorted(path.name for path in LOCALE.iterdir() if path.is_dir())]
    return {code: Locale.parse(code).get_display_name(code) or code for code in codes}


@cache
def catalogue(code: str) -> gettext_module.NullTranslations:
    """The messages of a language; the source's own need none."""
    if code == SOURCE:
        return gettext_module.NullTranslations()
    compiled = BytesIO()
    with catalogue_path(code).open("rb") as file:
        write_mo(compiled, read_po(file, locale=code, domain=DOMAIN))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def catalogue_path(code: str) -> Path:
    """Where the messages of a language are."""
    return LOCALE / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def language() -> str:
    """The language of this request: the person's choice, else what the browser prefers, else English."""
    known: str | None = g.get("language")  # asked for a thousand times a page
    if known is None:
        chosen = getattr(g.get("preferences"), "language", None)
        known = g.language = chosen if chosen in languages() else _preferred()
    return known


def _preferred() -> str:
    # The best of those there are, in the browser's own order: somebody who reads Austrian German reads German.
    asked = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((code for code in asked if code in languages()), SOURCE)


def zone() -> tzinfo | None:
    """The time zone of the person's browser, as its script told; None until then."""
    name = cookies.read(cookies.ZONE)
    return ZoneInfo(name) if name in _zones() else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def moment(at: datetime, style: str = "short") -> str:
    """A moment in the person's zone and language: `short` to the minute, `medium` to the second, `full` in words.

    Where his zone is not known, UTC is named.
    """
    here = zone()
    locale = written_as()
    if style == "full":
        return format_datetime(at, style, tzinfo=here or UTC, locale=_locale(locale))
    second = at.second if style == "medium" else 0
    local = at.astimezone(here or UTC).replace(second=second, microsecond=0, tzinfo=None)
    written = _written(local, style, locale)
    return written if here else f"{written} UTC"


def written_as() -> str:
    """The locale whose dates and numbers a page shows: its language's, or the one that stands in for it."""
    return WRITTEN.get(language(), language())


# A date takes long to write, and a page writes many of the same minute.
@lru_cache(maxsize=4096)
def _written(local: datetime, style: str, locale: str) -> str:
    # Days with the name of their month or all of their year, so that none is taken for another.
    known = _locale(locale)
    day, time = format_date(local, "medium", locale=known), format_time(local, style, locale=known)
    return str(get_datetime_format("medium", locale=known)).replace("'", "").format(time, day)


def day(at: date, style: str = "medium") -> str:
    """A day as the language writes it, in no zone."""
    return format_date(at, style, locale=_locale(written_as()))


def day_of(at: datetime) -> str:
    """The day of a moment in the person's zone, or else in UTC."""
    return day(at.astimezone(zone() or UTC))


def span(length: timedelta) -> str:
    """A length of time in words, rounded as people say it."""
    return format_timedelta(length, locale=_locale(language()))


def duration(seconds: float) -> str:
    """A length of time that is compared with others: to a tenth of the unit that suits it."""
    unit, size = next(((unit, size) for unit, size in UNITS if seconds >= size), ("second", 1))
    return format_unit(seconds / size, f"duration-{unit}", "long", format="#,##0.#", locale=_locale(written_as()))


def number(value: float, digits: int | None = None) -> str:
    """A number as the language writes it, with so many digits behind the point (None: those it has, up to three)."""
    return _numeral(value or 0, digits, language())  # a zero below nought is no other zero


# As with dates: a page says the same few numbers again and again.
@lru_cache(maxsize=8192)
def _numeral(value: float, digits: int | None, code: str) -> str:
    return format_decimal(value, None if digits is None else f"#,##0.{'0' * digits}", locale=_locale(code))


def percent(share: float) -> str:
    """A share of 1 as per cent."""
    return format_percent(share, locale=_locale(language()))


# Babel reads a locale's name anew each time that it is given one.
@cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)
