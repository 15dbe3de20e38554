"""Read the conditions of a rule document: JSON in, a `Condition` out, or every fault with the place it stands at."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from moderation_service.policy.vocabulary import Reason
from moderation_service.triage.rules.conditions import All, AnyOf, Condition, Not, Test
from moderation_service.triage.rules.fields import COMPARISONS, FIELDS, Field, Kind
from moderation_service.triage.rules.shapes import Duration, Number, Whole, Words
from moderation_service.triage.rules.windows import Who, Window

DEEPEST = 8
MOST_TESTS = 64
TEXT_LONGEST = 200
GROUPS = ("all", "any", "not")


def read_conditions(document: Any, path: str = "conditions") -> Condition:
    """The conditions that a document stands for; `path` is where it stands.

    Raises marshmallow.ValidationError, whose messages are nested as the document is.
    """
    _check_size(document)
    return _read(document, path)


def _check_size(document: Any) -> None:
    """Refuse a tree that is too deep or too wide before anything walks it by recursion."""
    waiting, tests = [(document, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValidationError(f"Nested more than {DEEPEST} deep.")
        parts = _parts(node)
        tests += not parts
        if tests + len(waiting) + len(parts) > MOST_TESTS:
            raise ValidationError(f"More than {MOST_TESTS} tests.")
        waiting.extend((part, depth + 1) for part in parts)


def _parts(node: Any) -> list[Any]:
    if not isinstance(node, Mapping):
        return []
    groups = [node[group] for group in GROUPS if group in node]
    return [part for group in groups for part in (group if isinstance(group, list) else [group])]


def _read(node: Any, path: str) -> Condition:
    if not isinstance(node, Mapping):
        raise ValidationError("Not an object.")
    if "field" in node:
        return _read_test(node, path)
    if len(node) != 1 or next(iter(node)) not in GROUPS:
        raise ValidationError("Must have a field, or be exactly one of all, any and not.")
    group, inner = next(iter(node.items()))
    try:
        if group == "not":
            return Not(_read(inner, f"{path}.not"))
        parts = _read_parts(inner, f"{path}.{group}")
        return All(parts) if group == "all" else AnyOf(parts)
    except ValidationError as error:
        raise ValidationError({group: error.messages}) from None


def _read_parts(nodes: Any, path: str) -> tuple[Condition, ...]:
    if not isinstance(nodes, list) or not nodes:
        raise ValidationError("Must be a list of one condition at least.")
    parts, faults = [], {}
    for number, node in enumerate(nodes):
        try:
            parts.append(_read(node, f"{path}[{number}]"))
        except ValidationError as error:
            faults[number] = error.messages
    if faults:
        raise ValidationError(faults)
    return tuple(parts)


def _read_test(node: Mapping[str, Any], path: str) -> Test:
    name = node["field"]
    if not isinstance(name, str) or name not in FIELDS:
        raise ValidationError({"field": [f"Must be one of: {', '.join(FIELDS)}."]})
    field = FIELDS[name]
    found = _schema(field).load({key: value for key, value in node.items() if key != "field"})
    value, operator = found["value"], found["operator"]
    if isinstance(value, tuple) != (operator == "in"):
        raise ValidationError({"value": ["Must be a list for in, and a single value otherwise."]})
    window = None
    if field.measure is not None:
        window = Window(found["within"], frozenset(found["reasons"]), Who(found["who"]))
    return Test(path, name, operator, value, window)


@cache
def _schema(field: Field) -> Schema:
    """What a test of this field has to say beside its name."""
    shape: dict[str, Any] = {
        "operator": fields.String(required=True, validate=validate.OneOf(list(COMPARISONS[field.kind]))),
        "value": _value(field),
    }
    if field.measure is not None:
        shape["within"] = Duration(required=True)
        reason = fields.String(validate=validate.OneOf([reason.value for reason in Reason]))
        shape["reasons"] = fields.List(reason, load_default=[])
        who = [who.value for who in Who] if field.of_readers else [Who.ANY.value]
        shape["who"] = fields.String(validate=validate.OneOf(who), load_default=Who.ANY.value)
    return Schema.from_dict(shape, name=f"{field.name.title()}TestSchema")()


def _value(field: Field) -> fields.Field[Any]:
    if field.kind is Kind.WHOLE:
        return Whole(least=field.least, most=field.most, required=True)
    if field.kind is Kind.NUMBER:
        return Number(least=field.least, most=field.most, required=True)
    return OneOrMore(Words(longest=TEXT_LONGEST, choices=field.choices), required=True)


class OneOrMore(fields.Field[Any]):
    """A single text, or a list of 1 to 100 of them (loaded as a tuple)."""

    def __init__(self, inner: fields.Field[str], **options: Any) -> None:
        super().__init__(**options)
        self.inner = inner
        self.several = fields.List(inner, validate=validate.Length(1, 100))

    def _deserialize(self, value: Any, *_where: Any, **_options: Any) -> str | tuple[str, ...]:
        if isinstance(value, list):
            texts: list[Any] = self.several.deserialize(value)
            return tuple(texts)
        text: str = self.inner.deserialize(value)
        return text
