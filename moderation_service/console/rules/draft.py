"""A rule while somebody writes it, by the form's fields or as JSON: the same document, and what its buttons do to it.

Nothing is refused here. What is no rule yet stays as it was typed; the language's schema says what is wrong, and where.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from moderation_service import json_text
from moderation_service.console.rules.tree import GROUPS, Place, blank, grouped, part_at, parts_of, put_in, taken_out
from moderation_service.console.rules.typed import Form, document_of, known_actions
from moderation_service.triage.rules import faults
from moderation_service.triage.rules.document import USUAL_POSITION
from moderation_service.triage.rules.fields import FIELDS

_PLACE = re.compile(r"c((?:\.[0-9]{1,3}){0,20})", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form. `written` is its JSON as it was typed, where it is shown as that.

    `focus` names the part of the form where typing goes on, after a button has changed it.
    """

    document: Any
    written: str | None = None
    focus: str = ""

    @property
    def faults(self) -> list[tuple[str, str]]:
        """What keeps it from being a rule: places in it, each with words."""
        if self.written is not None and self.document is None:
            return [("document", "This is not JSON.")]
        return faults(self.document)


def blank_rule() -> dict[str, Any]:
    """A rule that says nothing yet."""
    return {
        "name": "",
        "because": "",
        "position": USUAL_POSITION,
        "site": None,
        "conditions": grouped("all", []),
        "actions": [],
    }


def as_json(document: Any) -> Draft:
    """A document, shown as JSON."""
    return Draft(document, json.dumps(document, ensure_ascii=False, indent=2))


def sent(form: Form) -> Draft:
    """What was just sent, as it was typed; a document is None where its JSON is none."""
    if "json" not in form:
        return Draft(document_of(form))
    words = form["json"]
    try:
        return Draft(json_text.parsed(words), words)
    except ValueError:
        return Draft(None, words)


def after(draft: Draft, step: str, kind: str) -> Draft:
    """The draft after a button that changes its parts; `kind` is what is to be added.

    The buttons are `add PLACE`, `remove PLACE`, `add-action`, `remove-action NUMBER`; any other changes nothing.
    """
    verb, _, at = step.partition(" ")
    if draft.written is not None:
        return draft
    place = _place(at)
    if verb == "add" and place is not None and (kind in FIELDS or kind in GROUPS):
        return _with_condition(draft.document, at, place, kind)
    if verb == "remove" and place is not None:
        conditions = taken_out(draft.document["conditions"], place)
        return Draft(draft.document | {"conditions": conditions}, focus=at.rpartition(".")[0] or "c")
    if verb == "add-action" and kind in known_actions():
        actions = [*draft.document["actions"], {"do": kind}]
        return Draft(draft.document | {"actions": actions}, focus=f"a.{len(actions) - 1}")
    if verb == "remove-action" and _NUMBER.fullmatch(at):
        actions = [action for number, action in enumerate(draft.document["actions"]) if number != int(at)]
        return Draft(draft.document | {"actions": actions}, focus="a")
    return draft


def _with_condition(document: dict[str, Any], at: str, place: Place, kind: str) -> Draft:
    conditions = put_in(document["conditions"], place, blank(kind))
    group = part_at(conditions, place) or {}
    return Draft(document | {"conditions": conditions}, focus=f"{at}.{len(parts_of(group)) - 1}")


def _place(at: str) -> Place | None:
    found = _PLACE.fullmatch(at)
    return tuple(int(number) for number in found[1].split(".")[1:]) if found else None
