"""A case's place in the queue as it is shown: its lane, its index, every term of it, and the sentence that says why."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from moderation_service.triage.explain import Why, counted


class Escalation(IntEnum):
    """The lanes of the queue: why a case goes before others whatever their index; a higher one goes first."""

    NONE = 0
    RULE = 1
    MODERATOR = 2
    DANGER_TO_LIFE = 3
    HIDDEN_TOO_LONG = 4


_WORDS = {
    Escalation.NONE: "not escalated",
    Escalation.RULE: "escalated by a rule",
    Escalation.MODERATOR: "escalated by a moderator",
    Escalation.DANGER_TO_LIFE: "escalated: a reader reports danger to life",
    Escalation.HIDDEN_TOO_LONG: "escalated: hidden from readers and still not reviewed",
}


def priority(*, escalation: int, index: float, why: Why) -> dict[str, Any]:
    """The lane, the index within it (chance x severity x reach), and the terms; `because` is the sentence.

    `counted` is the weight of the readers' voices in readers of average reliability; `velocity` in views per hour and
    `reach` in views to come.
    """
    place = why.place
    return {
        "escalation": {"level": escalation, "because": _WORDS[Escalation(escalation)]},
        "index": round(index, 3),
        "because": why.said(),
        "chance": round(place.chance, 4),
        "severity": place.severity,
        "voices": place.voices,
        "counted": round(counted(place.weight, why.terms), 2),
        "views": place.views,
        "velocity": None if place.velocity is None else round(place.velocity, 1),
        "reach": round(place.reach, 1),
    }
