"""Statements are compiled once for all tests of a process: each test has an engine, which would do it anew."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.util import LRUCache


class OneDialect(PGDialect_psycopg):
    """The dialect of psycopg, the same for every engine: what is compiled is known by statement and dialect."""

    supports_statement_cache = True
    _only: OneDialect | None = None
    _compiled: LRUCache[Any, Any] = LRUCache(10_000)

    def __new__(cls, **_options: Any) -> OneDialect:
        """The one there is, or the first."""
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __init__(self, **options: Any) -> None:
        """Prepare the first; no engine asks for another dialect than that."""
        if "_options" not in vars(self):
            super().__init__(**options)  # type: ignore[no-untyped-call]
            self._options = options
        assert options == self._options

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Give an engine the statements of those before it."""
        engine.update_execution_options(compiled_cache=cls._compiled)


def compile_once() -> None:
    """Let every engine that this process makes from now on share its statements with the others."""
    registry.register("postgresql.psycopg", __name__, OneDialect.__name__)
