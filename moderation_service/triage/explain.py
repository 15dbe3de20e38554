"""Why a case stands where it stands, in words made from its stored terms. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderation_service.triage.order import Terms

RECORDS_NAMED = 4
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks in a case: how many of each kind; `records` are (upheld, decided) of the weightiest with a record."""

    recorded: int = 0
    records: Sequence[tuple[int, int]] = ()
    new: int = 0
    fresh: int = 0
    trusted: int = 0
    muted: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """The stored terms of a case's place; see `cases.models.Case` for the units."""

    weight: float
    voices: int
    chance: float
    severity: int
    views: int | None
    velocity: float | None
    reach: float
    hidden: bool = False


def why(place: Place, speakers: Speakers, terms: Terms) -> str:
    """Why a case stands where it does, for whoever is about to decide it."""
    sentences = [_voices(place, speakers, terms), _chance(place, terms), _reach(place)]
    if place.hidden:
        sentences.append("It is hidden until it is reviewed, so what counts is the good it would do if it is cleared.")
    return " ".join(sentences)


def counted(weight: float, terms: Terms) -> float:
    """Log odds in readers of average reliability."""
    return weight / terms.full_weight


def _voices(place: Place, speakers: Speakers, terms: Terms) -> str:
    if place.voices == 0:
        return "No reader's flag stands any more."
    said = f"{_people(place.voices)}, counted as {counted(place.weight, terms):.1f}"
    groups = [*_records(speakers), *_others(speakers, terms)]
    return f"{said}: {'; '.join(groups)}." if groups else f"{said}."


def _records(speakers: Speakers) -> list[str]:
    if not speakers.recorded:
        return []
    named = ", ".join(f"{upheld} of {decided}" for upheld, decided in speakers.records)
    whose = "one with a record of" if speakers.recorded == 1 else f"{_number(speakers.recorded)} with records of"
    others = speakers.recorded - len(speakers.records)
    return [f"{whose} {named} upheld" + (f", and {others:,} more" if others > 0 else "")]


def _others(speakers: Speakers, terms: Terms) -> list[str]:
    said = []
    if speakers.trusted:
        said.append(f"{_number(speakers.trusted)} trusted by the site")
    if speakers.new:
        said.append(f"{_number(speakers.new)} without a record")
    if speakers.fresh:
        share = terms.cohorts[2].mean
        verb = "comes from an account" if speakers.fresh == 1 else "come from accounts"
        said.append(f"{_number(speakers.fresh)} {verb} younger than a day, of whose flags {_percent(share)} are upheld")
    if speakers.muted:
        said.append(f"{_number(speakers.muted)} muted")
    return said


def _chance(place: Place, terms: Terms) -> str:
    likely = f"{_percent(place.chance)} likely to be upheld"
    if place.views is None:
        return f"The site tells no views; beside what its cases usually get, that is {likely}."
    usual = (terms.upheld_flags + terms.other_flags) / (terms.upheld_views + terms.other_views) * place.views
    ratio = counted(place.weight, terms) / usual if usual > 0 else 0.0
    views = f"{place.views:,} {'view' if place.views == 1 else 'views'}"
    return f"That is {_times(ratio)} what {views} usually bring: {likely}."


def _times(ratio: float) -> str:
    if ratio >= 1.5:
        return f"{ratio:.0f} times"
    return "about" if ratio >= 0.75 else f"{ratio:.2g} times"


def _reach(place: Place) -> str:
    if place.velocity is None:
        assumed = f"by the age of the case, {place.reach:,.0f} more views are assumed"
        return f"Its severity is {place.severity} of 5; {assumed}."
    return (
        f"Its severity is {place.severity} of 5; read by {place.velocity:,.0f} people an hour, "
        f"about {place.reach:,.0f} more views are expected."
    )


def _percent(share: float) -> str:
    """Never quite 0 or 100: nothing here is certain."""
    return f"{max(share * 100, 0.1):.1f} %" if share < 0.1 else f"{min(share * 100, 99):.0f} %"


def _people(count: int) -> str:
    return "One reader" if count == 1 else f"{count:,} readers"


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else f"{count:,}"
