"""What a moderator typed into the form that decides: kept as it is until it is a ruling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from moderation_service.console import forms
from moderation_service.decisions.ruling import Ruling, Together
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Action

NOTE_LONGEST = 5000
PARTS_MOST = 2500


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields; `cited` is a clause and its ground, as in `3.4/terms`."""

    parts: tuple[str, ...] = ()
    cited: str = ""
    note: str = ""

    @classmethod
    def now(cls) -> Typed:
        """What was just sent."""
        sent = request.form
        parts = tuple(dict.fromkeys(sent.getlist("parts")))[:PARTS_MOST]
        return cls(parts, sent.get("cited", ""), sent.get("note", ""))

    @classmethod
    def citing(cls, last: dict[str, str] | None) -> Typed:
        """What the form offers before anything is typed: what was cited last, if anything was."""
        return cls(cited=f"{last['clause']}/{last['ground']}" if last else "")

    @classmethod
    def at_first(cls, desk: dict[str, Any]) -> Typed:
        """What the form offers before anything is typed: what a first person proposed, else what was cited last.

        No clause is, when what was proposed says something else by now.
        """
        proposed = desk["proposal"]
        if proposed is not None and proposed["clause"] is not None:
            cited = "" if proposed["news"] else f"{proposed['clause']}/{proposed['ground']}"
            return cls(tuple(proposed["parts"]), cited)
        return cls.citing(desk["cited_last"])

    def ruling(self, case_version: int, revision: int, *, together: Together | None = None) -> Ruling:
        """The ruling that was sent, on the case version and article revision that the page showed.

        `together` is what the rulings on several cases that are sent at once have in common.

        Raises:
            Invalid: a field is missing, or is no text we keep.
        """
        action = forms.text("action", longest=20)
        if action not in list(Action):
            raise Invalid("There is no such verdict", field="action")
        clause, _, ground = forms.text("cited", longest=40, shortest=0).partition("/")
        takedown = action == Action.TAKEDOWN
        return Ruling(
            action=Action(action),
            case_version=case_version,
            revision=revision,
            together=together,
            parts=self.parts if takedown else (),
            clause=(clause or None) if takedown else None,
            ground=(ground or None) if takedown else None,
            policy_id=_policy_seen() if takedown else None,
            note=forms.text("note", longest=NOTE_LONGEST, shortest=0) or None,
        )


def _policy_seen() -> int | None:
    """The version of the policy whose clauses the page offered; a page without one offered none."""
    return forms.number("policy") if request.form.get("policy") else None
