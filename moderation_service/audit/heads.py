"""Where each chain ends, in a form to be kept elsewhere: who rewrites the whole trail cannot rewrite that."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.audit.models import AuditLane
from moderation_service.db import utcnow
from moderation_service.errors import Invalid


class Head(NamedTuple):
    """The last entry of one lane: its number, counted from 1, and its hash."""

    lane: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Heads:
    """Every lane that has entries, at one moment."""

    at: datetime
    lanes: tuple[Head, ...]

    @property
    def entries(self) -> int:
        """How many entries all lanes have together."""
        return sum(head.seq for head in self.lanes)

    def digest(self) -> str:
        """One SHA-256 over all of them, in hex."""
        lines = (f"{lane}:{seq}:{last.hex()}\n" for lane, seq, last in self.lanes)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def to_json(self) -> str:
        """One line of compact JSON, about 80 characters a lane."""
        kept = {
            "at": self.at.isoformat(),
            "entries": self.entries,
            "digest": self.digest(),
            "lanes": {str(lane): [seq, last.hex()] for lane, seq, last in self.lanes},
        }
        return json.dumps(kept, separators=(",", ":"))

    @classmethod
    def from_json(cls, line: str) -> Heads:
        """What `to_json` made.

        Raises:
            Invalid: it is something else, or was changed since.
        """
        try:
            kept = json.loads(line)
            lanes = [Head(int(lane), int(seq), bytes.fromhex(last)) for lane, (seq, last) in kept["lanes"].items()]
            heads = cls(datetime.fromisoformat(kept["at"]), tuple(sorted(lanes)))
            intact = heads.digest() == kept["digest"]
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Invalid("This is no head of an audit trail", field="head") from error
        if not intact:
            raise Invalid("This head was changed since it was printed: its digest does not match", field="head")
        return heads


def heads(session: Session) -> Heads:
    """Where each chain ends now."""
    rows = session.execute(
        select(AuditLane.lane, AuditLane.seq, AuditLane.hash).where(AuditLane.seq > 0).order_by(AuditLane.lane)
    )
    return Heads(utcnow(session), tuple(Head(*row) for row in rows))
