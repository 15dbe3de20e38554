"""The numbers page: a month of a site with a million flags, and the month before it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, timedelta

from sqlalchemy.orm import Session

from benchmarks import seed
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, stand
from moderation_service.console.numbers.figure import Figure, Scope
from moderation_service.console.numbers.figures import FIGURES
from moderation_service.db import utcnow
from moderation_service.queries.figures import Period
from moderation_service.sites.people import Person

FLAGS, QUICK_FLAGS = 1_000_000, 50_000
FLAGS_EACH = 20  # of an article
DAYS = 28
TRIES = 3

# As many in the month before, for what is compared with it. A few articles have most of the flags.
FLAGS_SQL = """
INSERT INTO flags (receipt, site_id, article_id, revision, reporter, target_key, reason, received_at, triaged_at)
SELECT gen_random_uuid(), %(site)s, %(first)s + floor(%(articles)s * power(n::float / %(flags)s, 2))::int, 1,
       decode(md5('reader' || n), 'hex'), '\\x00', (ARRAY['misleading', 'hate', 'spam'])[n %% 3 + 1],
       now() - interval '56 days' + n * interval '56 days' / %(flags)s, now()
FROM generate_series(0, %(flags)s - 1) AS n
"""
CASES_SQL = """
INSERT INTO cases (site_id, article_id, severity, reasons, state, opened_at, closed_at)
SELECT %(site)s, article_id, 2, ARRAY['misleading'], CASE WHEN article_id %% 10 = 0 THEN 'open' ELSE 'closed' END,
       min(received_at) + interval '1 second',
       CASE WHEN article_id %% 10 > 0 THEN min(received_at) + random() * interval '9 hours' END
FROM flags GROUP BY article_id
"""
IN_CASES_SQL = "UPDATE flags SET case_id = cases.id FROM cases WHERE cases.article_id = flags.article_id"
DECISIONS_SQL = """
INSERT INTO decisions (site_id, case_id, article_id, revision, case_version, moderator_id, action, ground, decided_at)
SELECT site_id, id, article_id, 1, 1, %(person)s, CASE WHEN id %% 4 = 0 THEN 'clear' ELSE 'takedown' END,
       CASE WHEN id %% 4 > 0 THEN 'terms' END, closed_at
FROM cases WHERE state = 'closed'
"""
ORDERS_SQL = """
INSERT INTO enforcement_orders (site_id, article_id, case_id, decision_id, wanted, wanted_version, state)
SELECT site_id, article_id, case_id, id, '{}', 1, 'applied' FROM decisions
"""
ATTEMPTS_SQL = """
INSERT INTO enforcement_attempts (order_id, decision_id, wanted_version, fence, outcome, finished_at)
SELECT orders.id, decisions.id, 1, 1, 'applied', decided_at + random() * interval '9 seconds'
FROM decisions JOIN enforcement_orders orders ON orders.decision_id = decisions.id
"""
RULES_SQL = """
INSERT INTO rules (name, position) SELECT 'rule-' || n, n FROM generate_series(1, 20) AS n;
INSERT INTO rule_versions (rule_id, number, mode, document, author, because)
SELECT id, 1, 'live', '{}', 'bench', 'bench' FROM rules;
INSERT INTO rule_firings (rule_id, version_id, site_id, case_id, case_version, mode, facts, actions, fired_at)
SELECT rule_id, version.id, site_id, cases.id, 1, 'live', '[]', '[]', opened_at
FROM cases, rule_versions version WHERE (cases.id + version.id) % 20 = 0
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """All figures of the page, one after the other, as it asks for them."""
    flags = QUICK_FLAGS if quick else FLAGS
    with stand({"max_wal_size": "4GB"}) as s:
        person, _ = seed.moderator(s, "everywhere")
        site = _fill(s, person, 2 * flags, progress)
        database = s.database()
        runs = []
        for _ in range(TRIES):
            progress.say("figures: the page")
            with database.transaction() as session:
                now = utcnow(session)
                period = Period.of(now - timedelta(days=DAYS), now, UTC)
                scope = Scope([site], period, period, person)
                runs.append({figure.name: _seconds(session, figure, scope) for figure in FIGURES})
        database.close()
    best = min(runs, key=lambda run: sum(run.values()))
    slowest = ", ".join(f"{name} {best[name]:.2f} s" for name in sorted(best, key=best.__getitem__)[:-4:-1])
    yield Number(
        name="numbers page, all figures of 28 days",
        value=sum(best.values()),
        unit="s",
        at_most=2.0,
        note=f"{flags:,} flags in them and as many before; the slowest: {slowest}; best of {TRIES}",
    )


def _fill(s: Stand, person: Person, flags: int, progress: Progress) -> int:
    s.admin.execute("SET synchronous_commit = off")
    room = seed.newsroom(s, articles=flags // FLAGS_EACH)
    progress.say(f"figures: {flags:,} flags")
    where = {"site": room.site_id, "first": room.first_article, "articles": room.articles, "flags": flags}
    s.admin.execute(FLAGS_SQL, where)
    progress.say("figures: cases and what became of them")
    s.admin.execute(CASES_SQL, where)
    s.admin.execute(IN_CASES_SQL)
    s.admin.execute(DECISIONS_SQL, {"person": person.id})
    for sql in (ORDERS_SQL, ATTEMPTS_SQL, RULES_SQL):
        s.admin.execute(sql)
    s.admin.execute("VACUUM ANALYZE")
    return room.site_id


def _seconds(session: Session, figure: Figure, scope: Scope) -> float:
    started = time.perf_counter()
    figure.read(session, scope)
    return time.perf_counter() - started
