"""Long lists on their way into PostgreSQL: written down some times faster than the driver does it.

psycopg looks with a regular expression at each element whether it needs quotes. Statements here take ten thousand
readers or numbers at a time, whose kind alone tells; with the driver's own way that is the dearest part of triage.
"""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType
from typing import Any

from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.types.array import ListDumper

# By the exact type of all elements: what has no delimiter, quote or space in it, or (bytes) always the same ones.
_WRITERS: dict[type, Callable[[Any], str]] = {
    int: int.__repr__,
    float: float.__repr__,
    bool: "ft".__getitem__,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
}


class ArrayDumper(ListDumper):
    """A list of numbers, truth values or bytes as PostgreSQL reads it; any other list is left to the driver."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        """The list as the text of an array."""
        kinds = set(map(type, obj))
        has_null = NoneType in kinds
        kinds.discard(NoneType)
        write = _WRITERS.get(kinds.pop()) if len(kinds) == 1 else None
        if write is None:
            return super().dump(obj)
        written = ("NULL" if value is None else write(value) for value in obj) if has_null else map(write, obj)
        return f"{{{','.join(written)}}}".encode()


def teach(connection: Connection[Any], *_pool: object) -> None:
    """Let a connection write its lists so; as SQLAlchemy's event `connect` calls it."""
    connection.adapters.register_dumper(list, ArrayDumper)
