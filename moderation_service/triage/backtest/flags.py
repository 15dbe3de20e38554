"""The flags of cases as they stood from one moment to the next.

A flag has more than one life when its reader took it back and gave it again: triage then weighs it anew, over what it
knew before. `flag_lives` keeps what that was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from moderation_service.triage.backtest.reading import Connection, Period, rows
from moderation_service.triage.rules.facts import FlagFact

# What was triaged before readers were weighed weighs nothing, and its reader was new.
_KNOWN = """reporter, reason, received_at, coalesce({of}.weight, 0), coalesce({of}.reporter_upheld, 0),
       coalesce({of}.reporter_rejected, 0), coalesce({of}.reporter_fresh, false),
       coalesce({of}.reporter_trusted, false)"""

_FLAGS = """
SELECT case_id, id, triaged_at, withdrawn_at, {known}
FROM flags
WHERE article_id = ANY (%(articles)s) AND case_id = ANY (%(cases)s) AND triaged_at < %(end)s ORDER BY article_id, id
"""
FLAGS = _FLAGS.format(known=_KNOWN.format(of="flags"))

_LIVES = """
SELECT flags.id, life.case_id, life.triaged_at, life.withdrawn_at, life.reinstated_at, flags.triaged_at,
       {known}
FROM flag_lives life JOIN flags ON flags.id = life.flag_id
WHERE life.article_id = ANY (%(articles)s) ORDER BY flags.id, life.reinstated_at
"""
LIVES = _LIVES.format(known=_KNOWN.format(of="life"))


class StoredFlag(NamedTuple):
    """A flag as its case knew it from `since` on, until it was taken back or weighed anew (or to this day)."""

    id: int
    since: datetime
    until: datetime | None
    fact: FlagFact

    def stands(self, now: datetime) -> bool:
        """Whether the case knew of it then, and it stood."""
        return self.since <= now and (self.until is None or self.until > now)


def read_flags(
    connection: Connection, period: Period, articles: Collection[int], case_ids: Collection[int]
) -> dict[int, list[StoredFlag]]:
    """By case, its flags in the order of their ids; of the cases of these articles alone."""
    wanted = set(case_ids)
    where = {"articles": list(articles), "cases": list(wanted)}
    ended = rows(connection, LIVES, period, where)
    # A flag that stands again is seen at once, and weighed anew a little later.
    again = {row[0]: row[4] for row in ended}
    flags: defaultdict[int, list[StoredFlag]] = defaultdict(list)
    for case_id, flag_id, triaged_at, withdrawn_at, *fact in rows(connection, FLAGS, period, where):
        since = max(triaged_at, again[flag_id]) if flag_id in again else triaged_at
        flags[case_id].append(StoredFlag(flag_id, since, withdrawn_at, FlagFact(*fact)))
    for _, lives in groupby(ended, key=itemgetter(0)):
        for case_id, life in _ended(list(lives)):
            if case_id in wanted:
                flags[case_id].append(life)
                flags[case_id].sort(key=itemgetter(0))
    return flags


def _ended(lives: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, StoredFlag]]:
    """The earlier lives of one flag: each until it was taken back, and from its return until it was weighed anew."""
    before: datetime | None = None
    for place, (flag_id, case_id, triaged_at, withdrawn_at, reinstated_at, newest, *known) in enumerate(lives):
        fact = FlagFact(*known)
        since = triaged_at if before is None else max(triaged_at, before)
        yield case_id, StoredFlag(flag_id, since, withdrawn_at, fact)
        weighed_at = lives[place + 1][2] if place + 1 < len(lives) else newest
        if weighed_at > reinstated_at:
            yield case_id, StoredFlag(flag_id, reinstated_at, weighed_at, fact)
        before = reinstated_at
