"""The built-in rules: facts about a case in, escalation out. Pure functions; no session and no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from moderation_service.policy.vocabulary import REASONS, Reason
from moderation_service.triage.priority import Escalation

REPEAT_REPORTERS = 3
REPEAT_WINDOW = timedelta(hours=24)
SEVERITIES: dict[str, int] = {reason.value: facts.severity for reason, facts in REASONS.items()}


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What the rules look at: the reasons given, and how many different readers flagged within the window."""

    reasons: frozenset[str]
    recent_reporters: int


def escalation(facts: CaseFacts) -> Escalation:
    """How far a case is escalated: at once for danger to life, else for enough different readers within a day."""
    if Reason.DANGER_TO_LIFE in facts.reasons:
        return Escalation.DANGER_TO_LIFE
    if facts.recent_reporters >= REPEAT_REPORTERS:
        return Escalation.RULE
    return Escalation.NONE
