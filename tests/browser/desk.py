"""A newsroom of a test's own on the running service, and the people who visit its review desk."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.articles.content import Content
from moderation_service.articles.models import Article
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.decisions.models import Decision
from moderation_service.decisions.ruling import Together
from moderation_service.intake import record
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import Target
from moderation_service.notifications.models import Notice
from moderation_service.notifications.webhooks import endpoints
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.secrets import hash_password
from moderation_service.triage.rules.entries import Mode
from tests.deliveries import make_delivery, make_endpoint
from tests.factories import (
    ACTOR,
    LEASE,
    make_article,
    make_content,
    make_decision,
    make_moderator,
    make_notice,
    make_policy,
    make_ruling,
    make_site,
    make_submission,
    settle,
    triaged,
)
from tests.triage.rules.books import make_entry

PASSWORD = "correct horse battery staple"


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`: slow to make, and the same for everybody here."""
    return hash_password(PASSWORD)


def open_session(database: Database, username: str) -> str:
    """A session of the console; its secret."""
    with database.transaction() as session:
        person = people.moderator_by_name(session, username)
        return people.new_token(session, person, kind="session", name="console", lifetime=timedelta(hours=1))


class Desk:
    """One site, whose moderators see nothing of any other; made at once, past the API."""

    def __init__(self, database: Database, slug: str) -> None:
        self.slug = slug
        self._database = database
        with database.transaction() as session:
            self.site = make_site(session, slug)
            session.flush()
            session.expunge(self.site)

    def hire(self, name: str, role: Role = Role.MODERATOR, *, everywhere: bool = False) -> str:
        """A moderator with `PASSWORD`, on this site or on all; his user name, which no other desk has."""
        username = f"{name}-{self.slug}"
        with self._database.transaction() as session:
            make_moderator(session, username, role, None if everywhere else self.site)
            people.moderator_by_name(session, username).password_hash = password_hash()
        return username

    def administered(self) -> dict[str, int]:
        """What admins look after: a key, a policy of two versions, a mail given up on; a colleague and the policy."""
        username = self.hire("cleo")
        with self._database.transaction() as session:
            sites.add_key(session, self.site, kind="publishable", name="widget", actor=ACTOR)
            make_policy(session, self.site)
            version = make_policy(session, self.site, second_for_editorial=True, second_over=5)
            make_notice(session, self.site.id, f"lost:{self.slug}")
            (notice,) = session.scalars(select(Notice).where(Notice.site_id == self.site.id))
            notice.state, notice.last_error = "dead", "550 5.1.1 <ada@courier.example>: mailbox unavailable"
            person = people.moderator_by_name(session, username)
            return {"person": person.id, "policy": version.id, "endpoint": self._told_by_webhook(session)}

    def _told_by_webhook(self, session: Session) -> int:
        """An endpoint that has said it is gone, and what waits for it."""
        endpoint = make_endpoint(session, self.site, description="The search index")
        gone = {"duration_ms": 41, "status": 410, "error": "It answered 410: it wants no more webhooks"}
        make_delivery(session, endpoint, "sent", {"duration_ms": 12, "status": 204})
        make_delivery(session, endpoint, "held", gone | {"answer": "<h1>Moved away for good</h1>"})
        endpoints.disable_gone(session, endpoint.id, endpoint.url)
        return endpoint.id

    def end_sessions(self, username: str) -> None:
        """Sign somebody out everywhere."""
        with self._database.transaction() as session:
            people.end_tokens(session, people.moderator_by_name(session, username), kind="session")

    def case(self, external_id: str, *, content: Content | None = None, reporters: int = 1, **flag: Any) -> int:
        """An open case with a flag of each of so many readers; its id."""
        said = content or make_content(headline=f"Headline of {external_id}")
        with self._database.transaction() as session:
            make_article(session, self.site, external_id, said)
            for number in range(reporters):
                submission = make_submission(self.site, external_id, f"reader-{number}", **flag)
                recorded = record.record_one(session, submission)
            return triaged(session, recorded).id

    def cases(self, count: int) -> Sequence[int]:
        """So many open cases, about articles that are called after their numbers."""
        return [self.case(f"article-{number:02}") for number in range(1, count + 1)]

    def disputed(self) -> int:
        """An open case with all there is to see: flags on parts and quotations, comments, a newer revision; its id."""
        first = make_content("The ferry is back, <b>they</b> say.", "Its bell was found in the reeds by Mr Reed.")
        quotation = {"exact": "found in the reeds", "prefix": "bell was "}
        self.case("disputed", content=first, reporters=3, comment="The bell never left the tower.")
        self.case("disputed", content=first, reason="privacy", target=Target(part="p2", quotation=quotation))
        self.case("disputed", content=first, reason="danger_to_life", target=Target(part="p1"), comment="It will sink!")
        revised = make_content("The ferry is back.", "Its bell was found in the reeds by a neighbour.")
        return self.case("disputed", content=revised, reporters=4, reason="spam")

    @contextlib.contextmanager
    def busy(self, case_id: int) -> Iterator[None]:
        """What is done inside finds this case locked, and waits for it in vain."""
        with self._database.transaction() as session:
            cases.lock(session, case_id)
            yield

    def policy(self, **switches: Any) -> None:
        """Another version of this site's policy, with these switches."""
        with self._database.transaction() as session:
            make_policy(session, self.site, **switches)

    def decide(self, username: str, case_id: int, action: Action) -> None:
        """Somebody decides a case, as it is now."""
        with self._database.transaction() as session:
            case = cases.lock(session, case_id)
            revision = session.get_one(Article, case.article_id).current_revision
            make_decision(session, case, people.person_by_name(session, username), action, revision=revision)

    def propose_together(self, username: str, case_ids: Sequence[int]) -> None:
        """Somebody sends one takedown on several cases, which the policy has wait."""
        together = Together(len(case_ids))
        for case_id in case_ids:
            with self._database.transaction() as session:
                case, person = cases.lock(session, case_id), people.person_by_name(session, username)
                claims.claim(session, case, person, lease=LEASE)
                pipeline.decide(
                    session, case_id, person, make_ruling(case, together=together, note="All of one series")
                )

    def records(self) -> None:
        """The first three readers of every case have a record from now on: they were right once."""
        self.decide(self.hire("judge", Role.SENIOR), self.case("earlier", reporters=3), Action.TAKEDOWN)
        with self._database.transaction() as session:
            settle(session)

    def rule(self) -> str:
        """A live rule of this site, which fires on every second flag of a case; its name."""
        with self._database.transaction() as session:
            conditions = {
                "all": [
                    {"field": "reporters", "within": "6h", "operator": ">=", "value": 2},
                    {"not": {"any": [{"field": "category", "operator": "contains", "value": "sport"}]}},
                ]
            }
            actions = [{"do": "escalate"}, {"do": "require", "who": "senior"}]
            said = {"site": self.slug, "conditions": conditions, "actions": actions}
            return make_entry(session, "two-readers", mode=Mode.LIVE, **said).rule.name

    def name(self, name: str) -> str:
        """How colleagues see who was hired by this name."""
        return f"{name}-{self.slug}".title()

    def decided(self) -> dict[str, int]:
        """How often each verdict was given here."""
        of_site = select(Decision.action, func.count()).join(Case, Case.id == Decision.case_id)
        with self._database.transaction() as session:
            counted = session.execute(of_site.where(Case.site_id == self.site.id).group_by(Decision.action))
            return {str(action): times for action, times in counted}

    def said(self, words: str) -> int:
        """How many flags say this."""
        query = select(func.count()).select_from(Flag).where(Flag.site_id == self.site.id, Flag.comment == words)
        with self._database.transaction() as session:
            return session.scalar(query) or 0

    def parts_taken_down(self) -> list[list[str]]:
        """What each decision here takes down; nothing for the whole article."""
        of_site = select(Decision.parts).join(Case, Case.id == Decision.case_id)
        with self._database.transaction() as session:
            return [list(parts) for parts in session.scalars(of_site.where(Case.site_id == self.site.id))]
