"""Values that have broken other services, and a way to put one into each field that the OpenAPI document names."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

# What a field holds when it is not the one under attack; every other string is "words".
ORDINARY: dict[str, Any] = {
    "external_id": "hostile",
    "url": "https://courier.example/hostile",
    "kind": "quotation",
    "part": "p1",
    "parts": ["p1"],
    "reason": "misleading",
    "locale": "en",
    "language": "en",
    "email": "reader@courier.example",
    "published_on": "2026-03-03",
    "first_seen_at": "2026-03-03T04:05:06Z",
    "from": "2026-03-03T04:05:06Z",
    "until": "2026-04-03T04:05:06Z",
    "clause": "3.4",
    "ground": "terms",
    "action": "takedown",
    "type": "TextQuoteSelector",
    "to": "m2",
    "off": False,
    "good_faith": True,
    "also_known_as": ["https://courier.example/as-well"],
    "document": {
        "name": "hostile",
        "because": "words",
        "position": 1,
        "site": None,
        "conditions": {"all": [{"field": "reporters", "within": "6h", "operator": ">=", "value": 3}]},
        "actions": [{"do": "escalate"}],
    },
}

WORDS = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "\u202egnp.exe\u202c\u2066",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f\U0001f3fd",
    "e" + "\u0301" * 500,
    "x" * 40_000,
    "\U0010ffff" * 300,
    "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd",
    "'; DROP TABLE flags; --",
    "<script>alert(1)</script>",
    "{{7*7}}${7*7}%s%n%(name)s{0}",
    "../../../etc/passwd",
    "a\r\nSet-Cookie: b=c",
    "\x1b[31m\x7f\x08",
    "\u2028\u2029\ufeff\ufffe\uffff",
    "1",
    "NaN",
    "9" * 400,
    "2026-02-30",
    "en-" + "a" * 40,
    "https://[::1",
    "https://courier.example:99999/",
    "a@b",
]
OTHERS: list[Any] = [None, True, 0, -1, 1.5, 2**31, 2**63, -(2**63) - 1, 10**400, [], {}, [[]], {"a": {"b": None}}]
# Tokens that no well-behaved encoder writes.
RAW = [
    b"NaN",
    b"1e400",
    b"9" * 5000,
    b'"\xff\xfe"',
    b'"\xed\xa0\x80"',
    b'"\\ud800"',
    b'"\\u0000"',
    b"[" * 20_000,
    b'{"a":' * 3000 + b"1" + b"}" * 3000,
    b'{"kind": 1, "kind": 2}',
    b"'single'",
    b"",
]
TOKENS = [json.dumps(value).encode() for value in [*WORDS, *OTHERS]] + RAW


def _cursor(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode()


IN_ADDRESSES = [
    *(quote(word[:2000].encode("utf-8", "surrogatepass")) for word in WORDS if word),
    "%00",
    "%FF%FE",
    "%ED%A0%80",
    "%",
    "%zz",
    "%E2%80",
    "a%2Fb",
    "%2e%2e",
    "9" * 18,
    "9" * 30,
    "%D9%A3",
    "%C2%B2",
    *(
        _cursor(key)
        for key in (
            "[1e400]",
            "[NaN, NaN]",
            "[[[]]]",
            "[" * 3000,
            f"[{2**63}, 1]",
            f"[{'9' * 5000}]",
            f'[0, {10**310}, "2026-01-01T00:00:00+00:00", 1]',
            '[1, "0001-01-01T00:00:00+23:59", 1]',
            '[1, "9999-12-31T23:59:59-23:59", 1]',
            '["0001-01-01T00:00:00+23:59", 1]',
            '[1, "2026-01-01T00:00:00", 1]',
            '["\\u0000"]',
            "[true]",
            "{}",
        )
    ),
]
IN_HEADERS = [
    "",
    "a\x00b",
    "\xff\xfe",
    "x" * 8000,
    '"\\',
    "'; DROP TABLE flags; --",
    "Bearer \xff",
    "text/html; charset=\x00",
    "application/json; charset=utf-16",
]
HEADERS = [
    "Authorization",
    "Origin",
    "Idempotency-Key",
    "X-Request-Id",
    "If-None-Match",
    "Content-Type",
    "Accept",
    "Range",
    "Cookie",
]
HOLE = "\u25cc"


class Document:
    """An OpenAPI document that is asked for examples."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]
        self.operations: dict[str, dict[str, Any]] = {
            f"{method.upper()} {path}": {"parameters": [*item.get("parameters", ()), *operation.get("parameters", ())]}
            | {"body": self._body_of(operation), "security": operation.get("security", [])}
            | {"needs_body": operation.get("requestBody", {}).get("required", False)}
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if method != "parameters"
        }

    def _body_of(self, operation: dict[str, Any]) -> Any:
        content = operation.get("requestBody", {}).get("content", {})
        return self.example(content["application/json"]["schema"]) if content else None

    def example(self, schema: dict[str, Any], name: str = "") -> Any:
        """An ordinary value of that schema, with every field there is."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        if name == "flags":  # a batch takes objects of any kind, and loads each as a flag
            return [self.example(self._schemas["Flag"])]
        if name in ORDINARY and ORDINARY[name] in schema.get("enum", [ORDINARY[name]]):
            return ORDINARY[name]
        if "anyOf" in schema:  # how a nested field that may be null is written
            return self.example(schema["anyOf"][0])
        if "oneOf" in schema:  # a short form, and one with more fields
            return self.example(schema["oneOf"][-1])
        return self._made_up(schema)

    def _made_up(self, schema: dict[str, Any]) -> Any:
        if "enum" in schema:
            return schema["enum"][0]
        types = schema.get("type", "object")
        match types if isinstance(types, str) else types[0]:
            case "array":
                return [self.example(schema["items"])]
            case "object":
                return {field: self.example(inner, field) for field, inner in schema.get("properties", {}).items()}
            case "integer":
                return 1
            case "boolean":
                return True
        return "words"


def with_holes(body: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[str, bytes]]:
    """Each field of a body, by its JSON pointer, with the body's bytes where that field is the token `HOLE`."""
    inner = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for key, _ in inner:
        yield from _with_holes_at(body, (*path, key))


def _with_holes_at(whole: Any, path: tuple[Any, ...]) -> Iterator[tuple[str, bytes]]:
    holed = copy.deepcopy(whole)
    place = holed
    for key in path[:-1]:
        place = place[key]
    inner, place[path[-1]] = place[path[-1]], HOLE
    yield "#/" + "/".join(map(str, path)), json.dumps(holed, ensure_ascii=False).encode()
    keys = list(inner) if isinstance(inner, dict) else list(range(len(inner))) if isinstance(inner, list) else []
    for key in keys:
        yield from _with_holes_at(whole, (*path, key))


def fill(holed: bytes, token: bytes) -> bytes:
    """A body with this token in its hole."""
    return holed.replace(json.dumps(HOLE, ensure_ascii=False).encode(), token)
