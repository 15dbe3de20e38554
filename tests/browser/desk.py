"""A newsroom of a test's own on the running service, and the people who visit its review desk."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from moderation_service.articles.content import Content
from moderation_service.db import Database
from moderation_service.intake import record
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.secrets import hash_password
from tests.factories import (
    make_article,
    make_content,
    make_moderator,
    make_site,
    make_submission,
    triaged,
)

PASSWORD = "correct horse battery staple"


@cache
def password_hash() -> str:
    """The hash of `PASSWORD`: slow to make, and the same for everybody here."""
    return hash_password(PASSWORD)


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
