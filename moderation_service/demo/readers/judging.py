"""How well the service sees what the readers know: pure functions of its queue."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moderation_service.demo.world import Known

GONE = {"hidden", "removed", "removed_legal"}


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open case, first in the queue first; `bad` and `besieged` are what only the play knows of its article."""

    article: str
    reasons: tuple[str, ...]
    flags: int
    escalated: bool
    queue: str
    index: float
    bad: bool
    besieged: bool


def waiting(rows: Sequence[Mapping[str, Any]], world: Mapping[str, Known], besieged: Collection[str]) -> list[Waiting]:
    """The cases of the demo's articles, from a page of the queue as the API tells it."""
    return [
        Waiting(
            article=row["article"]["external_id"],
            reasons=tuple(row["reasons"]),
            flags=row["flags"],
            escalated=row["priority"]["escalation"]["level"] > 0,
            queue=row["queue"],
            index=row["priority"]["index"],
            bad=world[row["article"]["external_id"]].merit is not None,
            besieged=row["article"]["external_id"] in besieged,
        )
        for row in rows
        if row["article"]["external_id"] in world
    ]


def on_top(queue: Sequence[Waiting]) -> list[Waiting]:
    """The bad ones among the first, as many as there are bad ones: all of them when the order is perfect."""
    return [case for case in queue[: sum(case.bad for case in queue)] if case.bad]


def bad_before_fine(queue: Sequence[Waiting]) -> float | None:
    """Of all pairs of a bad and a fine article, the share in which the bad one stands first; None without a pair."""
    pairs = before = bad = 0
    for case in queue:
        if case.bad:
            bad += 1
        else:
            before += bad
            pairs += sum(other.bad for other in queue)
    return before / pairs if pairs else None


def place_of(queue: Sequence[Waiting], article: str) -> int | None:
    """Where an article stands in the queue, from 1; None when it does not wait."""
    return next((place for place, case in enumerate(queue, 1) if case.article == article), None)


def may_flag(state: str | None, *, harm: bool) -> bool:
    """Whether a reader still sees what he would flag; `harm` when it is what a moderator would have taken out."""
    return state not in GONE and not (harm and state == "redacted")
