"""What can be said of a rule's conditions before anybody has read the flags of a case. Pure.

Most rules can be ruled out on most cases by what stands written beside the case; reading flags is what costs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moderation_service.triage.rules.conditions import All, AnyOf, Condition, Not, Test
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
    return _WAYS[type(condition)](condition, facts, trusted)


def _all(group: All, facts: CaseFacts, trusted: bool) -> bool | None:
    open_still = False
    for part in group.cheap_first:
        settled = _settled(part, facts, trusted)
        if settled is False:
            return False
        open_still = open_still or settled is None
    return None if open_still else True


def _any(group: AnyOf, facts: CaseFacts, trusted: bool) -> bool | None:
    open_still = False
    for part in group.cheap_first:
        settled = _settled(part, facts, trusted)
        if settled:
            return True
        open_still = open_still or settled is None
    return None if open_still else False


def _not(condition: Not, facts: CaseFacts, trusted: bool) -> bool | None:
    denied = _settled(condition.part, facts, trusted)
    return None if denied is None else not denied


def _test(test: Test, facts: CaseFacts, trusted: bool) -> bool | None:
    if not trusted and test.window is not None and test.window.who is Who.TRUSTED:
        return test.met(facts)  # the window holds as many flags as these facts do: none
    if test.least_voices > facts.voices:
        return False
    if test.field == "flags_per_view" and not facts.views:
        return False
    if test.field == "reporters" and test.operator in {"<", "<="} and test.holds(facts.voices):
        return True
    return None


# By the exact class: asking each whether it is an instance of an abstract one costs more than all the rest of this.
_WAYS: dict[type[Condition], Callable[[Any, CaseFacts, bool], bool | None]] = {
    All: _all,
    AnyOf: _any,
    Not: _not,
    Test: _test,
}
