"""What the demo's articles do not say of themselves: who wrote them, how much they are read, and what is wrong.

The newsroom needs the first, whoever plays its readers and moderators the rest. It is all in `world.json`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FILE = Path(__file__).parent / "world.json"


@dataclass(frozen=True, slots=True)
class Merit:
    """What a fair moderator would take down (all of it, when no parts are named) and why; `reason` is a reader's."""

    parts: tuple[str, ...]
    clause: str
    ground: str
    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """One article. `popularity` is its weight among what readers open; without `merit` nothing is wrong with it.

    `brigade` is the reason under which some gang together against it.
    """

    language: str
    origin: str
    popularity: int
    merit: Merit | None
    brigade: str | None


@cache
def world() -> Mapping[str, Known]:
    """All articles of the demo by their ids, in the order in which the newsroom ranks them."""
    told = json.loads(FILE.read_text(encoding="utf-8"))
    return MappingProxyType({external_id: _known(one) for external_id, one in told.items()})


def _known(told: Mapping[str, Any]) -> Known:
    wrong = told.get("takedown")
    return Known(
        language=told.get("language", "en"),
        origin=told.get("origin", "editorial"),
        popularity=told["popularity"],
        merit=wrong and Merit(tuple(wrong["parts"]), wrong["clause"], wrong["ground"], wrong["reason"]),
        brigade=told.get("brigade"),
    )
