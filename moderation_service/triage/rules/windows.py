"""Sliding windows over a case's flags: how long they are, whose flags they take, and what is measured in them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from operator import attrgetter

from moderation_service.triage.rules.facts import CaseFacts, FlagFact

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=30)
BURST_PART = 10  # a burst compares the last tenth of a window with all of it

_DURATION = re.compile(r"([1-9][0-9]{0,4})([mhd])", re.ASCII)
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_received = attrgetter("at")


def parse_duration(words: str) -> timedelta:
    """The duration that `90m`, `6h` or `2d` stands for; ValueError for other words, or more than 30 days."""
    found = _DURATION.fullmatch(words)
    if found is None:
        raise ValueError("Not a duration: a whole number and m, h or d, such as 90m, 6h or 2d.")
    duration = int(found[1]) * _UNITS[found[2]]
    if duration > LONGEST:
        raise ValueError(f"Longer than {print_duration(LONGEST)}.")
    return duration


def print_duration(duration: timedelta) -> str:
    """The shortest way to write a duration that people read at a glance: 90m, 24h (not 1d), 2d."""
    for unit, least in (("d", 2), ("h", 1)):
        count, rest = divmod(duration, _UNITS[unit])
        if not rest and count >= least:
            return f"{count}{unit}"
    return f"{duration // _UNITS['m']}m"


class Who(StrEnum):
    """Whose flags a window takes, by what was known of the reader when he flagged."""

    ANY = "any"
    NEW = "new"
    RECORDED = "recorded"
    RELIABLE = "reliable"
    FRESH = "fresh"
    TRUSTED = "trusted"


WHO_WORDS: dict[Who, str] = {
    Who.ANY: "",
    Who.NEW: "without a record",
    Who.RECORDED: "with a record",
    Who.RELIABLE: "with more upheld flags than rejected ones",
    Who.FRESH: "with an account younger than a day",
    Who.TRUSTED: "who are trusted flaggers",
}

_BELONGS: dict[Who, Callable[[FlagFact], bool]] = {
    Who.NEW: lambda flag: not (flag.upheld or flag.rejected),
    Who.RECORDED: lambda flag: bool(flag.upheld or flag.rejected),
    Who.RELIABLE: lambda flag: flag.upheld > flag.rejected,
    Who.FRESH: attrgetter("fresh"),
    Who.TRUSTED: attrgetter("trusted"),
}


@dataclass(frozen=True, slots=True)
class Window:
    """The flags of the time before now; of these reasons (none given: of all) and these readers."""

    within: timedelta
    reasons: frozenset[str] = frozenset()
    who: Who = Who.ANY

    def flags(self, facts: CaseFacts) -> Sequence[FlagFact]:
        """The flags inside, oldest first.

        One that came exactly `within` ago is outside. None is too new: a flag may be stamped after the transaction that
        triages it began, and it is of that batch all the same.
        """
        flags = _since(facts.flags, facts, self.within)
        if self.reasons:
            flags = [flag for flag in flags if flag.reason in self.reasons]
        if self.who is not Who.ANY:
            flags = list(filter(_BELONGS[self.who], flags))
        return flags

    @property
    def words(self) -> str:
        """The window as the end of a sentence about readers or flags."""
        of = f"for {' or '.join(sorted(self.reasons))}" if self.reasons else ""
        return " ".join(filter(None, (WHO_WORDS[self.who], of, f"within {print_duration(self.within)}")))


def _since(flags: Sequence[FlagFact], facts: CaseFacts, within: timedelta) -> Sequence[FlagFact]:
    start = facts.now - within
    if not flags or flags[0].at > start:  # the usual case: it is younger than the window
        return flags
    return flags[bisect_right(flags, start, key=_received) :]


def count(facts: CaseFacts, window: Window) -> int:
    """How many flags; a reader who flagged three parts of an article gave three."""
    return len(window.flags(facts))


def reporters(facts: CaseFacts, window: Window) -> int:
    """How many distinct readers."""
    return len({flag.reporter for flag in window.flags(facts)})


def counted(facts: CaseFacts, window: Window) -> float:
    """How many readers of average reliability the distinct readers weigh together.

    A reader with several flags counts with the weightiest, so that a further flag never lowers the sum.
    """
    weights: dict[bytes, float] = {}
    for flag in window.flags(facts):
        if flag.weight > weights.get(flag.reporter, 0.0):
            weights[flag.reporter] = flag.weight
    return sum(weights.values()) / facts.full_weight


def flags_per_view(facts: CaseFacts, window: Window) -> float | None:
    """Flags of the window for each view the article had so far; None where no views are known."""
    return count(facts, window) / facts.views if facts.views else None


def fresh_share(facts: CaseFacts, window: Window) -> float | None:
    """Which part of the distinct readers has an account younger than a day; None without readers."""
    flags = window.flags(facts)
    if not flags:
        return None
    return len({flag.reporter for flag in flags if flag.fresh}) / len({flag.reporter for flag in flags})


def burst(facts: CaseFacts, window: Window) -> float | None:
    """The rate of flags in the last tenth (at least a minute), in mean rates of the window; None without flags."""
    flags = window.flags(facts)
    if not flags:
        return None
    tenth = max(window.within / BURST_PART, SHORTEST)
    return len(_since(flags, facts, tenth)) / len(flags) * (window.within / tenth)
