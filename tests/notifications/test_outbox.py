"""Notices into a channel that can fail: claim, call, confirm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from moderation_service import dead_letters, sending, upkeep
from moderation_service.audit.models import AuditEntry
from moderation_service.config import Settings
from moderation_service.db import Database, finish
from moderation_service.dead_letters import NOTICES
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.notifications import attempts
from moderation_service.notifications.channels import FatalChannelError, RetryableChannelError
from moderation_service.notifications.models import Notice
from moderation_service.notifications.service import Lease
from moderation_service.policy.vocabulary import Role
from tests.at_once import at_once
from tests.factories import make_moderator, make_notice, make_site
from tests.fakes import FakeChannel, reachable

PAST = timedelta(seconds=1)


@dataclass
class Outbox:
    """A site's outbox with a channel in memory, and the worker's steps, each in its own transaction."""

    database: Database
    settings: Settings
    channel: FakeChannel
    site_id: int

    def notify(self, key: str = "firing:1", **changes: Any) -> None:
        """Note something to tell."""
        with self.database.transaction() as session:
            make_notice(session, self.site_id, key, **({"channel": "fake", "recipient": "ada"} | changes))

    def lease(self) -> Lease | None:
        """What the next worker takes."""
        with self.database.transaction() as session:
            return sending.lease_notice(session, self.settings)

    def settle(self, lease: Lease) -> None:
        """Send a leased notice and write down what came of it."""
        outcome = sending.deliver(lease, self.settings)
        with self.database.transaction() as session:
            sending.settle_notice(session, lease, outcome, self.settings)

    def work(self) -> bool:
        """One turn of a worker; whether there was anything to do."""
        lease = self.lease()
        if lease is not None:
            self.settle(lease)
        return lease is not None

    def notices(self) -> list[Notice]:
        """All notices, the oldest first."""
        with self.database.transaction() as session:
            return list(session.scalars(select(Notice).order_by(Notice.id)))

    def notice(self) -> Notice:
        """The only notice."""
        (notice,) = self.notices()
        return notice

    def change(self, **values: object) -> None:
        """Set columns of all notices, to make time pass."""
        with self.database.transaction() as session:
            session.execute(update(Notice).values(**values))

    def give_up(self) -> None:
        """Make a dead letter."""
        self.notify()
        self.channel.failures = [FatalChannelError("no such mailbox")]
        self.work()


@pytest.fixture
def outbox(database: Database, settings: Settings) -> Iterator[Outbox]:
    with database.transaction() as session:
        site = make_site(session)
    with reachable(FakeChannel()) as channel:
        yield Outbox(database, settings, channel, site.id)


def test_nothing_noted_is_nothing_to_do(outbox: Outbox) -> None:
    assert outbox.work() is False


def test_a_notice_is_sent(outbox: Outbox) -> None:
    outbox.notify()
    assert outbox.work()
    notice = outbox.notice()
    assert (notice.state, notice.attempts, notice.last_error) == ("sent", 1, None)
    assert notice.sent_at is not None
    (message,) = outbox.channel.sent
    assert (message.recipient, message.kind, message.subject) == ("ada", "rule.fired", "It fired")
    assert (message.facts, message.uid) == (notice.body, notice.uid)


def test_what_is_sent_is_not_sent_again(outbox: Outbox) -> None:
    outbox.notify()
    assert [outbox.work(), outbox.work()] == [True, False]


def test_a_cause_noted_twice_is_told_once(outbox: Outbox) -> None:
    outbox.notify("firing:1", subject="first")
    outbox.notify("firing:1", subject="second")
    outbox.notify("firing:2")
    assert [notice.subject for notice in outbox.notices()] == ["first", "It fired"]


def test_a_cause_noted_by_many_at_once_is_told_once(outbox: Outbox) -> None:
    at_once(lambda _: outbox.notify(), range(8))
    assert len(outbox.notices()) == 1


def test_a_cause_that_is_rolled_back_is_not_told(outbox: Outbox) -> None:
    with outbox.database.transaction() as session:
        make_notice(session, outbox.site_id)
        session.rollback()
    assert outbox.notices() == []


# Leases and fences.


def test_a_leased_notice_is_nobody_elses(outbox: Outbox) -> None:
    outbox.notify()
    assert (outbox.lease() is None, outbox.lease() is None) == (False, True)


def test_many_workers_at_once_take_a_notice_once(outbox: Outbox) -> None:
    outbox.notify()
    leased = at_once(lambda _: outbox.lease(), range(8))
    assert [type(lease).__name__ for lease in leased if lease is not None] == ["Lease"]


def test_a_worker_that_died_leaves_a_lease_that_runs_out(outbox: Outbox) -> None:
    outbox.notify()
    outbox.lease()
    assert outbox.work() is False
    outbox.change(leased_until=func.now() - PAST)
    assert outbox.work()
    assert (outbox.notice().state, outbox.notice().attempts) == ("sent", 2)


@pytest.mark.parametrize("failures", [[], [FatalChannelError("too late")]])
def test_an_old_worker_is_not_heard_after_another_took_over(outbox: Outbox, failures: list[Exception]) -> None:
    outbox.notify()
    old = outbox.lease()
    outbox.change(leased_until=func.now() - PAST)
    outbox.lease()
    assert old is not None
    outbox.channel.failures = failures
    outbox.settle(old)
    assert (outbox.notice().state, outbox.notice().last_error) == ("pending", None)


def test_what_ends_every_worker_becomes_a_dead_letter(outbox: Outbox) -> None:
    outbox.notify()
    for _ in range(outbox.settings.notification_tries):
        assert outbox.lease() is not None
        outbox.change(leased_until=func.now() - PAST)
    assert outbox.lease() is None
    assert outbox.notice().state == "dead"
    assert "without a word" in str(outbox.notice().last_error)


# Failures.


def test_a_failure_is_kept_and_tried_again_after_a_pause(outbox: Outbox) -> None:
    outbox.notify()
    outbox.channel.failures = [RetryableChannelError("away")]
    assert [outbox.work(), outbox.work()] == [True, False]
    notice = outbox.notice()
    assert (notice.state, notice.attempts, notice.last_error) == ("pending", 1, "away")
    assert timedelta(seconds=2) < notice.due_at - notice.wanted_at < timedelta(seconds=10)
    outbox.change(due_at=func.now())
    outbox.work()
    assert outbox.notice().state == "sent"


def test_a_receiver_that_asks_for_patience_gets_it(outbox: Outbox) -> None:
    outbox.notify()
    outbox.channel.failures = [RetryableChannelError("503", after=timedelta(hours=1))]
    outbox.work()
    notice = outbox.notice()
    assert timedelta(minutes=59) < notice.due_at - notice.wanted_at < timedelta(minutes=61)


def test_tries_go_on_for_days(outbox: Outbox) -> None:
    outbox.notify()
    outbox.channel.failures = [RetryableChannelError("away") for _ in range(11)]
    waited = timedelta()
    for _ in range(11):
        outbox.change(due_at=func.now(), wanted_at=func.now())
        outbox.work()
        waited += outbox.notice().due_at - outbox.notice().wanted_at
    assert outbox.notice().state == "pending"
    assert timedelta(days=2) < waited < timedelta(days=5)


def test_after_the_last_try_a_notice_is_a_dead_letter(outbox: Outbox) -> None:
    outbox.notify()
    outbox.channel.failures = [RetryableChannelError("away") for _ in range(20)]
    while outbox.work():
        outbox.change(due_at=func.now())
    assert (outbox.notice().state, outbox.notice().attempts) == ("dead", outbox.settings.notification_tries)


def test_after_three_days_a_notice_is_a_dead_letter(outbox: Outbox) -> None:
    outbox.notify()
    outbox.change(wanted_at=func.now() - timedelta(hours=73))
    outbox.channel.failures = [RetryableChannelError("away")]
    outbox.work()
    assert outbox.notice().state == "dead"


def test_a_fatal_failure_is_a_dead_letter_at_once(outbox: Outbox) -> None:
    outbox.give_up()
    assert (outbox.notice().state, outbox.notice().last_error) == ("dead", "no such mailbox")


def test_a_channel_that_does_not_exist_is_a_dead_letter_at_once(outbox: Outbox) -> None:
    outbox.notify(channel="pigeon")
    outbox.work()
    assert (outbox.notice().state, outbox.notice().last_error) == ("dead", "There is no channel 'pigeon'")


def test_mail_without_a_server_is_a_dead_letter_that_says_so(outbox: Outbox) -> None:
    outbox.notify(channel="mail", recipient="ada@courier.example")
    outbox.work()
    assert (outbox.notice().state, outbox.notice().last_error) == ("dead", "SMTP_URL is not set")


def test_a_channel_that_breaks_is_a_failure_like_any_other(outbox: Outbox) -> None:
    outbox.notify()
    outbox.channel.failures = [KeyError("a field that nobody expected")]
    outbox.work()
    assert (outbox.notice().state, outbox.notice().attempts) == ("pending", 1)


def test_hostile_words_of_another_system_are_kept_as_far_as_they_can_be(outbox: Outbox) -> None:
    outbox.notify()
    outbox.channel.failures = [RetryableChannelError("no\x00\x1b\ud800" + "x" * 5000)]
    outbox.work()
    error = str(outbox.notice().last_error)
    assert (error[:6], len(error)) == ("no   x", attempts.WORDS_KEPT)


# One recipient who is away does not hold up the others.


def test_what_else_waits_for_a_recipient_who_is_away_waits_as_long(outbox: Outbox) -> None:
    for key in ("1", "2", "3"):
        outbox.notify(key)
    outbox.notify("4", recipient="ben")
    outbox.channel.failures = [RetryableChannelError("away", after=timedelta(hours=1))]
    assert [outbox.work(), outbox.work(), outbox.work()] == [True, True, False]
    assert [message.recipient for message in outbox.channel.sent] == ["ben"]
    assert [(notice.state, notice.attempts) for notice in outbox.notices()] == [
        ("pending", 1),
        ("pending", 0),
        ("pending", 0),
        ("sent", 1),
    ]


def test_what_is_being_sent_to_that_recipient_is_left_alone(outbox: Outbox) -> None:
    for key in ("1", "2"):
        outbox.notify(key)
    first, second = outbox.lease(), outbox.lease()
    assert first is not None
    assert second is not None
    outbox.channel.failures = [RetryableChannelError("away")]
    outbox.settle(first)
    outbox.settle(second)
    assert [notice.state for notice in outbox.notices()] == ["pending", "sent"]


def test_many_failures_at_once_of_one_recipient_do_not_wait_for_each_other(outbox: Outbox) -> None:
    for number in range(16):
        outbox.notify(str(number))
    leased = [lease for lease in (outbox.lease() for _ in range(8)) if lease is not None]
    outbox.channel.failures = [RetryableChannelError("away") for _ in leased]
    assert at_once(outbox.settle, leased) == [None] * 8
    assert {(notice.state, notice.last_error) for notice in outbox.notices()} == {
        ("pending", "away"),
        ("pending", None),
    }


# Dead letters.


def test_a_replayed_dead_letter_has_all_its_tries_anew(outbox: Outbox) -> None:
    outbox.give_up()
    with outbox.database.transaction() as session:
        dead_letters.replay(session, NOTICES, outbox.notice().id, make_moderator(session, role=Role.SENIOR))
    assert outbox.notice().attempts == 0
    outbox.work()
    assert outbox.notice().state == "sent"


def test_a_replay_is_audited(outbox: Outbox) -> None:
    outbox.give_up()
    with outbox.database.transaction() as session:
        dead_letters.replay_any(session, NOTICES, outbox.notice().id, actor="cli:ada")
        finish(session)
        assert "notice.replayed" in session.scalars(select(AuditEntry.action)).all()


def test_only_a_dead_letter_is_replayed(outbox: Outbox) -> None:
    outbox.notify()
    with pytest.raises(Conflict, match="notice is pending, not dead"), outbox.database.transaction() as session:
        dead_letters.replay(session, NOTICES, outbox.notice().id, make_moderator(session, role=Role.SENIOR))


def test_a_notice_that_does_not_exist_is_not_replayed(outbox: Outbox) -> None:
    with pytest.raises(NotFound, match="no such notice"), outbox.database.transaction() as session:
        dead_letters.replay(session, NOTICES, 99, make_moderator(session, role=Role.SENIOR))


@pytest.mark.parametrize(("elsewhere", "refused"), [(False, Forbidden), (True, NotFound)])
def test_who_may_not_replay(outbox: Outbox, elsewhere: bool, refused: type[Exception]) -> None:
    outbox.give_up()
    with outbox.database.transaction() as session:
        person = make_moderator(session, "kim", site=make_site(session, "herald") if elsewhere else None)
    with pytest.raises(refused), outbox.database.transaction() as session:
        dead_letters.replay(session, NOTICES, outbox.notice().id, person)


def test_all_dead_letters_of_some_sites_are_replayed(outbox: Outbox) -> None:
    outbox.give_up()
    with outbox.database.transaction() as session:
        assert dead_letters.replay_all(session, NOTICES, sites=[outbox.site_id + 1], actor="cli") == 0
        assert dead_letters.replay_all(session, NOTICES, sites=None, actor="cli") == 1
    assert outbox.notice().state == "pending"


# Upkeep.


def test_sent_notices_are_forgotten_after_their_time(outbox: Outbox) -> None:
    outbox.notify("old")
    outbox.work()
    outbox.change(sent_at=func.now() - timedelta(days=31))
    outbox.notify("new")
    outbox.work()
    outbox.notify("pending")
    with outbox.database.transaction() as session:
        upkeep.tidy(session, outbox.settings)
    assert [notice.key for notice in outbox.notices()] == ["new", "pending"]
