"""What can be said of a rule's conditions before anybody has read the flags of a case. Pure.

Most rules can be ruled out on most cases by what stands written beside the case; reading flags is what costs.
"""

from __future__ import annotations

from moderation_service.triage.rules.conditions import AnyOf, Condition, Group, Not, Test
from moderation_service.triage.rules.facts import CaseFacts
from moderation_service.triage.rules.windows import Who


def possible(condition: Condition, facts: CaseFacts, *, trusted: bool) -> bool:
    """Whether any flags could meet the condition; False is certain, True is not.

    `facts` come without flags. `trusted` is whether the case has a flag by a reader who was trusted when he gave it.
    """
    return _settled(condition, facts, trusted) is not False


def asks_trust(condition: Condition) -> bool:
    """Whether any test in the condition is about trusted readers."""
    return any(test.window is not None and test.window.who is Who.TRUSTED for test in condition.tests())


def _settled(condition: Condition, facts: CaseFacts, trusted: bool) -> bool | None:
    """True when it is met whatever the flags are, False when it never is, None when they decide."""
    if not condition.widest:
        return condition.met(facts)
    if isinstance(condition, Test):
        return _settled_test(condition, facts, trusted)
    if isinstance(condition, Not):
        denied = _settled(condition.part, facts, trusted)
        return None if denied is None else not denied
    if isinstance(condition, Group):
        return _settled_group(condition, facts, trusted)
    return None


def _settled_group(group: Group, facts: CaseFacts, trusted: bool) -> bool | None:
    enough = isinstance(group, AnyOf)  # one part that is so settles it
    open_still = False
    for part in group.cheap_first:
        settled = _settled(part, facts, trusted)
        if settled is enough:
            return enough
        open_still = open_still or settled is None
    return None if open_still else not enough


def _settled_test(test: Test, facts: CaseFacts, trusted: bool) -> bool | None:
    if test.window is not None and test.window.who is Who.TRUSTED and not trusted:
        return test.met(facts)  # the window holds as many flags as these facts do: none
    if test.field == "flags_per_view" and not facts.views:
        return False
    if test.least_voices > facts.voices:
        return False
    if test.field == "reporters" and test.operator in {"<", "<="} and test.holds(facts.voices):
        return True
    return None
