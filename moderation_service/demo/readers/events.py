"""What readers do, as a plan has it: who does what, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """Why somebody flags; only whoever plays the readers knows."""

    HONEST = "honest"  # because something is wrong
    NOISY = "noisy"  # because he does not like it
    BRIGADE = "brigade"  # because he was told to


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader as his site knows him; `account` is the age of his account when the play begins."""

    id: str
    account: timedelta


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a part that somebody marked, with what stands around them."""

    exact: str
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Somebody opens an article. All times `at` are in seconds since the play began, at pace 1."""

    at: float
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """Somebody flags an article, or a part of it, or words in a part.

    `on_bad` says whether something is wrong with the article; `clicks` is how often he presses the button.
    """

    at: float
    number: int
    kind: Kind
    reader: Reader
    article: str
    on_bad: bool
    reason: str
    part: str | None = None
    quote: Quote | None = None
    comment: str | None = None
    email: str | None = None
    clicks: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Somebody takes back the flag of that number."""

    at: float
    flag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalNotice:
    """Somebody who gives his name says that an article is illegal, and why."""

    at: float
    number: int
    article: str
    reason: str
    explanation: str
    name: str
    email: str


Event = View | Flag | Withdrawal | LegalNotice
