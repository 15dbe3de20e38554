"""The service's public door without a network: its WSGI application, and what workers would do."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation_service import pipeline, sending
from moderation_service.api.current import Services
from moderation_service.app import create_app
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.backtest.run import run
from tests.hidden import READERS, allow
from tests.live import ORIGIN, article_of, flag_of, open_newsroom, verdict_on
from tests.notifications.sending import send_all

PROBLEM = "application/problem+json"


class Door:
    """An application with a newsroom behind it: a site, its keys, and moderators."""

    def __init__(self, settings: Settings, *, moderators: int = 2) -> None:
        self.settings = settings
        self.app = create_app(settings)
        self.services: Services = self.app.extensions["moderation"]
        self.newsroom = open_newsroom(settings, moderators=moderators)
        self.nobody: dict[str, str] = {}
        self.reader = bearer(self.newsroom.publishable_key) | {"Origin": ORIGIN}
        self.site = bearer(self.newsroom.secret_key)
        self.moderators = [bearer(token) for token in self.newsroom.tokens]

    @property
    def moderator(self) -> dict[str, str]:
        """The headers of the first moderator."""
        return self.moderators[0]

    def call(self, method: str, path: str, who: dict[str, str], body: Any = None, **headers: str) -> TestResponse:
        """Send one request; `body` becomes JSON unless it is bytes already."""
        sent = {"Content-Type": "application/json"} if body is not None else {}
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        # A client of its own for each call: no cookies, and safe from many threads.
        return self.app.test_client().open(path, method=method, data=data, headers=sent | who | headers)

    def get(self, path: str, who: dict[str, str], **headers: str) -> TestResponse:
        """GET."""
        return self.call("GET", path, who, **headers)

    def post(self, path: str, who: dict[str, str], body: Any = None, **headers: str) -> TestResponse:
        """POST."""
        return self.call("POST", path, who, body, **headers)

    def put_article(self, external_id: str, body: dict[str, Any] | None = None) -> TestResponse:
        """Publish an article."""
        return self.call("PUT", f"/v1/articles/{external_id}", self.site, body or article_of())

    def flag(self, external_id: str, reporter: str = "reader-1", **words: Any) -> TestResponse:
        """Flag an article."""
        return self.post("/v1/flags", self.reader, flag_of(external_id, reporter, **words))

    def case_of(self, external_id: str, *reporters: str) -> dict[str, Any]:
        """Publish an article, flag it, and triage: its open case."""
        self.put_article(external_id)
        return self.flagged(external_id, *reporters)

    def flagged(self, external_id: str, *reporters: str) -> dict[str, Any]:
        """Flag an article as it is, and triage: its open case."""
        for reporter in reporters or ("reader-1",):
            self.flag(external_id, reporter)
        self.work()
        cases = self.get("/v1/cases?limit=100", self.moderator).get_json()["cases"]
        found: dict[str, Any] = next(case for case in cases if case["article"]["external_id"] == external_id)
        return found

    def decided(self, external_id: str, action: str = "takedown", **words: Any) -> dict[str, Any]:
        """A case as `case_of` makes it, decided and carried out; the case as it was before."""
        return self.decide(self.case_of(external_id), action, **words)

    def decide(self, case: dict[str, Any], action: str = "takedown", **words: Any) -> dict[str, Any]:
        """Decide a case, and carry that out; the case as it was before."""
        self.post(f"/v1/cases/{case['id']}/claim", self.moderator)
        answer = self.post(f"/v1/cases/{case['id']}/decisions", self.moderator, verdict_on(case, action, **words))
        assert answer.status_code == 201, answer.text
        self.work()
        return case

    def hidden(self, external_id: str) -> dict[str, Any]:
        """An article that is hidden until it is reviewed: its case as a moderator sees it."""
        case = self.case_of(external_id, *READERS)
        with self.services.database.transaction() as session:
            allow(session, session.scalars(select(Case).where(Case.id == case["id"])).one())
            pipeline.hide_pending(session, case["id"])  # where triage has not done it: the readers are known by now
        self.work()
        shown: dict[str, Any] = self.get(f"/v1/cases/{case['id']}", self.moderator).get_json()
        assert shown["hidden"]
        return shown

    def work(self) -> None:
        """What workers do: triage all that waits, carry out all that is due."""
        transaction = self.services.database.transaction
        with transaction() as session:
            pipeline.triage(session, limit=1000)
        while True:
            with transaction() as session:
                lease = pipeline.lease_order(session, self.settings)
            if lease is None:
                return
            tried = pipeline.carry_out(lease, transaction)
            with transaction() as session:
                pipeline.settle_order(session, lease, tried, self.settings)

    def tell(self) -> None:
        """What workers do: make notices of what happened, and send all that is due."""
        transaction = self.services.database.transaction
        with transaction() as session:
            sending.relay_events(session, self.settings)
        send_all(self.services.database, self.settings)

    def backtest(self) -> None:
        """What a worker does with the backtest that waits longest."""
        transaction = self.services.database.transaction
        with transaction() as session:
            lease = backtests.lease_next(session)
        assert lease is not None
        report = run(self.settings.database_url, lease.document, lease.period, progress=lambda _: None)
        with transaction() as session:
            assert backtests.finish(session, lease, report)

    def close(self) -> None:
        """Close all connections, and count no more: a thread would share the counts with the next test."""
        self.services.limits.forget()
        self.services.gate.close()
        self.services.bell.close()
        self.services.database.close()


def bearer(credential: str) -> dict[str, str]:
    """The header that shows a key or a token."""
    return {"Authorization": f"Bearer {credential}"}


def assert_problem(answer: TestResponse, status: int, pointer: str | None = None) -> dict[str, Any]:
    """The answer is a problem of this status, and it names this field; its members."""
    assert (answer.status_code, answer.content_type) == (status, PROBLEM), answer.text
    members: dict[str, Any] = answer.get_json()
    assert members["status"] == status
    assert members["title"]
    if pointer is not None:
        assert pointer in [error["pointer"] for error in members["errors"]]
    return members
