"""How urgent a case is, from its stored parts; the database computes the same sum (see `cases.models.Case`)."""

from __future__ import annotations

from enum import IntEnum


class Escalation(IntEnum):
    """Why a case goes before others; a higher one wins."""

    NONE = 0
    RULE = 1
    MODERATOR = 2
    DANGER_TO_LIFE = 3
    HIDDEN_TOO_LONG = 4


ESCALATION_WEIGHT = 100
SEVERITY_WEIGHT = 10

_WORDS = {
    Escalation.NONE: "not escalated",
    Escalation.RULE: "escalated by a rule",
    Escalation.MODERATOR: "escalated by a moderator",
    Escalation.DANGER_TO_LIFE: "escalated: a reader reports danger to life",
    Escalation.HIDDEN_TOO_LONG: "escalated: hidden from readers and still not reviewed",
}


def priority_parts(*, escalation: int, severity: int) -> dict[str, object]:
    """The parts of a case's priority, each with its share and its words; `total` is what the queue is ordered by."""
    return {
        "total": escalation * ESCALATION_WEIGHT + severity * SEVERITY_WEIGHT,
        "escalation": {
            "level": escalation,
            "adds": escalation * ESCALATION_WEIGHT,
            "because": _WORDS[Escalation(escalation)],
        },
        "severity": {
            "level": severity,
            "adds": severity * SEVERITY_WEIGHT,
            "because": f"the gravest reason given has severity {severity} of 5",
        },
    }
