"""The fields of the form for a rule as a document: what was typed, number or not, wherever the schema looks for it.

Conditions are named by their place, `c` the root, `c.0` its first part; actions `a.0`, `a.1`. What follows the last dot
is what the language calls it: `c.0.value`, `a.1.lane`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count, islice, takewhile
from typing import Any

from werkzeug.datastructures import MultiDict

from moderation_service.console.rules.tree import GROUPS, Node, grouped
from moderation_service.triage.rules.document import MOST_ACTIONS
from moderation_service.triage.rules.fields import FIELDS, Kind
from moderation_service.triage.rules.reading import DEEPEST, MOST_TESTS
from moderation_service.triage.rules.reference import reference

_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{0,15}\.[0-9]{1,15}", re.ASCII)

Form = MultiDict[str, str]


def document_of(form: Form) -> dict[str, Any]:
    """What the form's fields say together; of more than a rule may have, as much as shows that it is too much."""
    return {
        "name": _text(form, "name"),
        "because": _text(form, "because"),
        "position": _number(_text(form, "position")),
        "site": _text(form, "site") or None,
        "conditions": _node(form, "c", _Room()),
        "actions": [_action(form, at) for at in islice(_numbered(form, "a", "do"), MOST_ACTIONS + 1)],
    }


@cache
def known_actions() -> dict[str, list[dict[str, Any]]]:
    """The actions there are, each with its options, as the language tells them."""
    return {action["do"]: action["options"] for action in reference()["actions"]}


@dataclass(slots=True)
class _Room:
    """How many tests are still read: one more than may be, by which the schema sees that there are too many."""

    left: int = MOST_TESTS + 1


def _node(form: Form, at: str, room: _Room, depth: int = 0) -> Node:
    if _text(form, f"{at}.field") in FIELDS:
        room.left -= 1
        return _test(form, at)
    group = _text(form, f"{at}.group")
    # One level more than may be: that it is too deep, the schema says.
    inner = iter(()) if depth > DEEPEST else _numbered(form, at, "field", "group")
    read = takewhile(lambda _: room.left > 0, islice(inner, 1 if group == "not" else None))
    parts = [_node(form, part, room, depth + 1) for part in read]
    room.left -= not parts  # which the schema counts as a test
    return grouped(group if group in GROUPS else "all", parts)


def _test(form: Form, at: str) -> Node:
    field = FIELDS[_text(form, f"{at}.field")]
    test: Node = {"field": _text(form, f"{at}.field"), "operator": _text(form, f"{at}.operator")}
    if field.measure is not None:
        test["within"] = _duration(form, f"{at}.within")
        who, reasons = _text(form, f"{at}.who"), form.getlist(f"{at}.reasons")
        test |= {"who": who} if who not in ("", "any") else {}
        test |= {"reasons": reasons} if reasons else {}
    if field.kind in (Kind.WHOLE, Kind.NUMBER):
        return test | {"value": _number(_text(form, f"{at}.value"))}
    return test | {"value": _texts(form, f"{at}.value", several=test["operator"] == "in")}


def _texts(form: Form, name: str, *, several: bool) -> str | list[str]:
    """One text, or several: ticked one by one, or a line each. Too many for what they are compared by stay a list."""
    lines = [line.strip() for given in form.getlist(name) for line in given.splitlines()]
    found = [line for line in lines if line]
    return found if several or len(found) > 1 else "".join(found)


def _action(form: Form, at: str) -> Node:
    do = _text(form, f"{at}.do")
    return {"do": do} | _options(form, at, known_actions().get(do, []))


def _options(form: Form, at: str, options: Sequence[Mapping[str, Any]]) -> Node:
    return {option["name"]: _option(form, f"{at}.{option['name']}", option) for option in options}


def _option(form: Form, name: str, option: Mapping[str, Any]) -> Any:
    match option["kind"]:
        case "group":
            return _options(form, name, option["options"])
        case "duration":
            return _duration(form, name)
        case "whole" | "number":
            return _number(_text(form, name))
    return _text(form, name)


def _numbered(form: Form, at: str, *signs: str) -> Iterator[str]:
    """The names `at.0`, `at.1` and so on, as far as the form has one of their signs."""
    names = (f"{at}.{number}" for number in count())
    return takewhile(lambda name: any(f"{name}.{sign}" in form for sign in signs), names)


def _duration(form: Form, name: str) -> str:
    return f"{_text(form, name)[:20]}{_text(form, f'{name}.unit')[:1]}"


def _number(words: str) -> int | float | str:
    """The number that was typed; what is none stays as it is."""
    if _WHOLE.fullmatch(words):
        return int(words)
    return float(words) if _NUMBER.fullmatch(words) else words


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip()
