"""What a verification found, and where."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# Called with how many entries are done, and how many there are to do.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One place where the trail is not what was written; `kind` is one word for it.

    `edited`, `moved`, `missing`, `truncated`, `inserted`, `head` and `rewritten` are about the trail itself,
    `flags`, `decision`, `review` and `revision` about rows that no longer agree with it.
    """

    kind: str
    words: str
    lane: int | None = None
    first: int | None = None
    last: int | None = None

    def __str__(self) -> str:
        """The place, then what is wrong there."""
        if self.lane is None:
            return self.words
        if self.first is None:
            return f"lane {self.lane}: {self.words}"
        place = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        return f"lane {self.lane}, {place}: {self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was looked at, and what was found; nothing is wrong when there are no findings.

    `until` is the time of the newest entry, None when there is none.
    """

    entries: int
    lanes: int
    until: datetime | None
    flags: int
    decisions: int
    findings: tuple[Finding, ...]
