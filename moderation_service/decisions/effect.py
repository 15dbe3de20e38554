"""What decisions mean: for the article as a whole, and for one flag. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from moderation_service.policy.vocabulary import Action, Ground


class Verdict(Protocol):
    """As much of a decision as its effect depends on."""

    @property
    def action(self) -> str: ...
    @property
    def parts(self) -> list[str]: ...
    @property
    def ground(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """The state an article should have in its content store.

    `state` is visible, hidden (until a person has reviewed it) or removed; `redacted` are the ids of parts that readers
    must not get; `ground` is that of the takedown, the law before the terms.
    """

    state: str = "visible"
    redacted: tuple[str, ...] = ()
    ground: str | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is stored and sent."""
        return {"state": self.state, "redacted": list(self.redacted), "ground": self.ground}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Wanted:
        """What `to_json` made."""
        return cls(value["state"], tuple(value["redacted"]), value["ground"])


def wanted_state(in_force: Iterable[Verdict], *, hidden: bool = False) -> Wanted:
    """What all the decisions in force on an article, one per case, ask of its content store together.

    A takedown stands until its own case is decided anew; clearing another case of the same article does not lift it.
    `hidden` says that the article's open case hides it until it is reviewed, which takes nothing from any takedown.
    """
    unless_removed = "hidden" if hidden else "visible"
    takedowns = [verdict for verdict in in_force if verdict.action == Action.TAKEDOWN]
    if not takedowns:
        return Wanted(unless_removed)
    whole = [verdict for verdict in takedowns if not verdict.parts]
    grounds = {verdict.ground for verdict in whole or takedowns}
    ground = Ground.LAW.value if Ground.LAW in grounds else Ground.TERMS.value
    redacted = sorted({part for verdict in takedowns for part in verdict.parts})
    return Wanted("removed" if whole else unless_removed, tuple(redacted), ground)


def flag_outcome(verdict: Verdict, part: str | None) -> str:
    """What a decision means for a flag on `part` (None: on the whole article): upheld or not upheld."""
    if verdict.action != Action.TAKEDOWN:
        return "not upheld"
    return "upheld" if not verdict.parts or part is None or part in verdict.parts else "not upheld"


def standing(verdict: Verdict, parts: Iterable[str | None]) -> str:
    """What a decision makes of a reader's voice, from the parts he flagged: upheld when it upholds one of his flags."""
    return "upheld" if "upheld" in {flag_outcome(verdict, part) for part in parts} else "rejected"
