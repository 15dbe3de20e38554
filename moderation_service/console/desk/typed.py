"""What a moderator typed into the form that decides: kept as it is until it is a ruling."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from moderation_service.console import forms
from moderation_service.decisions.ruling import Ruling
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
        return cls(parts, sent.get("cited", ""), sent.get("note", "")[:NOTE_LONGEST])

    @classmethod
    def at_first(cls, desk: dict[str, Any]) -> Typed:
        """What the form offers before anything is typed: what a first person proposed, else what was cited last."""
        proposed = desk["proposal"]
        if proposed is not None and proposed["clause"] is not None:
            return cls(tuple(proposed["parts"]), f"{proposed['clause']}/{proposed['ground']}")
        last = desk["cited_last"]
        return cls(cited=f"{last['clause']}/{last['ground']}" if last else "")

    def ruling(self) -> Ruling:
        """The ruling that was sent, on what the page showed.

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
            case_version=forms.number("case_version"),
            revision=forms.number("article_revision"),
            parts=self.parts if takedown else (),
            clause=(clause or None) if takedown else None,
            ground=(ground or None) if takedown else None,
            note=forms.text("note", longest=NOTE_LONGEST, shortest=0) or None,
        )
