"""The language of rules, told from the tables that read it: for people, and for programs that make a form of it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from moderation_service.triage.rules.action_shapes import SCHEMAS
from moderation_service.triage.rules.fields import COMPARISONS, FIELDS, MANY, Field
from moderation_service.triage.rules.reading import DEEPEST, MOST_TESTS
from moderation_service.triage.rules.shapes import Duration, Number, Whole
from moderation_service.triage.rules.windows import LONGEST, SHORTEST, WHO_WORDS, print_duration

# The first that fits; what has no kind of its own is text.
_KINDS: dict[type[fields.Field[Any]], str] = {
    Whole: "whole",
    Number: "number",
    Duration: "duration",
    fields.Nested: "group",
}


def reference() -> dict[str, Any]:
    """The groups, fields with their operators and bounds, whose flags a window takes, and the actions with options."""
    return {
        "groups": ["all", "any", "not"],
        "deepest": DEEPEST,
        "most_tests": MOST_TESTS,
        "within": {"least": print_duration(SHORTEST), "most": print_duration(LONGEST), "units": ["m", "h", "d"]},
        "who": {who.value: words or "all of them" for who, words in WHO_WORDS.items()},
        "fields": [_field(field) for field in FIELDS.values()],
        "actions": [
            {"do": do, "means": _first_line(schema), "options": _options(schema)} for do, schema in SCHEMAS.items()
        ],
    }


def as_markdown() -> str:
    """The fields and the actions as tables."""
    known = reference()
    windowed = [field["name"] for field in known["fields"] if field["window"]]
    lines = ["| field | means | operators | values |", "|---|---|---|---|"]
    lines += [
        f"| `{f['name']}` | {f['means'].rstrip(',')} | {_code(f['operators'])} | {_values(f)} |"
        for f in known["fields"]
    ]
    least, most = known["within"]["least"], known["within"]["most"]
    lines += [
        "",
        f"{_code(windowed)} are measured in a window: `within` (such as `90m`, `6h` or `2d`; {least} to {most}), "
        "of these `reasons` only (a list), and of these readers, `who`: "
        + "; ".join(f"`{who}` ({words})" for who, words in known["who"].items())
        + ".",
        "",
        "| action | does | options |",
        "|---|---|---|",
    ]
    lines += [f"| `{a['do']}` | {a['means']} | {_told(a['options'])} |" for a in known["actions"]]
    return "\n".join(lines)


def _field(field: Field) -> dict[str, Any]:
    numeric = field.kind.value in ("whole", "number")
    return {
        "name": field.name,
        "kind": field.kind.value,
        "means": field.words,
        "operators": list(COMPARISONS[field.kind]),
        "window": field.measure is not None,
        "who": field.measure is not None and field.of_readers,
        "least": field.least if numeric else None,
        "most": field.most if numeric else None,
        "choices": list(field.choices),
    }


def _first_line(described: Any) -> str:
    return str(type(described).__doc__).splitlines()[0].rstrip(".")


def _options(schema: Any) -> list[dict[str, Any]]:
    return [_option(name, field) for name, field in schema.fields.items() if name != "do"]


def _option(name: str, field: fields.Field[Any]) -> dict[str, Any]:
    choices = next((list(check.choices) for check in field.validators if isinstance(check, validate.OneOf)), [])
    inner = _options(field.schema) if isinstance(field, fields.Nested) else []
    return {
        "name": name,
        "kind": next((kind for shape, kind in _KINDS.items() if isinstance(field, shape)), "text"),
        "required": field.required,
        "least": getattr(field, "least", None),
        "most": getattr(field, "most", None),
        "choices": choices,
        "options": inner,
    }


def _values(field: dict[str, Any]) -> str:
    if field["choices"]:
        return _code(field["choices"])
    if field["least"] is None:
        return "text"
    return f"{field['least']:,} or more" if field["most"] >= MANY else f"{field['least']:,} to {field['most']:,}"


def _told(options: list[dict[str, Any]]) -> str:
    return "; ".join(
        f"`{option['name']}`"
        + (f" ({_code(option['choices'])})" if option["choices"] else "")
        + (f" with {_told(option['options'])}" if option["options"] else "")
        for option in options
    )


def _code(words: list[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
