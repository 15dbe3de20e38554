"""What came of each action of the rules that just fired, put together from what their cases came to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from moderation_service.cases.automatic import Outcome
from moderation_service.triage.rules.actions import Action, CloseAsRepeat, Hide, Mute, Notify
from moderation_service.triage.rules.deeds import Deed
from moderation_service.triage.rules.firings import Fired

CLOSED = "the case is closed"
NOBODY_TO_MUTE = "no reader of the case has such a record and is neither trusted nor muted already"


def deeds(
    fired: Sequence[Fired],
    outcomes: Sequence[Outcome],
    *,
    not_hidden: Mapping[int, str | None],
    muting: Collection[int],
) -> dict[int, list[Deed]]:
    """By firing, what came of its actions.

    `not_hidden` says by case why its article was not hidden when that was tried, None where it was; `muting` are the
    firings that muted somebody.
    """
    by_case = {outcome.case_id: outcome for outcome in outcomes}
    found: dict[int, list[Deed]] = {}
    for firing in fired:
        outcome = by_case.get(firing.case_id)
        hiding = not_hidden.get(firing.case_id, "the article is hidden already")
        found[firing.id] = [
            Deed(action, _refused(action, firing, outcome, hiding, muted=firing.id in muting))
            for action in firing.actions
        ]
    return found


def _refused(action: Action, firing: Fired, outcome: Outcome | None, hiding: str | None, *, muted: bool) -> str | None:
    if isinstance(action, Notify):
        return None
    if isinstance(action, Mute):
        return None if muted else NOBODY_TO_MUTE
    return CLOSED if outcome is None else _refused_on_case(action, firing, outcome, hiding)


def _refused_on_case(action: Action, firing: Fired, outcome: Outcome, hiding: str | None) -> str | None:
    if isinstance(action, Hide):
        return CLOSED if outcome.closed else hiding
    own = outcome.kept_open if isinstance(action, CloseAsRepeat) else None
    return _overruled(action, firing, outcome) or own


def _overruled(action: Action, firing: Fired, outcome: Outcome) -> str | None:
    """Which other rule holds against this one."""
    for clash in outcome.effect.clashes:
        if clash.about == action.do and clash.yields.by.id == firing.id:
            return f"the rule {clash.holds.by.rule} holds against it"
    return None
