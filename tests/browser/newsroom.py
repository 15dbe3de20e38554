"""A newsroom with a week behind it: articles, readers who flag them, moderators who decide, and a queue that waits."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from random import Random
from typing import NamedTuple

import psycopg
from sqlalchemy import select

from moderation_service import ordering, pipeline
from moderation_service.articles.content import Content
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database, driver_url
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites import people
from moderation_service.sites.models import Site
from moderation_service.triage.rules.install import install_starter
from tests.aging import make_older
from tests.browser.desk import password_hash
from tests.factories import make_article, make_decision, make_flag, make_moderator, make_policy, make_site

DAYS, STEP, UNTIL_A_DECISION = 6, timedelta(hours=6), timedelta(minutes=25)
TABLES = (
    "flags",
    "flag_lives",
    "case_scores",
    "cases",
    "case_events",
    "decisions",
    "enforcement_orders",
    "enforcement_attempts",
    "articles",
    "article_revisions",
    "article_reach",
    "reporters",
    "rule_firings",
    "rule_versions",
)
PLACES = (
    "Old Mill Bridge",
    "The ferry yard",
    "Brook Lane school",
    "Tarnbeck library",
    "The harbour pool",
    "Mount Hare",
)
EVENTS = (
    ("LOCAL", "{} closes for six weeks"),
    ("POLITICS", "{}: council votes again on Tuesday"),
    ("BUSINESS", "{} looks for a buyer"),
    ("HEALTH", "{}: what the water samples show"),
    ("SPORT", "{} hosts the regional finals"),
    ("CULTURE", "{} tells its story in an exhibition"),
    ("POLITICS", "{}: who pays for the repair?"),
)
REASONS = ("misleading", "spam", "hate", "privacy")
COMMENTS = ("There is no source for this.", "The same text stood in an advertisement.", None, None)


class Waiting(NamedTuple):
    """An article that readers have flagged and nobody has decided; `words` are those they point at, in `p2`."""

    headline: str
    category: str
    paragraphs: tuple[str, ...]
    readers: int
    reason: str
    views: int
    words: str = ""
    comment: str | None = None


WAITING = (
    Waiting(
        "Drinking from the harbour cures a cold, says swimmer",
        "HEALTH",
        (
            "A swimmer from Tarnbeck swears by a glass of harbour water each morning.",
            "Doctors need not be asked, he says: two glasses replace any medicine, also for children.",
            "The harbour office has measured bacteria at four times the limit since March.",
        ),
        readers=9,
        reason="misleading",
        views=900,
        words="two glasses replace any medicine, also for children",
        comment="My sister's children drink it now.",
    ),
    Waiting(
        "Neighbours name the driver of the grey van",
        "LOCAL",
        (
            "A grey van was seen at the ferry yard on three nights.",
            "Its driver lives at 14 Reed Street and is called Mr Harrow, neighbours say.",
        ),
        readers=4,
        reason="privacy",
        views=300,
        words="lives at 14 Reed Street and is called Mr Harrow",
        comment="Nobody has charged him with anything.",
    ),
    Waiting(
        "Ring road: leaflet speaks of paid councillors",
        "POLITICS",
        ("A leaflet without a printer's name went around on Sunday.", "It says that two councillors were paid."),
        readers=3,
        reason="misleading",
        views=500,
        words="two councillors were paid",
    ),
    *(
        Waiting(
            f"Garden sheds at half price, part {part}",
            "BUSINESS",
            ("Whoever orders by Friday gets a watering can.", f"Quote word number {part} at the till."),
            readers=2,
            reason="spam",
            views=120,
        )
        for part in ("one", "two", "three")
    ),
    Waiting("Rowers win by a length", "SPORT", ("They won by a length, in the rain.",), 1, "spam", views=90),
)


class Newsroom:
    """One site, its people and its week; made at once, past the API. `people` are user names by role."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database, self._settings, self._random = database, settings, Random(7)
        self._subjects = self._new_subjects()
        with database.transaction() as session:
            install_starter(session, author="test")
            self.site: Site = make_site(session, "tidewater", name="The Tidewater Courier")
            self._team = [
                make_moderator(session, name, role, self.site)
                for name, role in (("ada", Role.MODERATOR), ("ben", Role.MODERATOR), ("cleo", Role.SENIOR))
            ]
            make_moderator(session, "dora", Role.ADMIN)
            make_policy(session, self.site, second_over=1, qa_percent=20)
            for name in ("ada", "ben", "cleo", "dora"):
                people.moderator_by_name(session, name).password_hash = password_hash()
            session.flush()
            session.expunge(self.site)

    def live_a_week(self) -> None:
        """Some days pass; what is still to be decided then is what `WAITING` names."""
        with closing(psycopg.connect(driver_url(self._settings.migration_database_url), autocommit=True)) as owner:
            undecided: list[int] = []
            for step in range(DAYS * 4):
                undecided += self._flagged(busy=step % 4 in (1, 2))
                make_older(owner, TABLES, UNTIL_A_DECISION)
                undecided = undecided[self._decided(undecided) :]
                make_older(owner, TABLES, STEP)
            self._decided(undecided, everything=True)
            self._leave_waiting(owner)

    def _leave_waiting(self, owner: psycopg.Connection) -> None:
        said = {
            f"waiting-{number}": Content(
                category=one.category,
                headline=one.headline,
                place="Tarnbeck",
                paragraphs=one.paragraphs,
                questions=("Who was asked?",),
            )
            for number, one in enumerate(WAITING)
        }
        with self._database.transaction() as session:
            for external_id, content in said.items():
                make_article(session, self.site, external_id, content)
        make_older(owner, TABLES, timedelta(hours=2))
        for (external_id, content), one in zip(said.items(), WAITING, strict=True):
            self._flag(external_id, content, one)
            make_older(owner, TABLES, timedelta(minutes=7))

    def _flagged(self, *, busy: bool) -> list[int]:
        """The cases of a few hours."""
        return [
            self._flag(external_id, said, self._some_flags(said))
            for external_id, said in itertools.islice(self._subjects, self._random.randint(2, 3) if busy else 0)
        ]

    def _some_flags(self, said: Content) -> Waiting:
        readers = self._random.choice((1, 1, 2, 4))
        return Waiting(
            said.headline,
            said.category,
            said.paragraphs,
            readers=readers,
            reason=self._random.choice(REASONS),
            views=readers * self._random.randint(60, 300),
            comment=self._random.choice(COMMENTS),
        )

    def _flag(self, external_id: str, said: Content, one: Waiting) -> int:
        target = Target(part="p2", quotation={"exact": one.words, "prefix": ""}) if one.words else Target()
        with self._database.transaction() as session:
            article = make_article(session, self.site, external_id, said)
            # The same readers flag all that one series sells.
            readers = (
                range(2) if one.readers == 2 and one.reason == "spam" else self._random.sample(range(30), one.readers)
            )
            for number, name in enumerate(readers):
                comment = one.comment if number == 0 else None
                changes = {"reason": one.reason, "comment": comment, "target": target}
                make_flag(session, self.site, external_id, f"reader-{name}", **changes)
            pipeline.report_reach(session, self.site.id, [(external_id, one.views)])
        with self._database.transaction() as session:
            pipeline.triage(session, limit=1000)
            found = select(Case.id).where(Case.article_id == article.id, Case.state == "open")
            return session.scalars(found).one()

    def _decided(self, cases: list[int], *, everything: bool = False) -> int:
        """Decide some of these, the oldest first; how many."""
        count = len(cases) if everything else min(len(cases), self._random.randint(1, 4))
        for case_id in cases[:count]:
            with self._database.transaction() as session:
                case = session.get(Case, case_id)
                if case is not None and case.state == "open":
                    upheld = self._random.random() < 0.2 * case.voices
                    action = Action.TAKEDOWN if upheld else Action.CLEAR
                    make_decision(session, case, self._random.choice(self._team), action)
            self._carry_out()
        ordering.settle_each(self._database.transaction, most=100)
        return count

    def _carry_out(self) -> None:
        while True:
            with self._database.transaction() as session:
                lease = pipeline.lease_order(session, self._settings)
            if lease is None:
                return
            tried = pipeline.carry_out(lease, self._database.transaction)
            with self._database.transaction() as session:
                pipeline.settle_order(session, lease, tried, self._settings)

    def _new_subjects(self) -> Iterator[tuple[str, Content]]:
        for number, ((category, headline), place) in enumerate(itertools.product(EVENTS, PLACES)):
            said = headline.format(place)
            yield (
                f"story-{number}",
                Content(
                    category=category,
                    headline=said,
                    place="Tarnbeck",
                    paragraphs=(f"{said}, as was told on the market.", "Nobody could be asked on Sunday."),
                    questions=("Who will be heard?",),
                ),
            )
