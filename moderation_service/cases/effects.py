"""What all the rules that fired on a case ask for together. Pure; where they differ the graver holds, and it is told.

Which is graver: the higher lane, the higher severity, the earlier deadline; of two queues, that of the rule which
escalates further or sets the higher severity; to look at a case is graver than to close it. Between equals the rule
that runs first holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from moderation_service.cases.models import MAIN_QUEUE
from moderation_service.policy.vocabulary import Role
from moderation_service.triage.priority import Escalation
from moderation_service.triage.rules.actions import (
    Action,
    CloseAsRepeat,
    Escalate,
    Hide,
    MoveToQueue,
    Require,
    SetDeadline,
    SetSeverity,
)
from moderation_service.triage.rules.firings import Acting

LANES = {"rule": Escalation.RULE, "danger_to_life": Escalation.DANGER_TO_LIFE}

Kind = TypeVar("Kind", bound=Action)


@dataclass(frozen=True, slots=True)
class Wish:
    """What one firing asks for."""

    by: Acting
    value: Any

    def to_json(self) -> dict[str, Any]:
        """As it is told."""
        value = self.value.isoformat() if isinstance(self.value, datetime) else self.value
        return {"rule": self.by.rule, "version": self.by.number, "value": value}


@dataclass(frozen=True, slots=True)
class Clash:
    """Two rules that want different things; `about` is the name of the action in which they differ."""

    about: str
    holds: Wish
    yields: Wish

    def concerns(self, firing_id: int) -> bool:
        """Whether this firing is one of the two."""
        return firing_id in (self.holds.by.id, self.yields.by.id)

    def to_json(self) -> dict[str, Any]:
        """As it is told."""
        return {"about": self.about, "holds": self.holds.to_json(), "yields": self.yields.to_json()}


@dataclass(frozen=True, slots=True)
class Effect:
    """What holds on a case; without any rule, what is so from the start. To hide and to close have guards besides."""

    lane: Escalation = Escalation.NONE
    queue: str = MAIN_QUEUE
    severity: int | None = None
    needs_role: Role = Role.MODERATOR
    needs_second: bool = False
    deadline_at: datetime | None = None
    hides: bool = False
    closes: bool = False
    clashes: tuple[Clash, ...] = ()


def resolve(acting: Sequence[Acting]) -> Effect:
    """What these firings come to; they stand in the order of their rules."""
    required = {action.who for _, action in _all(acting, Require)}
    lane, lanes = _gravest(
        "escalate", (Wish(by, LANES[to.lane].name.lower()) for by, to in _all(acting, Escalate)), _lane
    )
    queue, queues = _gravest("queue", (Wish(by, to.name) for by, to in _all(acting, MoveToQueue)), _gravity)
    severity, severities = _gravest("severity", (Wish(by, to.value) for by, to in _all(acting, SetSeverity)), _value)
    deadline, deadlines = _gravest(
        "deadline", (Wish(by, by.fired_at + to.within) for by, to in _all(acting, SetDeadline)), _earliest
    )
    closes, against = _closing(acting)
    return Effect(
        lane=Escalation[lane.value.upper()] if lane else Escalation.NONE,
        queue=queue.value if queue else MAIN_QUEUE,
        severity=severity.value if severity else None,
        needs_role=Role.SENIOR if "senior" in required else Role.MODERATOR,
        needs_second="second" in required,
        deadline_at=deadline.value if deadline else None,
        hides=bool(_all(acting, Hide)),
        closes=closes,
        clashes=(*lanes, *queues, *severities, *deadlines, *against),
    )


def lane_of(case: Any, effect: Effect, *, now: datetime) -> Escalation:
    """The lane of a case, a row or an object, but for its having been hidden: the highest that anything gives it.

    Into a lane because its deadline has passed only `deadlines.press` puts it, and tells of it; here it stays there.
    """
    over = effect.deadline_at is not None and effect.deadline_at <= now
    return max(
        effect.lane,
        Escalation.MODERATOR if case.escalated_by_hand else Escalation.NONE,
        Escalation(case.escalation_before),
        min(Escalation(case.escalation), Escalation.RULE) if over else Escalation.NONE,
    )


def _all(acting: Sequence[Acting], kind: type[Kind]) -> list[tuple[Acting, Kind]]:
    return [(by, action) for by in acting for action in by.actions if isinstance(action, kind)]


def _gravest(about: str, wishes: Iterable[Wish], gravity: Callable[[Wish], Any]) -> tuple[Wish | None, list[Clash]]:
    """The wish that holds, if there is any, and those that it overrides."""
    given = list(wishes)
    holds = max(given, key=gravity, default=None)  # of equals, the first
    if holds is None:
        return None, []
    return holds, [Clash(about, holds, wish) for wish in given if wish.value != holds.value]


def _closing(acting: Sequence[Acting]) -> tuple[bool, list[Clash]]:
    """Whether the case is to be closed, which it is not as soon as one rule wants it looked at."""
    closing = [Wish(by, action.words) for by, action in _all(acting, CloseAsRepeat)]
    looking = [Wish(by, action.words) for kind in (Escalate, Hide, Require) for by, action in _all(acting, kind)]
    if not (closing and looking):
        return bool(closing), []
    return False, [Clash("close_as_repeat", looking[0], wish) for wish in closing]


def _lane(wish: Wish) -> int:
    return Escalation[wish.value.upper()]


def _value(wish: Wish) -> int:
    value: int = wish.value
    return value


def _earliest(wish: Wish) -> float:
    at: datetime = wish.value
    return -at.timestamp()


def _gravity(wish: Wish) -> tuple[int, int]:
    """How grave the rule behind a wish takes the case to be: its lane, its severity."""
    own = [wish.by]
    lanes = [LANES[action.lane] for _, action in _all(own, Escalate)]
    return max(lanes, default=0), max((action.value for _, action in _all(own, SetSeverity)), default=0)
