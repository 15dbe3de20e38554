"""The groups of a rule's conditions with what they came to, so that a test under `not` is read as it counts. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from moderation_service.triage.rules.conditions import All, AnyOf, Condition, Group, Not, Seen


class SeenGroup(NamedTuple):
    """An `all`, `any` or `not`: where it stands in the document, and whether what is in it comes to a yes."""

    path: str
    group: str
    met: bool


def groups(conditions: Condition, seen: Sequence[Seen], path: str = "conditions") -> list[SeenGroup]:
    """The groups in conditions, each before what is in it, from what all their tests saw."""
    met = {test.path: test.met for test in seen}
    return [SeenGroup(at, *_comes_to(part, at, met)) for at, part in _walk(conditions, path)]


def _walk(part: Condition, path: str) -> Iterator[tuple[str, Condition]]:
    inner = _inner(part, path)
    if inner:
        yield path, part
    for at, below in inner:
        yield from _walk(below, at)


def _inner(part: Condition, path: str) -> list[tuple[str, Condition]]:
    if isinstance(part, Not):
        return [(f"{path}.not", part.part)]
    if isinstance(part, Group):
        return [(f"{path}.{_name(part)}[{number}]", below) for number, below in enumerate(part.parts)]
    return []


def _comes_to(part: Condition, path: str, met: Mapping[str, bool]) -> tuple[str, bool]:
    return _name(part), _met(part, path, met)


def _met(part: Condition, path: str, met: Mapping[str, bool]) -> bool:
    inner = [_met(below, at, met) for at, below in _inner(part, path)]
    if isinstance(part, Not):
        return not inner[0]
    if isinstance(part, All):
        return all(inner)
    return any(inner) if isinstance(part, AnyOf) else met[path]


def _name(part: Condition) -> str:
    return {All: "all", AnyOf: "any", Not: "not"}[type(part)]
