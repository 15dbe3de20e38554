"""What came of the actions of a firing: each was done, or was not for a reason that people can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation_service.triage.rules.action_shapes import SCHEMAS
from moderation_service.triage.rules.actions import Action

Stored = Mapping[str, Any]

# Beside what an action asks for stands what came of it.
_OUTCOME = frozenset({"done", "because"})


@dataclass(frozen=True, slots=True)
class Deed:
    """An action of a firing; `refused` says why it was not done, and is None where it was."""

    action: Action
    refused: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The action as in a document, with `done`, and `because` where it was not."""
        outcome: dict[str, Any] = {"done": True} if self.refused is None else {"done": False, "because": self.refused}
        return {**SCHEMAS[self.action.do].dump(self.action), **outcome}


def without_outcome(stored: Sequence[Stored]) -> list[dict[str, Any]]:
    """Actions as their document has them, whatever came of them."""
    return [{name: value for name, value in action.items() if name not in _OUTCOME} for action in stored]


def did(stored: Sequence[Stored]) -> list[str]:
    """In words, those of a firing's actions that were done; of a shadow, all that it would try."""
    return [_words(action) for action in stored if action.get("done", True)]


def did_not(stored: Sequence[Stored]) -> list[str]:
    """In words, those of a firing's actions that were not done, each with the reason."""
    return [f"{_words(action)}: {action['because']}" for action in stored if not action.get("done", True)]


def _words(stored: Stored) -> str:
    (plain,) = without_outcome([stored])
    action: Action = SCHEMAS[plain["do"]].load(plain)
    return action.words
