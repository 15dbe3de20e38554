"""A tree of conditions while it is built: parts are put in and taken out by their place. Pure.

A place is the numbers of the parts on the way to it, `0.2` for the third part of the first; the root's is empty. What
stands in a tree need not be a rule yet: the language's own schema says what is still wrong, and where.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moderation_service.triage.rules.fields import COMPARISONS, FIELDS

GROUPS = ("all", "any", "not")
USUAL_WINDOW = "6h"

Node = dict[str, Any]
Place = tuple[int, ...]


def group_of(node: Mapping[str, Any]) -> str | None:
    """Which group a node is; None for a test."""
    return next((group for group in GROUPS if group in node), None)


def parts_of(node: Mapping[str, Any]) -> list[Node]:
    """What is in a group; a `not` holds one part, or is empty as yet."""
    group = group_of(node)
    if group is None:
        return []
    inner = node[group]
    return list(inner) if isinstance(inner, list) else [inner] if inner else []


def grouped(group: str, parts: list[Node]) -> Node:
    """A group of these parts."""
    return {group: (parts[0] if parts else {}) if group == "not" else parts}


def blank(kind: str) -> Node:
    """What is put in: a group of that name, else a test of that field with nothing to compare with yet."""
    if kind in GROUPS:
        return grouped(kind, [])
    field = FIELDS[kind]
    test: Node = {"field": kind}
    if field.measure is not None:
        test["within"] = USUAL_WINDOW
    return test | {"operator": next(iter(COMPARISONS[field.kind])), "value": ""}


def part_at(tree: Node, place: Place) -> Node | None:
    """What stands at a place; None where nothing does."""
    for number in place:
        parts = parts_of(tree)
        if number >= len(parts):
            return None
        tree = parts[number]
    return tree


def put_in(tree: Node, place: Place, part: Node) -> Node:
    """The tree with another part at the end of the group there; around a test, a group of both is made."""

    def put(node: Node) -> Node:
        group = group_of(node)
        return grouped("all", [node, part]) if group is None else grouped(group, [*parts_of(node), part])

    return _changed(tree, place, put)


def taken_out(tree: Node, place: Place) -> Node:
    """The tree without the part there; without its root it is an empty group."""
    if not place:
        return grouped("all", [])
    *above, last = place
    return _changed(
        tree,
        tuple(above),
        lambda node: grouped(
            group_of(node) or "all", [part for number, part in enumerate(parts_of(node)) if number != last]
        ),
    )


def _changed(node: Node, place: Place, change: Callable[[Node], Node]) -> Node:
    """The tree with what stands there changed; unchanged where nothing does."""
    if not place:
        return change(node)
    first, *rest = place
    parts = parts_of(node)
    group = group_of(node)
    if group is None or first >= len(parts):
        return node
    parts[first] = _changed(parts[first], tuple(rest), change)
    return grouped(group, parts)
