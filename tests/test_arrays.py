"""Lists arrive in the database as they left."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.adapt import Transformer
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.arrays import ArrayDumper

TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)
KINDS = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "float8": st.floats(allow_nan=False),
    "bool": st.booleans(),
    "bytea": st.binary(max_size=20),
    "text": TEXT | st.sampled_from(["null", 'a"b', "a\\b", "{a,b}"]),
    "interval": st.timedeltas(timedelta(0), timedelta(days=40)),
}


def sent(session: Session, kind: str, values: list[Any]) -> list[Any]:
    returned: list[Any] = session.execute(text(f"SELECT CAST(:values AS {kind}[])"), {"values": values}).scalar_one()
    return returned


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_is_sent_is_what_comes_back(session: Session, kind: str, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | KINDS[kind], max_size=5))
    assert sent(session, kind, values) == values


def test_no_number_is_sent_as_such(session: Session) -> None:
    assert math.isnan(sent(session, "float8", [math.nan])[0])


def test_lists_in_lists_are_left_to_the_driver(session: Session) -> None:
    assert sent(session, "int", [[1, 2], [3, 4]]) == [[1, 2], [3, 4]]


def test_the_database_writes_its_lists_so(session: Session) -> None:
    connection: Any = session.connection().connection.dbapi_connection
    assert isinstance(Transformer(connection).get_dumper([b"a"], "s"), ArrayDumper)  # type: ignore[arg-type]
