"""The kinds of events that a site may listen to."""

from __future__ import annotations

from enum import StrEnum


class EventType(StrEnum):
    """What may happen to an article, in the order in which it does; the names are those that are sent."""

    FLAG_RECEIVED = "flag.received"
    CASE_OPENED = "case.opened"
    CASE_ESCALATED = "case.escalated"
    DECISION_MADE = "decision.made"
    DECISION_APPLIED = "decision.applied"
    ARTICLE_RESTORED = "article.restored"

    @property
    def gloss(self) -> str:
        """What it means, for documentation."""
        return _GLOSSES[self]


_GLOSSES = {
    EventType.FLAG_RECEIVED: "A reader's flag belongs to a case now.",
    EventType.CASE_OPENED: "There is a new case: somebody has to look at the article.",
    EventType.CASE_ESCALATED: "A case goes before others: a rule, a person or a deadline wants it so.",
    EventType.DECISION_MADE: "A person has decided, for the first time or instead of what was decided before.",
    EventType.DECISION_APPLIED: "The content store shows what is wanted: it was read back.",
    EventType.ARTICLE_RESTORED: "All of an article is shown again of which something was withheld: it was read back.",
}
