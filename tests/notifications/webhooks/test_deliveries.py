"""Events on their way to a real receiver, in each of its moods."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from standardwebhooks import Webhook

from moderation_service import sending, upkeep
from moderation_service.audit.models import AuditEntry
from moderation_service.config import Settings
from moderation_service.db import Database, utcnow
from moderation_service.errors import Conflict, NotFound
from moderation_service.notifications import attempts, secrets
from moderation_service.notifications.delivery import Outcome
from moderation_service.notifications.models import Endpoint, Notice, NoticeAttempt, WebhookEvent
from moderation_service.notifications.webhooks import endpoints, replaying
from moderation_service.notifications.webhooks.vocabulary import EventType
from moderation_service.outbound import calling
from moderation_service.sites.models import Site
from tests.factories import ACTOR, make_case, make_flag, make_site, triaged
from tests.notifications.sending import send_all, send_one
from tests.notifications.sinks import Receiver


@dataclass
class Line:
    """A site whose events go to a real receiver, and what a worker does, each step in its own transaction."""

    database: Database
    settings: Settings
    receiver: Receiver
    endpoint_id: int
    secret: str

    def happen(self, article: str = "ferry") -> None:
        """Let two things happen: a flag is received, and a case opened."""
        with self.database.transaction() as session:
            make_case(session, session.scalars(select(Site)).one(), article)
        with self.database.transaction() as session:
            sending.relay_events(session, self.settings)

    def happen_again(self) -> None:
        """Let one thing more happen to the same article."""
        with self.database.transaction() as session:
            triaged(session, make_flag(session, session.scalars(select(Site)).one(), reporter="reader-2"))
        with self.database.transaction() as session:
            sending.relay_events(session, self.settings)

    def send(self) -> None:
        """Send all that is due."""
        send_all(self.database, self.settings)

    def change(self, **changes: Any) -> None:
        """Change the endpoint."""
        with self.database.transaction() as session:
            endpoint = endpoints.one(session, self._site(), self.endpoint_id)
            endpoints.change(session, endpoint, changes, actor=ACTOR)  # type: ignore[arg-type]

    def replay(self, since: datetime | None = None) -> int:
        """Send again what was given up on, or all since then."""
        with self.database.transaction() as session:
            endpoint = endpoints.one(session, self._site(), self.endpoint_id)
            return replaying.replay(session, endpoint, since, actor=ACTOR)

    def replay_one(self, notice_id: int) -> None:
        """Send one again."""
        with self.database.transaction() as session:
            endpoint = endpoints.one(session, self._site(), self.endpoint_id)
            replaying.replay_one(session, endpoint, notice_id, actor=ACTOR)

    def states(self) -> list[str]:
        """The states of all notices, the oldest first."""
        with self.database.transaction() as session:
            return list(session.scalars(select(Notice.state).order_by(Notice.id)))

    def set(self, **values: Any) -> None:
        """Set columns of all notices."""
        with self.database.transaction() as session:
            session.execute(update(Notice).values(**values))

    def make_due(self, place: int) -> None:
        """Let the wait of one notice be over, by its place among those that were tried."""
        with self.database.transaction() as session:
            tried = session.scalars(select(Notice).where(Notice.attempts > 0).order_by(Notice.id)).all()
            tried[place].due_at = func.now()

    def endpoint(self) -> Endpoint:
        """The endpoint as it stands."""
        with self.database.transaction() as session:
            return session.scalars(select(Endpoint)).one()

    def tries(self) -> list[NoticeAttempt]:
        """The log, oldest first."""
        with self.database.transaction() as session:
            return list(session.scalars(select(NoticeAttempt).order_by(NoticeAttempt.id)))

    def ids(self) -> list[str]:
        """The ids of what arrived."""
        return [post.headers["webhook-id"] for post in self.receiver.received]

    def _site(self) -> int:
        with self.database.transaction() as session:
            return session.scalars(select(Site.id)).one()


@pytest.fixture
def line(database: Database, settings: Settings, receiver: Receiver) -> Line:
    with database.transaction() as session:
        site = make_site(session)
        endpoint, secret = endpoints.add(
            session, site.id, url=receiver.url(), description="", types=list(EventType), actor=ACTOR
        )
    assert secret is not None
    return Line(database, settings.replace(webhook_allow_private=True), receiver, endpoint.id, secret)


def test_what_arrives_is_signed_as_the_standard_says(line: Line) -> None:
    line.happen()
    line.send()
    told = [Webhook(line.secret).verify(post.body, post.headers) for post in line.receiver.received]
    assert {(event["type"], event["data"]["sequence"]) for event in told} == {("flag.received", 1), ("case.opened", 2)}
    assert line.states() == ["sent", "sent"]


def test_after_a_rotation_both_secrets_verify_for_a_while(line: Line) -> None:
    with line.database.transaction() as session:
        new = secrets.rotate_secret(session, session.scalars(select(Site.id)).one(), overlap=timedelta(1), actor=ACTOR)
    line.happen()
    line.send()
    post = line.receiver.received[0]
    assert Webhook(line.secret).verify(post.body, post.headers) == Webhook(new).verify(post.body, post.headers)


@pytest.mark.parametrize("mode", ["500", "redirect", "closed", "slow", "huge"])
def test_whatever_the_receiver_does_an_event_arrives_in_the_end(
    line: Line, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "TIMEOUT", 0.2)
    line.receiver.mode = mode
    line.happen()
    line.send()
    line.receiver.mode = "ok"
    line.set(due_at=func.now())
    line.send()
    assert line.states() == ["sent", "sent"]
    assert len(set(line.ids())) == 2


def test_each_try_is_logged_with_what_came_back(line: Line) -> None:
    line.receiver.mode = "teapot"
    line.happen()
    send_one(line.database, line.settings)
    (tried,) = line.tries()
    assert (tried.status, tried.error) == (418, "It answered 418")
    assert tried.answer == ("short and stout [2J" + "x" * 2000)[: attempts.WORDS_KEPT]
    assert 0 <= tried.duration_ms < 10_000


def test_a_try_that_nobody_answered_has_no_status(line: Line) -> None:
    line.receiver.mode = "closed"
    line.happen()
    send_one(line.database, line.settings)
    (tried,) = line.tries()
    assert (tried.status, tried.answer) == (None, None)
    assert "did not answer" in str(tried.error)


def test_what_cannot_be_taken_holds_up_the_rest_for_minutes_only(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    line.set(attempts=7)
    send_one(line.database, line.settings)
    with line.database.transaction() as session:
        pauses = [notice.due_at - utcnow(session) for notice in session.scalars(select(Notice).order_by(Notice.due_at))]
    assert timedelta(minutes=1) < pauses[0] < timedelta(minutes=6)
    assert pauses[1] > timedelta(hours=1)


def test_as_soon_as_one_is_taken_all_that_waited_go(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    line.happen("bridge")
    send_one(line.database, line.settings)
    line.receiver.mode = "ok"
    line.make_due(0)
    line.send()
    assert line.states() == ["sent"] * 4


def test_what_waited_because_of_another_goes_when_any_is_taken(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    send_one(line.database, line.settings)
    line.receiver.mode = "ok"
    line.happen("bridge")
    line.send()
    assert sorted(line.states()) == ["pending", "sent", "sent", "sent"]


def test_what_cannot_be_taken_is_not_tried_with_each_that_can(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    send_one(line.database, line.settings)
    line.receiver.mode = "ok"
    for article in ("bridge", "mill", "tower"):
        line.happen(article)
        line.send()
    assert len([post for post in line.receiver.received if post.headers["webhook-id"] == line.ids()[0]]) == 1


# An endpoint that is gone, or disabled by hand.


def test_410_disables_the_endpoint_and_keeps_what_waits(line: Line) -> None:
    line.receiver.mode = "410"
    line.happen()
    line.send()
    line.happen("bridge")
    line.send()
    assert len(line.receiver.received) == 1
    assert line.endpoint().disabled_because == "it answered 410 Gone"
    assert line.states() == ["held"] * 4
    with line.database.transaction() as session:
        assert "webhook_endpoint.disabled" in session.scalars(select(AuditEntry.action)).all()


def test_enabled_again_it_gets_what_waited_for_it(line: Line) -> None:
    line.change(enabled=False)
    line.happen()
    line.send()
    assert line.receiver.received == []
    line.change(enabled=True)
    line.send()
    assert line.states() == ["sent", "sent"]


def test_to_enable_it_once_more_waits_for_nothing(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    line.send()
    line.receiver.mode = "ok"
    line.change(enabled=True)
    line.send()
    assert line.states() == ["sent", "sent"]


def test_what_waits_goes_where_the_endpoint_is_now(line: Line) -> None:
    line.happen()
    line.change(url=line.receiver.url(path="/moved"))
    line.send()
    assert {post.path for post in line.receiver.received} == {"/moved"}


def test_what_waited_for_it_goes_as_soon_as_one_is_taken_there(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    send_one(line.database, line.settings)
    line.receiver.mode = "ok"
    line.change(url=line.receiver.url(path="/moved"))
    line.happen("bridge")
    line.send()
    assert sorted(line.states()) == ["pending", "sent", "sent", "sent"]


def test_a_removed_endpoint_takes_all_with_it(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    send_one(line.database, line.settings)
    with line.database.transaction() as session:
        endpoints.remove(session, endpoints.one(session, line.endpoint().site_id, line.endpoint_id), actor=ACTOR)
    assert (line.states(), line.tries()) == ([], [])


def test_a_private_address_is_refused_at_each_send(line: Line) -> None:
    line.happen()
    send_all(line.database, line.settings.replace(webhook_allow_private=False))
    assert line.states() == ["dead", "dead"]
    assert line.receiver.received == []


# Replay.


def test_what_was_given_up_on_is_sent_again_under_its_id(line: Line) -> None:
    line.happen()
    line.send()
    before = line.ids()
    line.set(state="dead")
    assert line.replay() == 2
    line.send()
    assert sorted(line.ids()) == sorted(before * 2)


def test_all_since_a_moment_is_sent_again(line: Line) -> None:
    line.happen()
    with line.database.transaction() as session:
        since = utcnow(session)
    line.happen("bridge")
    line.send()
    assert line.replay(since) == 2
    line.send()
    again = [json.loads(post.body)["data"]["article"]["external_id"] for post in line.receiver.received[4:]]
    assert again == ["bridge", "bridge"]


def test_all_since_a_moment_are_also_those_that_wait(line: Line) -> None:
    line.receiver.mode = "500"
    line.happen()
    line.send()
    line.receiver.mode = "ok"
    with line.database.transaction() as session:
        since = utcnow(session) - timedelta(hours=1)
    assert line.replay(since) == 2
    line.send()
    assert line.states() == ["sent", "sent"]


def test_one_is_sent_again(line: Line) -> None:
    line.happen()
    line.send()
    with line.database.transaction() as session:
        notice_id = session.scalars(select(Notice.id).order_by(Notice.id)).first()
    assert notice_id is not None
    line.replay_one(notice_id)
    line.send()
    assert len(line.receiver.received) == 3
    with pytest.raises(NotFound):
        line.replay_one(notice_id + 99)


def test_nothing_is_replayed_to_a_disabled_endpoint(line: Line) -> None:
    line.change(enabled=False)
    with pytest.raises(Conflict, match="disabled"):
        line.replay()


# Upkeep.


def test_events_are_forgotten_with_their_notices_and_no_number_is_given_again(line: Line) -> None:
    line.happen()
    line.send()
    old = func.now() - timedelta(days=31)
    line.set(sent_at=old)
    with line.database.transaction() as session:
        session.execute(update(WebhookEvent).values(at=old))
        upkeep.tidy(session, line.settings)
        assert session.scalars(select(WebhookEvent.id)).all() == []
    assert (line.states(), line.tries()) == ([], [])
    line.happen_again()
    line.send()
    numbers = [json.loads(post.body)["data"]["sequence"] for post in line.receiver.received]
    assert len(set(numbers)) == len(numbers) > 2


def test_410_of_an_address_that_was_left_does_not_disable_the_new_one(line: Line) -> None:
    line.happen()
    with line.database.transaction() as session:
        lease = sending.lease_notice(session, line.settings)
    assert lease is not None
    line.change(url=f"{line.receiver.url}/new")
    with line.database.transaction() as session:
        sending.settle_notice(session, lease, Outcome("It answered 410", fatal=True, gone=True), line.settings)
    assert line.endpoint().disabled_because is None
    assert set(line.states()) == {"pending"}
