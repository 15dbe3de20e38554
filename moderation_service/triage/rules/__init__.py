"""Rules as data: a document says when (conditions over the facts of a case) and what then (actions, never a takedown).

`load` a document, `check` its conditions against `CaseFacts`; all of it is pure. `starter` are the rules we ship.
"""

from moderation_service.triage.rules.conditions import Condition, Finding, Seen
from moderation_service.triage.rules.document import Rule, RuleSchema, diff, dump, faults, load
from moderation_service.triage.rules.facts import MOST_FLAGS, CaseFacts, FlagFact
from moderation_service.triage.rules.starters import starter

__all__ = [
    "MOST_FLAGS",
    "CaseFacts",
    "Condition",
    "Finding",
    "FlagFact",
    "Rule",
    "RuleSchema",
    "Seen",
    "diff",
    "dump",
    "faults",
    "load",
    "starter",
]
