"""The flags of cases as they stood from one moment to the next.

A flag has more than one life when its reader took it back and gave it again: triage then weighs it anew, over what it
knew before. `flag_lives` keeps what that was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from moderation_service.triage.backtest.reading import Connection, Period, rows
from moderation_service.triage.rules.facts import FlagFact

# What was triaged before readers were weighed weighs nothing, and its reader was new.
_KNOWN = """reporter, reason, received_at, coalesce({of}.weight, 0), coalesce({of}.reporter_upheld, 0),
       coalesce({of}.reporter_rejected, 0), coalesce({of}.reporter_fresh, false),
       coalesce({of}.reporter_trusted, false)"""

_FLAGS = """
SELECT case_id, id, triaged_at, withdrawn_at, flags.reporter_muted, {known}
FROM flags
WHERE article_id = ANY (%(articles)s) AND case_id = ANY (%(cases)s) AND triaged_at < %(end)s ORDER BY article_id, id
"""
FLAGS = _FLAGS.format(known=_KNOWN.format(of="flags"))

_LIVES = """
SELECT life.case_id, flags.id, life.triaged_at, life.withdrawn_at, life.reporter_muted, {known}
FROM flag_lives life JOIN flags ON flags.id = life.flag_id
WHERE life.article_id = ANY (%(articles)s) AND life.case_id = ANY (%(cases)s) AND life.triaged_at < %(end)s
"""
LIVES = _LIVES.format(known=_KNOWN.format(of="life"))


class StoredFlag(NamedTuple):
    """A flag as its case knew it from `since` on, until it was taken back (or to this day).

    That of a reader who was `muted` then gave the case its reason, and counts for nothing else.
    """

    id: int
    since: datetime
    until: datetime | None
    fact: FlagFact
    muted: bool = False

    def stands(self, now: datetime) -> bool:
        """Whether the case knew of it then, and it stood."""
        return self.since <= now and (self.until is None or self.until > now)


def read_flags(
    connection: Connection, period: Period, articles: Collection[int], case_ids: Collection[int]
) -> dict[int, list[StoredFlag]]:
    """By case, its flags in the order of their ids; of the cases of these articles alone."""
    where = {"articles": list(articles), "cases": list(case_ids)}
    flags: defaultdict[int, list[StoredFlag]] = defaultdict(list)
    for query in (FLAGS, LIVES):
        for case_id, flag_id, triaged_at, withdrawn_at, muted, *fact in rows(connection, query, period, where):
            flags[case_id].append(StoredFlag(flag_id, triaged_at, withdrawn_at, FlagFact(*fact), muted))
    for stored in flags.values():
        stored.sort(key=itemgetter(0))
    return flags
