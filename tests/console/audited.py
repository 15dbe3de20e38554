"""The names of actions that the sources write into the audit trail, followed from `audit.append` back to the words.

A name may be written where `append` is called, be handed down by callers, be chosen between two, or be put together:
each of these is followed. What cannot be is told of as `unread`, so that no name slips by unseen.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import moderation_service

SOURCES = Path(moderation_service.__file__).parent
NAME = "\0"  # where a name is filled in

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Sink:
    """An argument that becomes a part of an action's name; `module` where the function is private to one."""

    function: str
    argument: str
    place: int | None
    pattern: str = NAME
    module: Path | None = None


# Kinds of events are kept in rows until all are written, by `arrivals.record_events`, as `cases.KIND`.
SEEDS = (
    Sink("append", "action", None),
    Sink("append_batch", "action", None),
    Sink("system_event", "kind", 2, f"cases.{NAME}"),
    Sink("Touched", "change", None, f"cases.{NAME}"),
)
# What those rows are read back with; SEEDS speaks for them. Dead letters are orders and notices.
KEPT = {"event['kind']", "f'cases.{kind}'", "c.change", "f'{noun}.replayed'"}


@dataclass(frozen=True, slots=True)
class Call:
    """One call, in the function and the file that it stands in."""

    node: ast.Call
    within: Function
    tree: ast.Module
    path: Path


@dataclass(slots=True)
class Audited:
    """What was found."""

    names: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)


def audited() -> Audited:
    """Every name that the sources can write."""
    calls = _calls()
    found, to_do, seen = Audited(), list(SEEDS), set(SEEDS)
    while to_do:
        sink = to_do.pop()
        new = {*_followed(sink, calls[sink.function], found)} - seen
        seen |= new
        to_do += new
    return found


def _calls() -> dict[str, list[Call]]:
    """By the name of what is called, every call."""
    calls: dict[str, list[Call]] = defaultdict(list)
    for path in sorted(SOURCES.rglob("*.py")):
        tree = ast.parse(path.read_bytes())
        for function in (node for node in ast.walk(tree) if isinstance(node, Function)):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                    calls[called].append(Call(node, function, tree, path))
    return calls


def _followed(sink: Sink, calls: Sequence[Call], found: Audited) -> Iterator[Sink]:
    for call in calls:
        if sink.module in (None, call.path):
            given = _argument(call.node, sink)
            if given is not None and ast.unparse(given) not in KEPT:
                yield from _read(given, sink.pattern, call, found)


def _argument(call: ast.Call, sink: Sink) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if sink.argument in named:
        return named[sink.argument]
    return call.args[sink.place] if sink.place is not None and len(call.args) > sink.place else None


def _read(given: ast.expr, pattern: str, call: Call, found: Audited) -> Iterator[Sink]:
    """Read one expression: a name is found, a parameter is one more sink, anything else is not read."""
    if isinstance(given, ast.Constant):
        if isinstance(given.value, str):
            found.names.add(pattern.replace(NAME, given.value))
    elif isinstance(given, ast.JoinedStr) and len(holes := _holes(given)) == 1:
        filled = "".join(str(part.value) if isinstance(part, ast.Constant) else NAME for part in given.values)
        yield from _read(holes[0], pattern.replace(NAME, filled), call, found)
    elif isinstance(given, ast.Name) and given.id in (places := _parameters(call.within)):
        private = call.path if call.within.name.startswith("_") else None
        yield Sink(call.within.name, given.id, places[given.id], pattern, private)
    elif choices := _choices(given, call):
        for choice in choices:
            yield from _read(choice, pattern, call, found)
    else:
        found.unread.add(f"{call.path.relative_to(SOURCES)}: {ast.unparse(given)}")


def _holes(given: ast.JoinedStr) -> list[ast.expr]:
    return [part.value for part in given.values if isinstance(part, ast.FormattedValue)]


def _parameters(function: Function) -> Mapping[str, int | None]:
    """By parameter, its place; None for one that is only ever named."""
    placed = [argument.arg for argument in function.args.args]
    return {name: at for at, name in enumerate(placed)} | {argument.arg: None for argument in function.args.kwonlyargs}


def _choices(given: ast.expr, call: Call) -> list[ast.expr]:
    """What an expression may be: either side of a choice, what a name was given, what a function here returns."""
    if isinstance(given, ast.IfExp):
        return [given.body, given.orelse]
    if isinstance(given, ast.Name):
        return [value for node in ast.walk(call.within) for value in _given_to(given.id, node)]
    if isinstance(given, ast.Call) and isinstance(given.func, ast.Name):
        called = [node for node in call.tree.body if isinstance(node, Function) and node.name == given.func.id]
        return [r.value for node in called for r in ast.walk(node) if isinstance(r, ast.Return) and r.value]
    return []


def _given_to(name: str, node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign) and any(ast.unparse(target) == name for target in node.targets):
        return [node.value]
    if isinstance(node, ast.comprehension) and ast.unparse(node.target) == name:
        return node.iter.elts if isinstance(node.iter, (ast.List, ast.Tuple)) else []
    return []
