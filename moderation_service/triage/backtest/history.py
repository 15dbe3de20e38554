"""What happened to the cases of a site, in the shape the replay needs.

Everything here was written down as triage knew it at the time: each batch left the terms of the cases it touched in
`case_scores`, and with each flag what was known of its reader. An article's origin alone is taken as it is now.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from moderation_service.triage.backtest.flags import StoredFlag, read_flags
from moderation_service.triage.backtest.reading import Connection, Period, rows
from moderation_service.triage.rules.gather import PAST_FIELDS

SOURCE_WINDOW = timedelta(days=30)  # how far back decisions on other articles count


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
    """What happened to an article, oldest first; of its cases that were ever cleared, the flags."""

    origin: str
    created_at: datetime
    revisions: list[Revision] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)
    flags_of_cleared: dict[int, list[StoredFlag]] = field(default_factory=dict)


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

REVISIONS = """
SELECT article_id, created_at, category, language, published_on::timestamptz FROM article_revisions
WHERE article_id = ANY (%(articles)s) AND created_at < %(end)s ORDER BY article_id, number
"""

RULINGS = """
SELECT article_id, case_id, action, decided_at FROM decisions
WHERE article_id = ANY (%(articles)s) AND decided_at < %(end)s ORDER BY article_id, id
"""

SOURCE = """
SELECT revision.category, action, decided_at
FROM decisions
JOIN article_revisions revision
    ON revision.article_id = decisions.article_id AND revision.number = decisions.revision
WHERE site_id = %(site)s AND decided_at > %(start)s AND decided_at < %(end)s ORDER BY decided_at
"""


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
    for article_id, *revision in rows(connection, REVISIONS, period, {"articles": list(articles)}):
        articles[article_id].revisions.append(Revision(*revision))
    if PAST_FIELDS.intersection(fields):
        for article_id, *ruling in rows(connection, RULINGS, period, {"articles": list(articles)}):
            articles[article_id].rulings.append(Ruling(*ruling))
    cleared = {r.case_id: article for article in articles.values() for r in article.rulings if r.action == "clear"}
    flags = read_flags(connection, period, articles, {*found, *cleared})
    for case_id, article in cleared.items():
        article.flags_of_cleared[case_id] = flags.get(case_id, [])
    for case_id, case in found.items():
        case.flags = flags.get(case_id, [])
    return list(found.values())


def source(connection: Connection, period: Period) -> dict[str, dict[str, list[datetime]]]:
    """By category and action, when the site's decisions were made that a moment of the period may look back on.

    The category is that of the revision which was decided on.
    """
    made: defaultdict[str, dict[str, list[datetime]]] = defaultdict(lambda: {"takedown": [], "clear": []})
    since = Period(period.site_id, period.start - SOURCE_WINDOW, period.end)
    for category, action, decided_at in rows(connection, SOURCE, since):
        made[category][action].append(decided_at)
    return dict(made)
