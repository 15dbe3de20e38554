"""A rule as a document: JSON in, a `Rule` out, back again, and what changed between two of them in readable lines."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from moderation_service.errors import Invalid
from moderation_service.triage.rules.action_shapes import ActionField, faults_together
from moderation_service.triage.rules.actions import Action
from moderation_service.triage.rules.conditions import Condition
from moderation_service.triage.rules.reading import read_conditions
from moderation_service.triage.rules.shapes import Slug, Whole, Words

BECAUSE_LONGEST = 1000
LAST_POSITION = 100_000
USUAL_POSITION = 100
MOST_ACTIONS = 10


@dataclass(frozen=True)
class Rule:
    """When, and what then. Rules run by `position`, then by name; `site` is a slug, None for all sites.

    `name` is a slug of its own; `because` says to people why the rule exists.
    """

    name: str
    because: str
    position: int
    site: str | None
    conditions: Condition
    actions: tuple[Action, ...]


class ConditionsField(fields.Field[Condition]):
    """The tree of conditions: {"all": [...]}, {"any": [...]}, {"not": ...}, or a test of one field."""

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> Condition:
        return read_conditions(value)

    def _serialize(self, value: Condition | None, *_where: Any, **_options: Any) -> Any:
        return value.document() if value else None


class RuleSchema(Schema):
    """The shape of a rule document; loads a `Rule`, dumps the document."""

    name = Slug(required=True)
    because = Words(longest=BECAUSE_LONGEST, required=True)
    position = Whole(least=0, most=LAST_POSITION, load_default=USUAL_POSITION)
    site = Slug(load_default=None, allow_none=True)
    conditions = ConditionsField(required=True)
    actions = fields.List(ActionField(), required=True, validate=validate.Length(1, MOST_ACTIONS))

    @validates_schema
    def _check_actions(self, data: Mapping[str, Any], **_options: Any) -> None:
        faults = faults_together(data["actions"])
        if faults:
            raise ValidationError({"actions": faults})

    @post_load
    def _make(self, data: dict[str, Any], **_options: Any) -> Rule:
        return Rule(**{**data, "actions": tuple(data["actions"])})


_SCHEMA = RuleSchema()


def load(document: Any) -> Rule:
    """The rule that a document stands for.

    Raises Invalid with every fault in its words; `field` is the path of the first (`conditions.all[0].value`), and
    `extra["faults"]` are all of them as lines. A route that uses `RuleSchema` itself has them as marshmallow's.
    """
    try:
        rule: Rule = _SCHEMA.load(document)
    except ValidationError as error:
        found = list(_faults(error.messages))
        lines = [f"{path}: {words}" for path, words in found]
        raise Invalid("; ".join(lines), field=found[0][0], faults=lines) from error
    return rule


def faults(document: Any) -> list[tuple[str, str]]:
    """What keeps a document from being a rule: places in it, each with words; nothing where it is one."""
    try:
        _SCHEMA.load(document)
    except ValidationError as error:
        return list(_faults(error.messages))
    return []


def _faults(messages: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Marshmallow's nested messages as paths with words."""
    if not isinstance(messages, Mapping):
        yield from ((path or "document", str(message)) for message in messages)
        return
    for key, inner in messages.items():
        yield from _faults(inner, path if key == "_schema" else _step(path, key))


def _step(path: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)


def dump(rule: Rule) -> dict[str, Any]:
    """The document of a rule, written the one usual way; loads to an equal rule."""
    document: dict[str, Any] = _SCHEMA.dump(rule)
    return document


def diff(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """What makes one document into the other, a line for each place: `+` added, `-` gone, `~` changed.

    `old` is None for a rule that is new. Dump both first: then the same said in other words is no change.
    """
    return list(_changes("", old or {}, new))


def _changes(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            yield from _entry(_step(path, key), old, new, key)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _items(path, old, new)
    elif old != new:
        yield f"~ {path}: {_written(old)} -> {_written(new)}"


def _entry(path: str, old: Mapping[str, Any], new: Mapping[str, Any], key: str) -> Iterator[str]:
    if key not in new:
        yield f"- {path}: {_written(old[key])}"
    elif key not in old:
        yield f"+ {path}: {_written(new[key])}"
    else:
        yield from _changes(path, old[key], new[key])


def _items(path: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
    """Changes of a list: what was put in or taken out is one line, however much it moved what follows."""
    matcher = SequenceMatcher(None, [_written(item) for item in old], [_written(item) for item in new], autojunk=False)
    for kind, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if kind == "equal":
            continue
        common = min(old_to - old_from, new_to - new_from)
        for step in range(common):
            yield from _changes(f"{path}[{new_from + step}]", old[old_from + step], new[new_from + step])
        yield from (f"- {path}[{at}]: {_written(old[at])}" for at in range(old_from + common, old_to))
        yield from (f"+ {path}[{at}]: {_written(new[at])}" for at in range(new_from + common, new_to))


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
