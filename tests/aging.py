"""Let time go by in a database: what happened so far becomes older."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import psycopg
from psycopg import sql

from moderation_service.migrations import APPEND_ONLY


def make_older(owner: psycopg.Connection, tables: Sequence[str], time: timedelta) -> None:
    """Shift each moment in these tables into the past; `owner` is a connection of the role that owns them."""
    for table in tables:
        _make_older(owner, table, time)


def _make_older(owner: psycopg.Connection, table: str, time: timedelta) -> None:
    found = owner.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = %s AND data_type = 'timestamp with time zone'",
        [table],
    )
    columns = [sql.Identifier(str(name)) for (name,) in found]
    older = sql.SQL(", ").join(sql.SQL("{0} = {0} - {1}").format(column, time) for column in columns)
    name = sql.Identifier(table)
    guarded = table in APPEND_ONLY
    if guarded:
        owner.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER append_only").format(name))
    owner.execute(sql.SQL("UPDATE {} SET {}").format(name, older))
    if guarded:
        owner.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER append_only").format(name))
