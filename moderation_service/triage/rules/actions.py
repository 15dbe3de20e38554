"""What a rule may do to a case: never a takedown. Each action is a value; others carry it out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from moderation_service.triage.rules.windows import print_duration


@dataclass(frozen=True)
class Action:
    """Something a rule does when its conditions are met; `do` is its name in a document."""

    do: ClassVar[str]

    @property
    def words(self) -> str:
        """What it does, as words that follow `to`."""
        raise NotImplementedError


@dataclass(frozen=True)
class Escalate(Action):
    """Put the case into a lane before all others: `rule`, or `danger_to_life`, which goes before that one."""

    do = "escalate"
    lane: str = "rule"

    @property
    def words(self) -> str:
        """How far."""
        return "escalate the case" if self.lane == "rule" else "escalate the case as a danger to life"


@dataclass(frozen=True)
class MoveToQueue(Action):
    """Put the case into a named queue."""

    do = "queue"
    name: str

    @property
    def words(self) -> str:
        """Which queue."""
        return f"put the case into the queue {self.name}"


@dataclass(frozen=True)
class SetSeverity(Action):
    """Let a severity (1 to 5) stand in place of that of the reasons."""

    do = "severity"
    value: int

    @property
    def words(self) -> str:
        """Which severity."""
        return f"set the severity to {self.value} of 5"


@dataclass(frozen=True)
class Require(Action):
    """Let a senior decide the case, or a second person agree; `who` is senior or second."""

    do = "require"
    who: str

    @property
    def words(self) -> str:
        """Whom."""
        return "require a senior" if self.who == "senior" else "require a second person"


@dataclass(frozen=True)
class Hide(Action):
    """Hide the article until it is reviewed, if `order.may_hide` allows it and the site wants it."""

    do = "hide"
    words = "hide the article until it is reviewed, where that is allowed"


@dataclass(frozen=True)
class Notify(Action):
    """Tell somebody: by mail to an address, or by a webhook to a URL."""

    do = "notify"
    channel: str
    to: str

    @property
    def words(self) -> str:
        """Whom."""
        return f"notify {self.to} by {self.channel}"


@dataclass(frozen=True)
class SetDeadline(Action):
    """Ask for a decision within a time from now."""

    do = "deadline"
    within: timedelta

    @property
    def words(self) -> str:
        """Until when."""
        return f"ask for a decision within {print_duration(self.within)}"


@dataclass(frozen=True)
class CloseAsRepeat(Action):
    """Close the case: it is about a text that a person has cleared.

    Refused where no person has cleared what the article says now, where somebody holds or escalated the case, and where
    it hides its article. What the flags say is answered by that clearance, whatever their reason.
    """

    do = "close_as_repeat"
    words = "close the case as a repeat of one that was cleared"


@dataclass(frozen=True)
class WhomToMute:
    """Readers with that many rejected flags at least, of whose decided flags less than that share was upheld."""

    rejected_at_least: int
    upheld_share_below: float

    def concerns(self, *, upheld: int, rejected: int) -> bool:
        """Whether a reader with this record is one of them."""
        return rejected >= self.rejected_at_least and upheld / (upheld + rejected) < self.upheld_share_below


@dataclass(frozen=True)
class Mute(Action):
    """Mute these flaggers of the case, until a person confirms it or takes it back."""

    do = "mute"
    reporters: WhomToMute

    @property
    def words(self) -> str:
        """Whom."""
        whom = self.reporters
        return (
            f"mute its readers with {whom.rejected_at_least} rejected flags or more, "
            f"less than {whom.upheld_share_below:.0%} of all upheld, until a person confirms it"
        )
