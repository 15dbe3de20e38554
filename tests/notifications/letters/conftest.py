"""A newsroom whose readers leave their addresses, a mail server that takes what is sent to them, and the worker."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlalchemy import delete, func, select, update
from werkzeug.test import TestResponse

from moderation_service import pipeline
from moderation_service.notifications.letters import due
from moderation_service.notifications.models import AddressCount, Notice, RefusedAddress, UntoldCase
from moderation_service.sites import people
from tests.api.conftest import open_for_file
from tests.api.door import Door
from tests.live import article_of, verdict_on
from tests.notifications.sinks import Letter, MailSink
from tests.servers import TestServers
from workers import notifications

EVE = "eve@mail.example"
HEADLINE = "Ferry runs again"
_numbers = itertools.count()


class Post:
    """Flags, decisions and letters."""

    def __init__(self, door: Door, sink: MailSink, article: str) -> None:
        self.door, self.sink, self.article = door, sink, article
        self.settings = door.settings.replace(smtp_url=sink.url, mail_from="desk@courier.example")
        door.put_article(article, article_of(HEADLINE, ["First.", "Second."]))
        with door.services.database.transaction() as session:
            for table in (Notice, UntoldCase, RefusedAddress, AddressCount):
                session.execute(delete(table))

    def flag(self, reporter: str = "reader-1", email: str = EVE, **words: Any) -> str:
        """A flag with an address; its receipt."""
        answer = self.door.flag(self.article, reporter, email=email, **words)
        assert answer.status_code in {200, 202}, answer.text
        return str(answer.get_json()["receipt"])

    def decide(self, action: str, **words: Any) -> dict[str, Any]:
        """Triage, and decide the article's case, for the first time or anew; the decision."""
        self.door.work()
        return self.decide_case(self.case()["id"], action, **words)

    def decide_case(self, case_id: int | None, action: str, **words: Any) -> dict[str, Any]:
        """Decide this case; the decision."""
        path = f"/v1/cases/{case_id}"
        self.door.post(f"{path}/claim", self.door.moderator)
        case = self.door.get(path, self.door.moderator).get_json()
        answer = self.door.post(f"{path}/decisions", self.door.moderator, verdict_on(case, action, **words))
        assert answer.status_code == 201, answer.text
        return dict(answer.get_json())

    def undo(self, decision: dict[str, Any]) -> None:
        """The moderator who made it takes a decision back, and holds the case."""
        with self.door.services.database.transaction() as session:
            person = people.person_by_name(session, "m1")
            pipeline.undo(session, decision["case_id"], person, decision["id"], self.settings)

    def case(self) -> dict[str, Any]:
        """The newest case of the article."""
        rows = [
            row
            for state in ("open", "closed")
            for row in self.door.get(f"/v1/cases?limit=100&state={state}", self.door.moderator).get_json()["cases"]
            if row["article"]["external_id"] == self.article
        ]
        return dict(max(rows, key=lambda row: row["id"]))

    def work(self) -> list[Letter]:
        """What workers do; the letters that went out meanwhile."""
        before = len(self.sink.letters)
        self.door.work()
        self.tell()
        return self.sink.letters[before:]

    def tell(self) -> None:
        """The worker's tasks for letters alone."""
        database = self.door.services.database
        with patch.multiple(notifications, settings=self.settings, database=lambda: database):
            notifications.tell()
            notifications.drain()

    def make_due(self) -> None:
        """Let everything be due that waits for another try."""
        with self.door.services.database.transaction() as session:
            session.execute(update(Notice).values(due_at=func.now()))

    def recipients(self) -> list[str]:
        """Whom the outbox has letters for, sent ones among them."""
        with self.door.services.database.transaction() as session:
            return list(session.scalars(select(Notice.recipient).order_by(Notice.id)))

    def open(self, address: str, method: str = "GET", **form: str) -> TestResponse:
        """Open an address that stands in a letter."""
        path = address.removeprefix("https://flags.example")
        return self.door.app.test_client().open(path, method=method, data=form)


def link(letter: Letter, pattern: str = "/mail/") -> str:
    """The address in a letter's text that has this in it."""
    return next(found[0] for found in re.finditer(r"https://\S+", letter.text()) if pattern in found[0])


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    """A door with limits nobody reaches."""
    with open_for_file(servers, worker_id, public_url="https://flags.example") as door:
        yield door


@pytest.fixture
def slow_post(door: Door, sink: MailSink) -> Post:
    """As it is: what was decided a moment ago is told to nobody. The article and the outbox are the test's own."""
    return Post(door, sink, f"article-{next(_numbers)}")


@pytest.fixture
def post(slow_post: Post) -> Iterator[Post]:
    """Without time for second thoughts."""
    with patch.object(due, "SECOND_THOUGHTS", timedelta()):
        yield slow_post
