"""Backtests: a month of a site with a million flags, walked through batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from benchmarks import seed
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.stand import Stand, stand
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.run import run

FLAGS, QUICK_FLAGS = 1_000_000, 50_000
FLAGS_A_CASE = 5
DAYS = 30
AIM = 60.0  # seconds

# No test of this one says how many readers it takes, so every batch of every case is looked at.
WIDE = {
    "name": "wide",
    "because": "The costliest kind.",
    "conditions": {
        "all": [
            {"field": "counted", "within": "24h", "operator": ">=", "value": 3.0},
            {"field": "burst", "within": "6h", "operator": ">=", "value": 2.0},
            {"field": "source_takedowns", "operator": ">=", "value": 1},
        ]
    },
    "actions": [{"do": "escalate"}],
}
USUAL = {
    "name": "usual",
    "because": "Three readers with a record within six hours, in politics.",
    "conditions": {
        "all": [
            {"field": "reporters", "who": "recorded", "within": "6h", "operator": ">=", "value": 3},
            {"field": "category", "operator": "equals", "value": "politics"},
        ]
    },
    "actions": [{"do": "escalate"}, {"do": "require", "who": "senior"}],
}

ARTICLES = """
WITH added AS (
    INSERT INTO articles (site_id, external_id, current_revision, created_at)
    SELECT %(site)s, 'b' || n, 1, %(start)s + n * %(days)s * interval '1 day' / %(cases)s - interval '6 hours'
    FROM generate_series(0, %(cases)s - 1) AS n RETURNING id, created_at
), revised AS (
    INSERT INTO article_revisions (article_id, number, content_hash, category, headline, language, parts, part_ids,
                                   created_at)
    SELECT id, 1, '', (ARRAY['POLITICS', 'LOCAL', 'SPORT', 'OPINION'])[id %% 4 + 1], 'Headline', 'en', '[]', '{}',
           created_at
    FROM added
)
INSERT INTO cases (site_id, article_id, severity, reasons, opened_at)
SELECT %(site)s, id, 3, ARRAY['misleading'], created_at + interval '6 hours' FROM added
"""

# Every tenth case is decided six hours after it was opened; three of ten of those are taken down.
DECISIONS = """
WITH decided AS (
    UPDATE cases SET state = 'closed', decided_revision = 1, closed_at = opened_at + interval '6 hours'
    WHERE id %% 10 = 0 RETURNING *
)
INSERT INTO decisions (site_id, case_id, article_id, revision, case_version, moderator_id, action, ground, decided_at)
SELECT site_id, id, article_id, 1, version, %(moderator)s, CASE WHEN id %% 100 < 30 THEN 'takedown' ELSE 'clear' END,
       CASE WHEN id %% 100 < 30 THEN 'terms' END, closed_at
FROM decided
"""

# A few cases have thousands of flags, most have two or three; half of a case's come within two hours.
FLAGS_SQL = """
INSERT INTO flags (receipt, site_id, article_id, revision, reporter, target_key, reason, received_at, case_id,
                   triaged_at, weight, reporter_upheld, reporter_rejected, reporter_fresh, reporter_trusted)
SELECT gen_random_uuid(), site_id, article_id, 1, decode(md5('reader' || reader), 'hex'), decode(md5(n::text), 'hex'),
       (ARRAY['misleading', 'hate', 'spam', 'other'])[n %% 4 + 1], came, id, date_trunc('second', came) + interval '1s',
       0.3 + reader %% 10 * 0.2, reader %% 7, reader %% 3, reader %% 11 = 0, false
FROM (
    SELECT *, opened_at + least(late, CASE WHEN closed_at IS NULL THEN 72 ELSE 5.9 END) * interval '1 hour' AS came
    FROM (SELECT n, (random() * %(flags)s / 20)::int AS reader, -3 * ln(1 - random()) AS late,
                 %(first)s + (floor(%(cases)s * power(random(), 2))::bigint * 7919) %% %(cases)s AS id
          FROM generate_series(1, %(flags)s) AS n) AS given
    JOIN cases USING (id)
) AS dated
ORDER BY came
"""
SCORES = """
INSERT INTO case_scores (case_id, at, site_id, weight, voices, chance, views, velocity, reach, severity, urgency,
                         full_weight)
SELECT case_id, triaged_at, site_id, max(total), max(number), 0.2, NULL, NULL, 50, 3, 30, 2.3
FROM (SELECT case_id, triaged_at, site_id, sum(weight) OVER earlier AS total, count(*) OVER earlier AS number
      FROM flags WHERE case_id IS NOT NULL WINDOW earlier AS (PARTITION BY case_id ORDER BY triaged_at)) AS summed
GROUP BY case_id, triaged_at, site_id ORDER BY triaged_at
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Seconds for a rule that looks at every batch, and for a usual one."""
    flags = QUICK_FLAGS if quick else FLAGS
    with stand({"max_wal_size": "4GB"}) as s:
        period = _fill(s, flags, progress)
        for rule, words in ((WIDE, "a rule that looks at every batch"), (USUAL, "a usual rule")):
            yield _number(s, rule, words, period, progress)


def _fill(s: Stand, flags: int, progress: Progress) -> Period:
    s.admin.execute("SET synchronous_commit = off")
    room = seed.newsroom(s, articles=1)
    person, _ = seed.moderator(s, "decider")
    cases = flags // FLAGS_A_CASE
    row = s.admin.execute("SELECT now() - %s", [timedelta(days=DAYS + 3)]).fetchone()
    assert row is not None
    start: datetime = row[0]
    progress.say(f"backtest: {cases:,} cases")
    s.admin.execute(ARTICLES, {"site": room.site_id, "start": start, "days": DAYS, "cases": cases})
    s.admin.execute(DECISIONS, {"moderator": person.id})
    progress.say(f"backtest: {flags:,} flags")
    first = seed.one(s.admin, "SELECT min(id) FROM cases")
    s.admin.execute(FLAGS_SQL, {"flags": flags, "first": first, "cases": cases})
    progress.say("backtest: what triage noted")
    s.admin.execute(SCORES)
    progress.say("backtest: vacuum")
    s.admin.execute("VACUUM ANALYZE")
    return Period(room.site_id, start, start + timedelta(days=DAYS + 3))


def _number(s: Stand, rule: dict[str, Any], words: str, period: Period, progress: Progress) -> Number:
    said: set[int] = set()

    def tell(done: float) -> None:
        tenth = int(done * 10)
        if tenth not in said:
            said.add(tenth)
            progress.say(f"backtest of {words}: {tenth * 10} %")

    found = run(s.settings.database_url, rule, period, progress=tell).result
    note = f"{found['batches']:,} batches on {found['cases']:,} cases in {DAYS} days; it fires on {found['touched']:,}"
    return Number(name=f"backtest of {words}", value=found["seconds"], unit="s", at_most=AIM, note=note)
