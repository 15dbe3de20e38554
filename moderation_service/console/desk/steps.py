"""The steps that the case page has forms for, and what was sent with one that it has a form for no longer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from moderation_service.console.desk.typed import Typed
from moderation_service.sites.people import Person


@dataclass(frozen=True, slots=True)
class Unplaced:
    """What was typed or chosen that no field of the page has: shown as text, so that it can be copied."""

    words: str = ""
    clause: str = ""
    ground: str = ""
    parts: tuple[str, ...] = ()


def sent_step() -> str:
    """The step that this request asks for, by the name of its endpoint."""
    return (request.endpoint or "").removeprefix("console.")


def steps_for(desk: Mapping[str, Any], person: Person) -> frozenset[str]:
    """What this person may fill in on the page of a case, by endpoint; a note may be left on any."""
    steps = {"note"}
    if desk["may_decide"] and not _is_of(person, desk["proposal"]):  # nobody is the second person of his own proposal
        steps.add("decide")
    if desk["may_decide"] and desk["state"] == "open":
        steps.add("escalate")
        if desk["colleagues"]:
            steps.add("hand_over")
        if _is_of(person, desk["held"]):
            steps.add("skip")
    return frozenset(steps)


def unplaced(desk: Mapping[str, Any], steps: Collection[str], typed: Typed | None) -> Unplaced:
    """What was sent with a step that was refused, as far as the page of the case as it is now has no field for it.

    `typed` is what was sent in the form that decides; the boxes of parts stand beside the article, with it or without.
    """
    ids = {part["id"] for part in desk["article"]["parts"]}
    gone = tuple(part for part in typed.parts if part not in ids) if typed else ()
    if sent_step() in steps:
        return Unplaced(parts=gone)
    if typed:
        clause, _, ground = typed.cited.partition("/")
        return Unplaced(typed.note, clause, ground, gone)
    return Unplaced(request.form.get("words", ""))


def _is_of(person: Person, row: Mapping[str, Any] | None) -> bool:
    return row is not None and bool(row["moderator_id"] == person.id)
