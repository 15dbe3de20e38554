"""What a check has to say: what it looked at, how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a thing stands; only what is wrong keeps a button from working as it should."""

    GOOD = "good"
    HINT = "hint"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about one thing; `remedy` is what to do, where something is to be done."""

    about: str
    level: Level
    words: str
    remedy: str | None = None


def good(about: str, words: str) -> Finding:
    """This is as it should be."""
    return Finding(about, Level.GOOD, words)


def hint(about: str, words: str, remedy: str) -> Finding:
    """This works, and could be better."""
    return Finding(about, Level.HINT, words, remedy)


def wrong(about: str, words: str, remedy: str) -> Finding:
    """This does not work, or must not be."""
    return Finding(about, Level.WRONG, words, remedy)
