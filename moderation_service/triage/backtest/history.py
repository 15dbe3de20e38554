"""What happened to the cases of a site, in the shape the replay needs: short reads, each a statement of its own.

Everything here was written down as triage knew it at the time: each batch left the terms of the cases it touched in
`case_scores`, and with each flag what was known of its reader. What is overwritten without a trace is taken as it is
now: an article's origin, and that a flag taken back was raised again.

Connections are in autocommit mode, so no transaction stays open while Python computes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg

from moderation_service.db import connection_parameters, driver_url
from moderation_service.triage.rules.facts import FlagFact
from moderation_service.triage.rules.gather import PAST_FIELDS

SLICE = timedelta(days=1)
SOURCE_WINDOW = timedelta(days=30)  # how far back decisions on other articles count

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of one site's past, from `start` up to but not including `end`."""

    site_id: int
    start: datetime
    end: datetime

    def slices(self) -> Iterator[Period]:
        """The period day by day."""
        start = self.start
        while start < self.end:
            end = min(start + SLICE, self.end)
            yield Period(self.site_id, start, end)
            start = end


class Moment(NamedTuple):
    """A batch of flags that touched an open case, and the case's terms as the batch left them (see `CaseScore`)."""

    at: datetime
    severity: int
    voices: int
    chance: float
    views: int | None
    velocity: float | None
    reach: float
    urgency: float
    full_weight: float


class StoredFlag(NamedTuple):
    """A flag, since when its case knew of it, and until when it stood."""

    triaged_at: datetime
    withdrawn_at: datetime | None
    fact: FlagFact


class LateFlag(NamedTuple):
    """A flag of a case that was cleared, as far as it matters to the other cases of its article."""

    case_id: int
    received_at: datetime
    triaged_at: datetime
    withdrawn_at: datetime | None


class Revision(NamedTuple):
    """What an article was from a moment on."""

    since: datetime
    category: str
    language: str
    published_at: datetime | None


class Ruling(NamedTuple):
    """A decision on some case of an article."""

    case_id: int
    action: str
    decided_at: datetime


@dataclass(slots=True)
class ArticleHistory:
    """What happened to an article; everything oldest first."""

    origin: str
    created_at: datetime
    revisions: list[Revision] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    late_flags: list[LateFlag] = field(default_factory=list)


@dataclass(slots=True)
class CaseHistory:
    """What happened to a case: its flags in the order of their ids, its moments in the order of time."""

    case_id: int
    article_id: int
    article: ArticleHistory
    flags: list[StoredFlag] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)


TOUCHED = """
SELECT case_id, count(*), max(voices) FROM case_scores
WHERE at >= %(start)s AND at < %(end)s AND site_id = %(site)s GROUP BY case_id
"""

CASES = """
SELECT cases.id, cases.article_id, articles.origin, articles.created_at
FROM cases JOIN articles ON articles.id = cases.article_id WHERE cases.id = ANY (%(cases)s)
"""

MOMENTS = """
SELECT case_id, at, severity, voices, chance, views, velocity, reach, urgency, full_weight FROM case_scores
WHERE case_id = ANY (%(cases)s) AND at >= %(start)s AND at < %(end)s AND voices >= %(least)s ORDER BY case_id, at
"""

# What was triaged before readers were weighed weighs nothing, and its reader was new.
FLAGS = """
SELECT case_id, triaged_at, withdrawn_at, reporter, reason, received_at, coalesce(weight, 0),
       coalesce(reporter_upheld, 0), coalesce(reporter_rejected, 0), coalesce(reporter_fresh, false),
       coalesce(reporter_trusted, false)
FROM flags
WHERE article_id = ANY (%(articles)s) AND case_id = ANY (%(cases)s) AND triaged_at < %(end)s ORDER BY article_id, id
"""

REVISIONS = """
SELECT article_id, created_at, category, language, published_on::timestamptz FROM article_revisions
WHERE article_id = ANY (%(articles)s) AND created_at < %(end)s ORDER BY article_id, number
"""

RULINGS = """
SELECT article_id, case_id, action, decided_at FROM decisions
WHERE article_id = ANY (%(articles)s) AND decided_at < %(end)s ORDER BY article_id, id
"""

LATE_FLAGS = """
SELECT article_id, case_id, received_at, triaged_at, withdrawn_at FROM flags
WHERE article_id = ANY (%(articles)s) AND case_id = ANY (%(cases)s) AND triaged_at < %(end)s
"""

SOURCE = """
SELECT revision.category, action, decided_at
FROM decisions
JOIN article_revisions revision
    ON revision.article_id = decisions.article_id AND revision.number = decisions.revision
WHERE site_id = %(site)s AND decided_at > %(start)s AND decided_at < %(end)s ORDER BY decided_at
"""


def connect(url: str) -> Connection:
    """A connection for reads of any size; they are planned anew each time, since their sizes differ widely."""
    return psycopg.connect(driver_url(url), autocommit=True, prepare_threshold=None, **connection_parameters())


def touched(connection: Connection, period: Period) -> Iterator[tuple[Counter[int], Counter[int]]]:
    """Day by day, the cases that flags came to: how many batches each, and its most readers."""
    for day in period.slices():
        batches: Counter[int] = Counter()
        voices: Counter[int] = Counter()
        for case_id, count, most in rows(connection, TOUCHED, day):
            batches[case_id], voices[case_id] = count, most
        yield batches, voices


def cases(
    connection: Connection, period: Period, case_ids: Collection[int], *, fields: Collection[str], least_voices: int
) -> list[CaseHistory]:
    """The histories of some cases up to the end of the period, with the moments that lie in it.

    `fields` are those that the rule tests: what none of them needs is not read. Moments at which the case had fewer
    than `least_voices` readers are left out.
    """
    wanted: dict[str, Any] = {"cases": list(case_ids), "least": least_voices}
    articles: dict[int, ArticleHistory] = {}
    found: dict[int, CaseHistory] = {}
    for case_id, article_id, origin, created_at in rows(connection, CASES, period, wanted):
        article = articles.setdefault(article_id, ArticleHistory(origin, created_at))
        found[case_id] = CaseHistory(case_id, article_id, article)
    for case_id, *terms in rows(connection, MOMENTS, period, wanted):
        found[case_id].moments.append(Moment(*terms))
    wanted["articles"] = list(articles)
    for case_id, triaged_at, withdrawn_at, *fact in rows(connection, FLAGS, period, wanted):
        found[case_id].flags.append(StoredFlag(triaged_at, withdrawn_at, FlagFact(*fact)))
    for article_id, *revision in rows(connection, REVISIONS, period, wanted):
        articles[article_id].revisions.append(Revision(*revision))
    if PAST_FIELDS.intersection(fields):
        _read_past(connection, period, articles)
    return list(found.values())


def _read_past(connection: Connection, period: Period, articles: dict[int, ArticleHistory]) -> None:
    for article_id, *ruling in rows(connection, RULINGS, period, {"articles": list(articles)}):
        articles[article_id].rulings.append(Ruling(*ruling))
    cleared = {
        ruling.case_id: article_id
        for article_id, article in articles.items()
        for ruling in article.rulings
        if ruling.action == "clear"
    }
    where = {"articles": list(set(cleared.values())), "cases": list(cleared)}
    for article_id, *flag in rows(connection, LATE_FLAGS, period, where) if cleared else ():
        articles[article_id].late_flags.append(LateFlag(*flag))


def source(connection: Connection, period: Period) -> dict[str, dict[str, list[datetime]]]:
    """By category and action, when the site's decisions were made that a moment of the period may look back on.

    The category is that of the revision which was decided on.
    """
    made: defaultdict[str, dict[str, list[datetime]]] = defaultdict(lambda: {"takedown": [], "clear": []})
    since = Period(period.site_id, period.start - SOURCE_WINDOW, period.end)
    for category, action, decided_at in rows(connection, SOURCE, since):
        made[category][action].append(decided_at)
    return dict(made)


def rows(
    connection: Connection, query: str, period: Period, parameters: dict[str, Any] | None = None
) -> Sequence[tuple[Any, ...]]:
    """What a query about the period answers."""
    where = {"site": period.site_id, "start": period.start, "end": period.end}
    with connection.cursor(binary=True) as cursor:
        return cursor.execute(query.encode(), where | (parameters or {})).fetchall()
