"""Webhooks in words: what an endpoint may be told of, how a delivery stands, what is wrong with an address."""

from __future__ import annotations

from moderation_service.console.words import later
from moderation_service.notifications.webhooks.trying import PRIVATE, UNKNOWN
from moderation_service.notifications.webhooks.vocabulary import EventType

TYPES = {
    EventType.FLAG_RECEIVED: later("A flag came in"),
    EventType.CASE_OPENED: later("A case was opened"),
    EventType.CASE_ESCALATED: later("A case was escalated"),
    EventType.DECISION_MADE: later("A decision was made"),
    EventType.DECISION_APPLIED: later("A decision was applied and read back"),
    EventType.ARTICLE_RESTORED: later("An article is shown whole again"),
}
STATES = {
    "pending": (later("on its way"), ""),
    "sent": (later("taken"), "clear"),
    "dead": (later("given up on"), "takedown"),
    "held": (later("held"), "warn"),
}
# What may be sent once more: a form's choice, and since how many hours ago; None is what was given up on.
AGAIN = {
    "dead": (None, later("what was given up on")),
    "1": (1, later("all of the last hour")),
    "24": (24, later("all of the last 24 hours")),
    "168": (168, later("all of the last 7 days")),
    "720": (720, later("all of the last 30 days")),
}
FAULTS = {
    PRIVATE: later("This address is in a network where nothing may be sent."),
    UNKNOWN: later("Nobody knows the host of this address."),
    "url": later("An address such as https://news.example/hooks, without a name or password."),
    "types": later("Choose at least one."),
    "description": later("200 characters at most."),
}
