"""The starter rules, tried on a fortnight of the demo newsroom: what each would have done, and how often rightly.

python -m benchmarks.starter_rules

The demo's articles appear anew every day; what is wrong with some of them is drawn beforehand, as is who flags what:
sixty careful readers, twenty who flag what they dislike, one trusted flagger, two brigades of fresh accounts, and
people who say that somebody is in danger, rightly or not. A moderator decides every evening, and errs never. Time is
made to pass by making all that happened older.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources

import psycopg
from psycopg import sql
from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.progress import Progress
from benchmarks.report import RESULTS
from benchmarks.stand import Stand, interruptible, stand
from moderation_service import ordering, pipeline, readers
from moderation_service.articles.importing import read_page
from moderation_service.articles.models import Article
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.decisions.ruling import Ruling
from moderation_service.intake.submission import Submission, Target, keyed_hash
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.triage.backtest.reading import Period
from moderation_service.triage.backtest.run import run
from moderation_service.triage.rules.starters import starter

SEED = 7
DAYS, HOURS_A_STEP = 14, 4
BAD = 0.2
ACTOR = "benchmark"
BRIGADE_DAYS = (6, 10)


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag to come: by whom, for what, and how old his account is by then (hours; None: not told)."""

    external_id: str
    reader: str
    reason: str
    account: float | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """What a day brings: articles with what is true of them, and flags step by step."""

    articles: dict[str, str]
    bad: frozenset[str]
    steps: list[list[Flag]]


def plan(rng: random.Random, names: list[str]) -> list[Day]:
    """A fortnight, drawn before anything is triaged."""
    return [_day(rng, number, names) for number in range(DAYS)]


def _day(rng: random.Random, number: int, names: list[str]) -> Day:
    articles = {f"{name}-{number}": name for name in names}
    bad = frozenset(known_as for known_as in articles if rng.random() < BAD)
    steps: list[list[Flag]] = [[] for _ in range(24 // HOURS_A_STEP)]
    for flag in _flags(rng, articles, bad):
        rng.choice(steps[:-1]).append(flag)
    if number in BRIGADE_DAYS:
        victim = rng.choice(sorted(set(articles) - bad))
        steps[2] += [Flag(victim, f"brigade-{number}-{n}", "hate", account=rng.uniform(0, 5)) for n in range(14)]
    return Day(articles, bad, steps)


def _flags(rng: random.Random, articles: dict[str, str], bad: frozenset[str]) -> Iterator[Flag]:
    for known_as in articles:
        likely = {"careful": 0.08 if known_as in bad else 0.003, "contrary": 0.04}
        for kind, count in (("careful", 60), ("contrary", 20)):
            yield from (
                Flag(known_as, f"{kind}-{n}", "misleading") for n in range(count) if rng.random() < likely[kind]
            )
        if known_as in bad and rng.random() < 0.5:
            yield Flag(known_as, "trusted", "defamation")
        if rng.random() < (0.2 if known_as in bad else 0.02):
            yield Flag(known_as, f"alarmed-{rng.randrange(99)}", "danger_to_life")


class Newsroom:
    """The demo newsroom on servers of its own, and one moderator who decides by what is true."""

    def __init__(self, s: Stand, database: Database) -> None:
        self._stand, self._database = s, database
        self._secret = s.settings.secret_key
        folder = resources.files("moderation_service.demo").joinpath("articles")
        self.pages = {page.name.removesuffix(".txt"): read_page(page.read_bytes(), name=page.name, language="en")
                      for page in sorted(folder.iterdir(), key=lambda page: page.name)}  # fmt: skip
        with database.transaction() as session:
            site = sites.add_site(
                session, slug="demo", name="Demo", url="https://demo.example", origins=[], actor=ACTOR
            )
            session.flush()
            self.site_id = site.id
            person = people.add_moderator(session, username="vera", display_name="Vera", password=None, actor=ACTOR)
            people.grant_role(session, person, Role.SENIOR, site=None, actor=ACTOR)
            session.flush()
            self._vera = people.person_by_name(session, "vera")
            trusted = readers.meet(session, self._reader("trusted"), site_id=self.site_id)
            readers.trust(session, trusted, actor=ACTOR, note="A flagger the site trusts.")

    def _reader(self, name: str) -> bytes:
        return keyed_hash(self._secret, "reporter", str(self.site_id), name)

    def live(self, day: Day) -> None:
        """Let a day pass."""
        with self._database.transaction() as session:
            for known_as, name in day.articles.items():
                page = self.pages[name]
                pipeline.publish_article(
                    session, self.site_id, known_as, page.content, url=None, origin=page.origin, actor=ACTOR
                )
        for flags in day.steps:
            with self._database.transaction() as session:
                for flag in flags:
                    pipeline.submit_flag(session, self._submission(flag))
            self._work()
            make_older(self._stand.admin, timedelta(hours=HOURS_A_STEP))
        self._decide(day)

    def _submission(self, flag: Flag) -> Submission:
        since = None if flag.account is None else datetime.now(UTC) - timedelta(hours=flag.account)
        return Submission(
            site_id=self.site_id,
            external_id=flag.external_id,
            url=None,
            title=None,
            revision=None,
            target=Target(),
            reporter=self._reader(flag.reader),
            reporter_since=since,
            reason=flag.reason,
        )

    def _work(self) -> None:
        with self._database.transaction() as session:
            pipeline.triage(session, limit=10_000)
        ordering.settle_each(self._database.transaction, most=10_000)
        ordering.refresh(self._database.transaction, most=10_000)

    def _decide(self, day: Day) -> None:
        with self._database.transaction() as session:
            for case, known_as in _waiting(session):
                pipeline.claim(session, case.id, self._vera, self._stand.settings)
                session.refresh(case)
                pipeline.decide(session, case.id, self._vera, _ruling(case, bad=known_as in day.bad))
        self._work()


def _waiting(session: Session) -> list[tuple[Case, str]]:
    rows = session.execute(
        select(Case, Article.external_id).join(Article, Article.id == Case.article_id).where(Case.state == "open")
    )
    return [(case, known_as or "") for case, known_as in rows]


def _ruling(case: Case, *, bad: bool) -> Ruling:
    if not bad:
        return Ruling(action=Action.CLEAR, case_version=case.version, revision=1)
    return Ruling(action=Action.TAKEDOWN, case_version=case.version, revision=1, clause="3.2", ground="terms")


def make_older(admin: psycopg.Connection, time: timedelta) -> None:
    """Move everything that was written so far into the past; evidence too, which only a superuser can."""
    columns = admin.execute(
        "SELECT table_name, array_agg(column_name::text) FROM information_schema.columns "
        "WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' GROUP BY table_name"
    ).fetchall()
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        for table, names in columns:
            moved = sql.SQL(", ").join(
                sql.SQL("{0} = {0} - {1}").format(sql.Identifier(name), sql.Literal(time)) for name in names
            )
            admin.execute(sql.SQL("UPDATE {} SET {}").format(sql.Identifier(table), moved))


def main() -> None:
    """Live through the fortnight, try each rule on it, and write the table."""
    progress = Progress()
    with interruptible(), stand() as s:
        database = s.database()
        newsroom = Newsroom(s, database)
        for number, day in enumerate(plan(random.Random(SEED), list(newsroom.pages)), start=1):
            progress.say(f"starter rules: day {number} of {DAYS}")
            newsroom.live(day)
        now = datetime.now(UTC)
        period = Period(newsroom.site_id, now - timedelta(days=DAYS + 1), now)
        rows = []
        for document in starter():
            progress.say(f"starter rules: {document['name']}")
            rows.append(run(s.settings.database_url, document, period, progress=lambda _done: None).result)
        database.close()
    progress.clear()
    page = "\n".join(table(rows)) + "\n"
    (RESULTS / "starter_rules.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)


def table(results: list[dict[str, object]]) -> Iterator[str]:
    """The table, rule by rule."""
    cases, taken_down = results[0]["cases"], results[0]["takedowns"]
    yield f"{cases} cases in {DAYS} days of the demo newsroom, of which {taken_down} were taken down."
    yield "Precision: of the cases touched and decided, those taken down; *fresh-brigade* is there to find the others."
    yield "Readers, flags and truth are invented (seed 7); `python -m benchmarks.starter_rules` repeats it."
    yield ""
    yield "| rule | cases touched | taken down | cleared | precision | recall |"
    yield "|---|---|---|---|---|---|"
    for result in results:
        verdicts = result["verdicts"]
        assert isinstance(verdicts, dict)
        yield (
            f"| {result['rule']} | {result['touched']} | {verdicts['takedown']} | {verdicts['clear']} "
            f"| {_percent(result['precision'])} | {_percent(result['recall'])} |"
        )


def _percent(share: object) -> str:
    return "-" if share is None else f"{share:.0%}"


if __name__ == "__main__":
    main()
