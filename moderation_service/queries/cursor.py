"""Cursors: where a page ended, opaque to callers; never an offset, so pages neither skip nor repeat."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import InstrumentedAttribute, Session

from moderation_service.errors import Invalid


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor of what comes after them; None after the last."""

    rows: list[dict[str, Any]]
    next: str | None


def page_by_id(
    session: Session,
    query: Select[*tuple[Any, ...]],
    key: InstrumentedAttribute[int],
    row: Callable[..., dict[str, Any]],
    *,
    cursor: str | None,
    limit: int,
) -> Page:
    """A page of a query in the order of its rows' ids; `row` makes what is shown of one, with its `id`.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    (after,) = decode(cursor, int) if cursor is not None else (0,)
    found = session.execute(query.where(key > after).order_by(key).limit(limit + 1)).all()
    rows = [row(*columns) for columns in found[:limit]]
    return Page(rows, encode([rows[-1]["id"]]) if len(found) > limit else None)


def encode(key: Sequence[Any]) -> str:
    """The cursor of a row, from the columns that the rows are ordered by."""
    return base64.urlsafe_b64encode(json.dumps([_plain(part) for part in key]).encode()).decode().rstrip("=")


def decode(cursor: str, *types: type) -> tuple[Any, ...]:
    """What `encode` was given.

    Raises:
        Invalid: this service made no such cursor.
    """
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(plain, list) or len(plain) != len(types):
            raise ValueError
        return tuple(_read(part, kind) for part, kind in zip(plain, types, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("This cursor is not one of ours; start without one", field="cursor") from error


def _plain(part: Any) -> Any:
    if isinstance(part, bytes):
        return part.hex()
    return part.isoformat() if isinstance(part, datetime) else part


def _read(part: Any, kind: type[Any]) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if kind is bytes:
        return bytes.fromhex(part)
    if kind is float:
        if type(part) not in (int, float) or not isfinite(part):
            raise ValueError
        return float(part)
    if type(part) is not int or abs(part) >= 2**63:
        raise ValueError
    return part
