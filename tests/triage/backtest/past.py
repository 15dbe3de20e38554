"""Make a past: let time go by in the database, and let readers, editors and moderators do things in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any

import psycopg
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service import pipeline, readers
from moderation_service.articles.models import Article
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database, driver_url
from moderation_service.intake.models import Flag
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from moderation_service.triage.rules import book
from moderation_service.triage.rules.document import load
from moderation_service.triage.rules.entries import Mode
from tests.aging import make_older
from tests.factories import (
    ACTOR,
    make_article,
    make_content,
    make_decision,
    make_flag,
    make_moderator,
    make_site,
    reporter_id,
    settle,
)

TABLES = (
    "flags",
    "flag_lives",
    "case_scores",
    "cases",
    "decisions",
    "articles",
    "article_revisions",
    "article_reach",
    "reporters",
    "rule_firings",
    "rule_versions",
)
CATEGORIES = ("POLITICS", "LOCAL", "SPORT")
REASONS = ("misleading", "hate", "spam", "other")


def conditions(*tests: dict[str, Any], group: str = "all") -> dict[str, Any]:
    """A tree of one level."""
    return {group: list(tests)}


def asks(field: str, operator: str, value: Any, **options: Any) -> dict[str, Any]:
    """One test of a rule."""
    return {"field": field, "operator": operator, "value": value, **options}


def document(name: str, tree: dict[str, Any], *actions: dict[str, Any]) -> dict[str, Any]:
    """A rule as JSON; it escalates unless told otherwise."""
    return {"name": name, "because": "A test.", "conditions": tree, "actions": list(actions) or [{"do": "escalate"}]}


def add_rule(session: Session, said: dict[str, Any], *, mode: Mode = Mode.SHADOW) -> int:
    """Put a rule into the book; the id of the version that is in force."""
    entry = book.add(session, load(said), author=ACTOR, because="A test.")
    return book.enable(session, entry.rule, mode=mode, author=ACTOR, because="A test.").version.id


class Past:
    """A site with articles that readers flag; each step is a transaction of its own, as in life."""

    def __init__(self, database: Database, settings: Settings, *, articles: int = 1) -> None:
        self.database = database
        self.url = settings.database_url
        self.owner = psycopg.connect(driver_url(settings.migration_database_url), autocommit=True)
        with self.step() as session:
            self.site: Site = make_site(session, "herald")
            self.person = make_moderator(session, role=Role.SENIOR)
            for number in range(articles):
                self.publish(session, number, CATEGORIES[number % len(CATEGORIES)])

    @contextmanager
    def step(self) -> Iterator[Session]:
        """One transaction."""
        with self.database.transaction() as session:
            yield session

    def close(self) -> None:
        """Close what it opened."""
        self.owner.close()

    def let_pass(self, time: timedelta) -> None:
        """Make everything that happened so far older."""
        make_older(self.owner, TABLES, time)

    def publish(self, session: Session, number: int, category: str, words: str = "The ferry is back.") -> None:
        """A new article, or another revision of one."""
        make_article(session, self.site, f"a{number}", make_content(words, category=category))

    def flag(self, number: int, reader: str, reason: str = "misleading") -> None:
        """A reader flags an article; one that he took back, he gives again."""
        with self.step() as session:
            make_flag(session, self.site, f"a{number}", reader, reason=reason)

    def triage(self) -> None:
        """What waits is triaged, and what follows from decisions is learned."""
        with self.step() as session:
            pipeline.triage(session, limit=1000)
        with self.step() as session:
            settle(session)

    def withdraw(self, random: Random) -> None:
        """Some flag is taken back."""
        with self.step() as session:
            standing = select(Flag).where(Flag.withdrawn_at.is_(None)).order_by(Flag.id)
            flag = random.choice(session.scalars(standing).all())
            pipeline.withdraw_flag(session, self.site.id, flag.receipt)

    def mute(self, reader: str) -> None:
        """A reader is muted, whether he has flagged or not."""
        with self.step() as session:
            known = readers.meet(session, reporter_id(self.site, reader), site_id=self.site.id)
            readers.mute(session, known, actor=ACTOR, note="A test.")

    def decide(self, case_id: int, action: Action) -> None:
        """A case is decided."""
        with self.step() as session:
            case = session.get_one(Case, case_id)
            revision = session.get_one(Article, case.article_id).current_revision
            make_decision(session, case, self.person, action, revision=revision)

    def open_cases(self) -> list[int]:
        """The cases that nobody decided yet."""
        with self.step() as session:
            return list(session.scalars(select(Case.id).where(Case.state == "open").order_by(Case.id)))

    def firings(self, version_id: int) -> list[tuple[int, Any, Any]]:
        """Where a version fired: case, moment and facts, in the order of the cases."""
        query = "SELECT case_id, fired_at, facts FROM rule_firings WHERE version_id = :version ORDER BY case_id"
        with self.step() as session:
            return [
                (row.case_id, row.fired_at, row.facts) for row in session.execute(text(query), {"version": version_id})
            ]


PAUSES = (timedelta(minutes=1), timedelta(minutes=20), timedelta(hours=3), timedelta(hours=33))


def live_a_while(
    past: Past, random: Random, *, articles: int, steps: int, pauses: Sequence[timedelta] = PAUSES
) -> None:
    """Many things happen, in no order that anybody planned."""
    for step in range(steps):
        for _ in range(random.randint(1, 6)):
            past.flag(random.randrange(articles), f"reader-{random.randrange(12)}", random.choice(REASONS))
        if random.random() < 0.3:
            past.withdraw(random)
        if random.random() < 0.1:
            past.mute(f"reader-{random.randrange(12)}")
        past.triage()
        waiting = past.open_cases()
        if waiting and random.random() < 0.5:
            past.decide(random.choice(waiting), random.choice((Action.CLEAR, Action.TAKEDOWN)))
        if random.random() < 0.3:
            with past.step() as session:
                past.publish(session, random.randrange(articles), random.choice(CATEGORIES), f"Said in step {step}.")
        if pauses:
            past.let_pass(random.choice(pauses))
