"""A rule in words: its conditions and actions as a person would say them, in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from babel.units import format_unit

from moderation_service.console.desk.vocabulary import REASONS
from moderation_service.console.rules import vocabulary
from moderation_service.console.words import _, language, number, percent
from moderation_service.errors import Invalid
from moderation_service.triage.rules import deeds, load

_UNITS = {"m": "duration-minute", "h": "duration-hour", "d": "duration-day"}

Node = Mapping[str, Any]


class Told(NamedTuple):
    """What a rule says, in two halves of a sentence."""

    when: str
    then: str


def told(document: Node) -> Told | None:
    """The rule of a document in one line; None where its language is not that of this service any more."""
    try:
        load(document)
    except Invalid:
        return None
    return Told(condition(document["conditions"]), "; ".join(map(action, document["actions"])))


def condition(node: Node) -> str:
    """A tree of conditions in one line."""
    if "field" in node:
        return test(node)
    if "not" in node:
        return _("not (%(inner)s)") % {"inner": condition(node["not"])}
    group, word = ("all", _("and")) if "all" in node else ("any", _("or"))
    parts = [_bracketed(part) for part in node[group]]
    return f" {word} ".join(parts) if len(parts) > 1 else condition(node[group][0])


def _bracketed(node: Node) -> str:
    """A part of a group; a group in it needs brackets to be read rightly."""
    return f"({condition(node)})" if "all" in node or "any" in node else condition(node)


def test(node: Node) -> str:
    """One test: `distinct readers with a record within 6 hr: at least 3`."""
    compared = vocabulary.OPERATORS[node["operator"]]
    return f"{looked_at(node)}: {_(compared)} {values(node['field'], node['value'])}"


def values(field: str, found: str | float | Sequence[str]) -> str:
    """A value of a field, or several."""
    several = [found] if isinstance(found, str | int | float) else found
    return _either([_value(field, value) for value in several])


def looked_at(node: Node) -> str:
    """What a test looks at: its field, and in which window of whose flags."""
    field, who = vocabulary.FIELDS[node["field"]], node.get("who", "any")
    words = [_(field)] if who == "any" else [_(field), _(vocabulary.WHO[who])]
    if node.get("reasons"):
        given = [_(REASONS[reason]) for reason in node["reasons"]]
        words.append(_("for %(reasons)s") % {"reasons": _either(given)})
    if "within" in node:
        words.append(_("within %(span)s") % {"span": span(node["within"])})
    return " ".join(words)


def _either(words: Sequence[str]) -> str:
    return f" {_('or')} ".join(words)


def span(duration: str) -> str:
    """A duration of a document, such as 6h, as the language writes it."""
    return str(format_unit(int(duration[:-1]), _UNITS[duration[-1]], length="long", locale=language()))


def action(said: Node) -> str:
    """What an action does, as words that follow `to`."""
    kind = said.get("lane") or said.get("who") or said.get("channel")
    words = vocabulary.DEEDS[f"{said['do']} {kind}" if kind else said["do"]]
    values = {**said, **said.get("reporters", {})}
    if "within" in values:
        values["within"] = span(values["within"])
    if "upheld_share_below" in values:
        values["upheld_share_below"] = percent(values["upheld_share_below"])
    return _(words) % values


def _value(field: str, value: str | float) -> str:
    if not isinstance(value, str):
        return number(value)
    known: Mapping[str, str] = {"reason": REASONS, "origin": vocabulary.ORIGINS}.get(field, {})
    return _(known[value.casefold()]) if value.casefold() in known else _("“%(words)s”") % {"words": value}


def lines(document: Node) -> Sequence[str]:
    """Its actions in words, one by one."""
    return [action(said) for said in document["actions"]]


def part_at(document: Node, place: str) -> Any:
    """What stands at a place of a document, such as `conditions.all[0]`."""
    found: Any = document
    for step in re.findall(r"\w+", place):
        found = found[int(step)] if step.isdecimal() else found[step]
    return found


def done(stored: Sequence[Node]) -> str:
    """Those of a firing's actions that were done; of a shadow, all that it would try."""
    return "; ".join(map(action, deeds.without_outcome([one for one in stored if one.get("done", True)])))


def left_undone(stored: Sequence[Node]) -> Sequence[tuple[str, str]]:
    """Those of a firing's actions that were not done, each with the reason as the service gave it."""
    left = [one for one in stored if not one.get("done", True)]
    return [(action(one), one["because"]) for one in left]


def lane(name: str) -> str:
    """Whose work a rule makes more, as a backtest names it."""
    kind, _name, queue = name.partition(" ")
    return _(vocabulary.LANES[kind]) % {"name": queue}
