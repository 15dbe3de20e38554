"""Why a case stands where it stands, in words made from its stored terms, in whichever language. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from moderation_service.triage.order import Terms
from moderation_service.triage.tongue import ENGLISH, Tongue

RECORDS_NAMED = 4
LEAST_TOLD = 0.001  # of what so many views usually bring


@dataclass(frozen=True, slots=True)
class Speakers:
    """Who speaks in a case: how many of each kind; `records` are (upheld, decided) of the weightiest with a record.

    Where not all were looked at, `looked_at` says how many were, and all else is told of those.
    """

    recorded: int = 0
    records: Sequence[tuple[int, int]] = ()
    new: int = 0
    fresh: int = 0
    trusted: int = 0
    muted: int = 0
    looked_at: int | None = None


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


@dataclass(frozen=True, slots=True)
class Why:
    """Why a case stands where it does, for whoever is about to decide it."""

    place: Place
    speakers: Speakers
    terms: Terms

    def said(self, tongue: Tongue = ENGLISH) -> str:
        """In the words of a language."""
        sentences = [_voices(self, tongue), _chance(self, tongue), _reach(self.place, tongue)]
        if self.place.hidden:
            sentences.append(
                tongue.gettext(
                    "It is hidden until it is reviewed, so what counts is the good it would do if it is cleared."
                )
            )
        return " ".join(sentences)


def counted(weight: float, terms: Terms) -> float:
    """Log odds in readers of average reliability."""
    return weight / terms.full_weight


def _voices(why: Why, tongue: Tongue) -> str:
    place = why.place
    if place.voices == 0:
        return tongue.gettext("No reader's flag stands any more.")
    said = tongue.ngettext(
        "%(readers)s reader, counted as %(counted)s", "%(readers)s readers, counted as %(counted)s", place.voices
    ) % {"readers": tongue.number(place.voices), "counted": tongue.number(counted(place.weight, why.terms), 1)}
    if why.speakers.looked_at is not None:
        said += "; " + tongue.gettext("of %(count)s looked at") % {"count": tongue.number(why.speakers.looked_at)}
    groups = [*_records(why.speakers, tongue), *_others(why, tongue)]
    return f"{said}: {'; '.join(groups)}." if groups else f"{said}."


def _records(speakers: Speakers, tongue: Tongue) -> list[str]:
    if not speakers.recorded:
        return []
    pair = tongue.gettext("%(upheld)s of %(decided)s")
    named = ", ".join(pair % {"upheld": upheld, "decided": decided} for upheld, decided in speakers.records)
    said = tongue.ngettext(
        "%(count)s with a record of %(records)s upheld",
        "%(count)s with records of %(records)s upheld",
        speakers.recorded,
    ) % {"count": tongue.number(speakers.recorded), "records": named}
    more = speakers.recorded - len(speakers.records)
    return [said + (tongue.gettext(", and %(count)s more") % {"count": tongue.number(more)} if more > 0 else "")]


def _others(why: Why, tongue: Tongue) -> list[str]:
    speakers = why.speakers
    groups = (
        (
            speakers.trusted,
            tongue.ngettext("%(count)s trusted by the site", "%(count)s trusted by the site", speakers.trusted),
        ),
        (speakers.new, tongue.ngettext("%(count)s without a record", "%(count)s without a record", speakers.new)),
        (
            speakers.fresh,
            tongue.ngettext(
                "%(count)s comes from an account younger than a day, of whose flags %(share)s are upheld",
                "%(count)s come from accounts younger than a day, of whose flags %(share)s are upheld",
                speakers.fresh,
            ),
        ),
        (speakers.muted, tongue.ngettext("%(count)s muted", "%(count)s muted", speakers.muted)),
    )
    share = _percent(why.terms.cohorts[2].mean, tongue)
    return [words % {"count": tongue.number(count), "share": share} for count, words in groups if count]


def _chance(why: Why, tongue: Tongue) -> str:
    place, terms = why.place, why.terms
    chance = _percent(place.chance, tongue)
    if place.views is None:
        return tongue.gettext(
            "The site tells no views; beside what its cases usually get, that is %(chance)s likely to be upheld."
        ) % {"chance": chance}
    usual = (terms.upheld_flags + terms.other_flags) / (terms.upheld_views + terms.other_views) * place.views
    ratio = counted(place.weight, terms) / usual if usual > 0 else 0.0
    if ratio < 0.75:
        said = tongue.ngettext(
            "That is %(ratio)s of what one view usually brings: %(chance)s likely to be upheld.",
            "That is %(ratio)s of what %(views)s views usually bring: %(chance)s likely to be upheld.",
            place.views,
        )
    elif ratio < 1.5:
        said = tongue.ngettext(
            "That is about what one view usually brings: %(chance)s likely to be upheld.",
            "That is about what %(views)s views usually bring: %(chance)s likely to be upheld.",
            place.views,
        )
    else:
        said = tongue.ngettext(
            "That is %(ratio)s times what one view usually brings: %(chance)s likely to be upheld.",
            "That is %(ratio)s times what %(views)s views usually bring: %(chance)s likely to be upheld.",
            place.views,
        )
    times = tongue.number(ratio, 0) if ratio >= 1.5 else _fraction(ratio, tongue)
    return said % {"ratio": times, "views": tongue.number(place.views), "chance": chance}


def _fraction(ratio: float, tongue: Tongue) -> str:
    if ratio >= LEAST_TOLD:
        return _percent(ratio, tongue)
    return tongue.gettext("less than %(share)s") % {"share": _percent(LEAST_TOLD, tongue)}


def _reach(place: Place, tongue: Tongue) -> str:
    if place.velocity is None:
        said = tongue.gettext(
            "Its severity is %(severity)s of 5; by the age of the case, %(reach)s more views are assumed."
        )
    else:
        said = tongue.gettext(
            "Its severity is %(severity)s of 5; read by %(velocity)s people an hour, "
            "about %(reach)s more views are expected."
        )
    velocity = tongue.number(place.velocity or 0)
    return said % {"severity": place.severity, "reach": tongue.number(place.reach), "velocity": velocity}


def _percent(share: float, tongue: Tongue) -> str:
    """Never quite 0 or 100: nothing here is certain."""
    number = tongue.number(max(share * 100, 0.1), 1) if share < 0.1 else tongue.number(min(share * 100, 99))
    return f"{number} %"
