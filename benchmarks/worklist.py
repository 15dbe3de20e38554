"""The queue at a million open cases: the next one claimed, and a page of it read."""

from __future__ import annotations

import http.client
import time
from collections import deque
from collections.abc import Iterator, Mapping

from benchmarks import seed
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, serving, stand
from benchmarks.statistic import percentile
from moderation_service import pipeline, queries
from moderation_service.db import Database
from moderation_service.queries import QueueFilter
from moderation_service.sites import service as sites
from moderation_service.sites.people import Person

CASES, QUICK_CASES = 1_000_000, 50_000
TRIES, QUICK_TRIES = 1_000, 200
SITES = 200
HELD = 50  # cases that colleagues hold at any time, at the head of the queue
LOUD = 1_000  # cases at the head of the queue with a hundred flags each

# Of every hundred cases one or two are escalated, and one waits for a senior; opened over a month.
CASES_SQL = """
INSERT INTO cases (site_id, article_id, severity, escalation, reasons, needs_role, opened_at, weight, voices, chance,
                   reach, urgency)
SELECT site_id, id, 1 + id %% 5, CASE WHEN id %% 1000 = 7 THEN 3 WHEN id %% 71 = 0 THEN 1 ELSE 0 END,
       ARRAY['misleading'], CASE WHEN id %% 101 = 0 THEN 'senior' ELSE 'moderator' END,
       now() - random() * interval '30 days', 2.3, 1, 0.013, 100 * random(), 1.3 * (1 + id %% 5) * random()
FROM articles WHERE id >= %(first)s AND id < %(first)s + %(count)s
"""
LOUD_FLAGS = """
INSERT INTO flags (receipt, site_id, article_id, revision, reporter, target_key, part, reason, case_id, triaged_at)
SELECT gen_random_uuid(), loud.site_id, loud.article_id, 1, decode(md5('loud' || n), 'hex'), '\\x00', 'p1',
       'misleading', loud.id, now()
FROM (SELECT * FROM cases WHERE state = 'open'
      ORDER BY (- escalation), (- urgency), opened_at, id LIMIT %(loud)s) AS loud,
     generate_series(1, 99) AS n
"""
READERS = """
INSERT INTO reporters (reporter, site_id, upheld, rejected, pending)
SELECT reporter, min(site_id), 1, 1, count(*) FROM flags GROUP BY reporter
"""
VOICES = """
INSERT INTO voices (case_id, reporter, weight) SELECT DISTINCT case_id, reporter, 2.3 FROM flags
"""
SPREAD = "UPDATE articles SET site_id = (SELECT min(id) FROM sites) + id %% %(sites)s"


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Claim and page, for a moderator of all sites and for one of three."""
    cases, tries = (QUICK_CASES, QUICK_TRIES) if quick else (CASES, TRIES)
    with stand({"max_wal_size": "4GB"}) as s:
        fill(s, cases, progress)
        everywhere, token = seed.moderator(s, "everywhere")
        three, three_token = seed.moderator(s, "three", slugs=["site-10", "site-100", "site-190"])
        s.admin.execute("CHECKPOINT")
        database = s.database()
        for person, words in ((everywhere, "all sites"), (three, "3 of 200 sites")):
            progress.say(f"queue: claim-next and pages, {words}")
            yield _number(f"claim-next, {words}, p99", _claims(database, s, person, tries), 99, cases)
            yield _number(f"page of 25, {words}, p95", _pages(database, person, tries), 95, cases)
        database.close()
        with serving(s, "api", "moderation_service.api.server") as port:
            progress.say("queue: the same over HTTP")
            for name, method, path, percent in (
                ("claim-next over HTTP, all sites, p99", "POST", "/v1/cases:claim-next", 99),
                ("page of 25 over HTTP, all sites, p95", "GET", "/v1/cases", 95),
            ):
                times = requests(port, _bearer(token), method, path, tries // 2)
                yield _number(name, times, percent, cases, aimed=False)
            times = requests(port, _bearer(three_token), "GET", "/v1/cases", tries // 2)
            yield _number("page of 25 over HTTP, 3 of 200 sites, p95", times, 95, cases, aimed=False)


def fill(s: Stand, cases: int, progress: Progress) -> None:
    """So many open cases on as many sites as `SITES`, each with a flag, those at the head with a hundred."""
    s.admin.execute("SET synchronous_commit = off")
    database = s.database()
    with database.transaction() as session:
        for number in range(1, SITES):
            sites.add_site(
                session, slug=f"site-{number}", name=f"Site {number}", url=f"https://{number}.example", actor=seed.ACTOR
            )
    database.close()
    progress.say(f"queue: {cases:,} articles")
    room = seed.newsroom(s, articles=cases)
    s.admin.execute(SPREAD, {"sites": SITES})
    progress.say(f"queue: {cases:,} open cases")
    s.admin.execute(CASES_SQL, {"first": room.first_article, "count": cases})
    for done in seed.stored_flags(s.admin, room, first=0, last=cases - 1, in_cases=True):
        progress.say(f"queue: {done + 1:,} of {cases:,} flags")
    s.admin.execute(LOUD_FLAGS, {"loud": LOUD})
    progress.say("queue: readers and their voices")
    s.admin.execute(READERS)
    s.admin.execute(VOICES)
    progress.say("queue: vacuum")
    s.admin.execute("VACUUM ANALYZE")


def _claims(database: Database, s: Stand, person: Person, tries: int) -> list[float]:
    """Seconds of each claim, commit included; the oldest claim is given back once `HELD` are held."""
    held: deque[int] = deque()
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        with database.transaction() as session:
            given = pipeline.claim_next(session, person, s.settings)
        times.append(time.perf_counter() - started)
        assert given is not None
        held.append(given.case.id)
        if len(held) > HELD:
            with database.transaction() as session:
                pipeline.release_claim(session, held.popleft(), person)
    while held:
        with database.transaction() as session:
            pipeline.release_claim(session, held.popleft(), person)
    return times


def _pages(database: Database, person: Person, tries: int) -> list[float]:
    """Seconds of each page, walking on from the first."""
    times, cursor = [], None
    for _ in range(tries):
        started = time.perf_counter()
        with database.transaction() as session:
            page = queries.queue_page(session, QueueFilter(sites=person.sites), cursor=cursor, limit=25)
        times.append(time.perf_counter() - started)
        assert len(page.rows) == 25
        cursor = page.next
    return times


def requests(port: int, headers: Mapping[str, str], method: str, path: str, tries: int) -> list[float]:
    """Seconds of each request over one kept connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    times = []
    for _ in range(tries):
        started = time.perf_counter()
        connection.request(method, path, headers=dict(headers))
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - started)
        assert answer.status == 200, answer.status
    connection.close()
    return times


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _number(name: str, times: list[float], percent: float, cases: int, *, aimed: bool = True) -> Number:
    return Number(
        name=name,
        value=percentile(times, percent) * 1000,
        unit="ms",
        at_most=5.0 if aimed else None,
        note=f"p50 {percentile(times, 50) * 1000:.2f} ms; {cases:,} open cases, {len(times):,} tries",
    )
