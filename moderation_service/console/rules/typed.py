"""The fields of the form for a rule as a document: what was typed, number or not, wherever the schema looks for it.

Conditions are named by their place, `c` the root, `c.0` its first part; actions `a.0`, `a.1`. What follows the last dot
is what the language calls it: `c.0.value`, `a.1.lane`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count, takewhile
from typing import Any

from werkzeug.datastructures import MultiDict

from moderation_service.console.rules.tree import GROUPS, Node, grouped
from moderation_service.triage.rules.fields import FIELDS, Kind
from moderation_service.triage.rules.reading import DEEPEST
from moderation_service.triage.rules.reference import reference

LONGEST = 5000  # characters of one field
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{0,15}\.[0-9]{1,15}", re.ASCII)

Form = MultiDict[str, str]


def document_of(form: Form) -> dict[str, Any]:
    """What the form's fields say together."""
    return {
        "name": _text(form, "name"),
        "because": _text(form, "because"),
        "position": _number(_text(form, "position")),
        "site": _text(form, "site") or None,
        "conditions": _node(form, "c"),
        "actions": [_action(form, at) for at in _numbered(form, "a", "do")],
    }


@cache
def known_actions() -> dict[str, list[dict[str, Any]]]:
    """The actions there are, each with its options, as the language tells them."""
    return {action["do"]: action["options"] for action in reference()["actions"]}


def _node(form: Form, at: str, depth: int = 0) -> Node:
    if _text(form, f"{at}.field") in FIELDS:
        return _test(form, at)
    group = _text(form, f"{at}.group")
    # One level more than may be: that it is too deep, the schema says.
    inner = [] if depth > DEEPEST else _numbered(form, at, "field", "group")
    return grouped(group if group in GROUPS else "all", [_node(form, part, depth + 1) for part in inner])


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
    lines = [line.strip() for given in form.getlist(name) for line in given[:LONGEST].splitlines()]
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


def _numbered(form: Form, at: str, *signs: str) -> list[str]:
    """The names `at.0`, `at.1` and so on, as far as the form has one of their signs."""
    names = (f"{at}.{number}" for number in count())
    return list(takewhile(lambda name: any(f"{name}.{sign}" in form for sign in signs), names))


def _duration(form: Form, name: str) -> str:
    return f"{_text(form, name)[:20]}{_text(form, f'{name}.unit')[:1]}"


def _number(words: str) -> int | float | str:
    """The number that was typed; what is none stays as it is."""
    if _WHOLE.fullmatch(words):
        return int(words)
    return float(words) if _NUMBER.fullmatch(words) else words


def _text(form: Form, name: str) -> str:
    return form.get(name, "")[:LONGEST].strip()
