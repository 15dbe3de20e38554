"""Orders into a store that can fail, lie and be slow: claim, call, confirm."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from moderation_service import dead_letters, pipeline, upkeep
from moderation_service.audit.models import AuditEntry
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database, finish
from moderation_service.dead_letters import ORDERS
from moderation_service.enforcement import service as enforcement
from moderation_service.enforcement.models import Attempt, Order
from moderation_service.enforcement.stores import FatalStoreError, RetryableStoreError
from moderation_service.enforcement.stores.saying import LONGEST
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.service import site_by_slug
from tests.at_once import at_once
from tests.enforcement.desk import REMOVED, VISIBLE, Desk
from tests.factories import make_case, make_decision, make_moderator, make_site
from tests.fakes import FakeStore, connected


@dataclass
class OrderDesk(Desk):
    """The same, with a look at the order and at what came of it."""

    def order(self) -> Order:
        """The order as it stands."""
        with self.database.transaction() as session:
            return session.scalars(select(Order)).one()

    def change(self, **values: object) -> None:
        """Set columns of the order, to make time pass."""
        with self.database.transaction() as session:
            session.execute(update(Order).values(**values))

    def kinds(self) -> list[str]:
        """What happened to the case, in words."""
        with self.database.transaction() as session:
            return [event.kind for event in cases.history(session, self.case.id)]

    def outcomes(self) -> list[str]:
        """What came of each try."""
        with self.database.transaction() as session:
            return list(session.scalars(select(Attempt.outcome).order_by(Attempt.id)))


@pytest.fixture
def desk(database: Database, settings: Settings) -> Iterator[OrderDesk]:
    with database.transaction() as session:
        site = make_site(session)
        site.store = "fake"
        case, person = make_case(session, site), make_moderator(session, role=Role.SENIOR)
    with connected(FakeStore()) as store:
        yield OrderDesk(database, settings, store, case, person)


def _give_up(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.failures = [FatalStoreError("forbidden")]
    desk.work()


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (FatalStoreError("The shelf is full\nCONTEXT: where it stands"), "The shelf is full"),
        (RetryableStoreError(), "RetryableStoreError"),
        (RetryableStoreError("\n  away: https://cms:hunter2@host/x?page=1  \n"), "away: https://…@host/x?page=1"),
        (FatalStoreError("401 at https://host/?api_key=abc&page=1"), "401 at https://host/?api_key=…&page=1"),
        (FatalStoreError("refused Authorization: Bearer abc.def"), "refused Authorization: Bearer …"),
        (FatalStoreError("a\x00b\x1b[31m" + "x" * 400), "a b [31m" + "x" * 291 + "…"),
        (KeyError("article"), "KeyError: 'article'"),
    ],
)
def test_what_a_store_said_is_told_in_one_line_without_secrets(desk: OrderDesk, raised: Exception, told: str) -> None:
    desk.decide()
    desk.store.failures = [raised]
    desk.work()
    assert desk.order().last_error == told


def test_what_the_database_said_of_the_built_in_store_is_told(desk: OrderDesk) -> None:
    @contextmanager
    def refusing() -> Iterator[Session]:
        with desk.database.transaction() as session:
            session.execute(text("SELECT 1 / 0"))
            yield session

    with desk.database.transaction() as session:
        site_by_slug(session, "courier").store = "builtin"
    desk.decide()
    lease = desk.lease()
    assert lease is not None
    assert pipeline.carry_out(lease, refusing).error == "division by zero"


def test_nothing_decided_is_nothing_to_do(desk: OrderDesk) -> None:
    assert desk.work() is False


def test_a_decision_is_applied_read_back_and_told(desk: OrderDesk) -> None:
    desk.decide()
    desk.work()
    order = desk.order()
    assert (order.state, order.applied_version, order.attempts) == ("applied", 1, 0)
    assert order.applied_at is not None
    assert desk.shown() == REMOVED
    assert desk.kinds()[-1] == "applied"
    assert desk.outcomes() == ["applied"]


def test_what_is_applied_is_not_done_again(desk: OrderDesk) -> None:
    desk.decide()
    assert [desk.work(), desk.work()] == [True, False]
    assert len(desk.store.applied) == 1


def test_a_reversal_is_applied_as_a_newer_version(desk: OrderDesk) -> None:
    for action in (Action.TAKEDOWN, Action.CLEAR):
        desk.decide(action)
        desk.work()
    assert desk.store.applied == [(1, REMOVED), (2, VISIBLE)]
    assert desk.shown() == VISIBLE


def test_a_decision_reversed_before_any_worker_came_is_applied_once(desk: OrderDesk) -> None:
    desk.decide()
    desk.decide(Action.CLEAR)
    assert [desk.work(), desk.work()] == [True, False]
    assert desk.store.applied == [(2, VISIBLE)]


# Leases and fences.


def test_a_leased_order_is_nobody_elses(desk: OrderDesk) -> None:
    desk.decide()
    assert (desk.lease() is None, desk.lease() is None) == (False, True)


def test_many_workers_at_once_take_an_order_once(desk: OrderDesk) -> None:
    desk.decide()
    leases = at_once(lambda _: desk.lease(), range(8))
    assert [type(lease).__name__ for lease in leases if lease is not None] == ["Lease"]


def test_a_lease_that_ran_out_is_given_to_another_with_a_newer_fence(desk: OrderDesk) -> None:
    desk.decide()
    old = desk.lease()
    desk.change(leased_until=func.now() - timedelta(seconds=1))
    new = desk.lease()
    assert old is not None
    assert new is not None
    assert new.fence == old.fence + 1


def test_an_old_worker_cannot_confirm_after_another_took_over(desk: OrderDesk) -> None:
    desk.decide()
    old = desk.lease()
    desk.change(leased_until=func.now() - timedelta(seconds=1))
    desk.lease()
    assert old is not None
    desk.settle(old)
    assert desk.order().state == "pending"
    assert desk.outcomes() == []


def test_an_old_worker_cannot_report_a_failure_after_another_took_over(desk: OrderDesk) -> None:
    desk.decide()
    old = desk.lease()
    desk.change(leased_until=func.now() - timedelta(seconds=1))
    assert desk.work()
    assert old is not None
    desk.store.failures = [FatalStoreError("too late")]
    desk.settle(old)
    assert desk.order().state == "applied"


def test_a_worker_that_died_leaves_a_lease_that_runs_out(desk: OrderDesk) -> None:
    desk.decide()
    desk.lease()
    assert desk.work() is False
    desk.change(leased_until=func.now() - timedelta(seconds=1))
    assert desk.work() is True
    assert desk.order().state == "applied"


def test_a_newer_decision_while_an_older_one_is_being_applied_ends_in_the_newer_state(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.open.clear()
    worker = Thread(target=desk.work)
    worker.start()
    assert desk.store.entered.wait(5)
    desk.decide(Action.CLEAR)
    desk.store.open.set()
    worker.join(5)
    assert desk.order().state == "pending"
    assert desk.work()
    assert (desk.order().state, desk.shown()) == ("applied", VISIBLE)


def test_an_old_order_that_arrives_late_at_the_store_changes_nothing(desk: OrderDesk) -> None:
    desk.decide()
    late = desk.lease()
    desk.decide(Action.CLEAR)
    desk.change(leased_until=func.now() - timedelta(seconds=1))
    desk.work()
    assert late is not None
    desk.settle(late)
    assert (desk.shown(), desk.order().state) == (VISIBLE, "applied")


def test_only_what_was_read_back_as_wanted_can_be_confirmed(desk: OrderDesk) -> None:
    desk.decide()
    lease = desk.lease()
    assert lease is not None
    with pytest.raises(ValueError, match="read back"), desk.database.transaction() as session:
        enforcement.confirm(session, lease, VISIBLE)


# Failures.


def test_a_failure_is_kept_and_tried_again_after_a_pause(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.failures = [RetryableStoreError("away")]
    assert [desk.work(), desk.work()] == [True, False]
    order = desk.order()
    assert (order.state, order.attempts, order.last_error) == ("pending", 1, "away")
    assert timedelta(seconds=5) < order.due_at - order.wanted_at < timedelta(seconds=30)
    desk.change(due_at=func.now())
    desk.work()
    assert desk.outcomes() == ["failed", "applied"]


def test_a_store_that_says_one_thing_and_shows_another_is_not_believed(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.lies = [VISIBLE]
    desk.work()
    order = desk.order()
    assert order.state == "pending"
    assert "the store shows" in str(order.last_error)


def test_an_adapter_that_breaks_is_a_failure_like_any_other(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.failures = [KeyError("a field that nobody expected")]
    desk.work()
    assert (desk.order().state, desk.outcomes()) == ("pending", ["failed"])


def test_a_long_error_is_cut(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.failures = [RetryableStoreError("x" * 5000)]
    desk.work()
    assert len(desk.order().last_error or "") == LONGEST


def test_after_eight_failures_an_order_is_a_dead_letter_and_told(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.failures = [RetryableStoreError("away") for _ in range(9)]
    while desk.work():
        desk.change(due_at=func.now())
    assert desk.outcomes() == ["failed"] * 7 + ["dead"]
    assert desk.order().state == "dead"
    assert desk.kinds()[-1] == "dead_letter"


def test_after_a_day_of_failing_an_order_is_a_dead_letter(desk: OrderDesk) -> None:
    desk.decide()
    desk.store.failures = [RetryableStoreError("away")]
    desk.change(wanted_at=func.now() - timedelta(hours=25))
    desk.work()
    assert desk.order().state == "dead"


def test_a_fatal_failure_is_a_dead_letter_at_once(desk: OrderDesk) -> None:
    _give_up(desk)
    assert (desk.order().state, desk.outcomes()) == ("dead", ["dead"])


def test_a_kind_of_store_that_does_not_exist_is_a_dead_letter_at_once(desk: OrderDesk) -> None:
    desk.decide()
    with desk.database.transaction() as session:
        session.execute(text("UPDATE sites SET store = 'none'"))
    desk.work()
    assert desk.order().last_error == "There is no content store of the kind 'none'"


def test_a_failure_of_an_overtaken_order_does_not_count_against_the_newer(desk: OrderDesk) -> None:
    desk.decide()
    lease = desk.lease()
    desk.decide(Action.CLEAR)
    assert lease is not None
    desk.store.failures = [FatalStoreError("no")]
    desk.settle(lease)
    order = desk.order()
    assert (order.state, order.attempts) == ("pending", 0)
    assert desk.work()


def test_a_newer_decision_gives_a_dead_letter_another_life(desk: OrderDesk) -> None:
    _give_up(desk)
    desk.decide(Action.CLEAR)
    desk.work()
    assert (desk.order().state, desk.shown()) == ("applied", VISIBLE)


# Dead letters.


def test_a_replayed_dead_letter_has_all_its_tries_anew(desk: OrderDesk) -> None:
    _give_up(desk)
    with desk.database.transaction() as session:
        dead_letters.replay(session, ORDERS, desk.order().id, desk.person)
    assert desk.order().attempts == 0
    desk.work()
    assert desk.order().state == "applied"


def test_a_replay_is_audited(desk: OrderDesk) -> None:
    _give_up(desk)
    with desk.database.transaction() as session:
        dead_letters.replay(session, ORDERS, desk.order().id, desk.person)
        finish(session)
        actors = session.scalars(select(AuditEntry.actor).where(AuditEntry.action == "order.replayed")).all()
    assert actors == [desk.person.actor]


def test_only_a_dead_letter_is_replayed(desk: OrderDesk) -> None:
    desk.decide()
    with pytest.raises(Conflict, match="pending, not dead"), desk.database.transaction() as session:
        dead_letters.replay(session, ORDERS, desk.order().id, desk.person)


def test_an_order_that_does_not_exist_is_not_replayed(desk: OrderDesk) -> None:
    with pytest.raises(NotFound), desk.database.transaction() as session:
        dead_letters.replay(session, ORDERS, 99, desk.person)


@pytest.mark.parametrize(("elsewhere", "refused"), [(False, Forbidden), (True, NotFound)])
def test_who_may_not_replay(desk: OrderDesk, elsewhere: bool, refused: type[Exception]) -> None:
    _give_up(desk)
    with desk.database.transaction() as session:
        site = make_site(session, "herald") if elsewhere else None
        person = make_moderator(session, "kim", site=site)
    with pytest.raises(refused), desk.database.transaction() as session:
        dead_letters.replay(session, ORDERS, desk.order().id, person)


def test_all_dead_letters_of_some_sites_are_replayed(desk: OrderDesk) -> None:
    _give_up(desk)
    with desk.database.transaction() as session:
        assert dead_letters.replay_all(session, ORDERS, sites=[desk.case.site_id + 1], actor="cli") == 0
        assert dead_letters.replay_all(session, ORDERS, sites=None, actor="cli") == 1
    assert desk.order().state == "pending"


# Reconciling.


def test_a_store_that_still_obeys_has_not_drifted(desk: OrderDesk) -> None:
    desk.decide()
    desk.work()
    assert upkeep.reconcile(desk.database.transaction) == (1, 0)
    assert desk.work() is False


def test_a_store_that_drifted_is_found_and_mended(desk: OrderDesk) -> None:
    desk.decide()
    desk.work()
    desk.store.shown[desk.case.article_id] = (1, VISIBLE)
    assert upkeep.reconcile(desk.database.transaction) == (1, 1)
    assert desk.work()
    assert (desk.shown(), desk.order().state) == (REMOVED, "applied")
    with desk.database.transaction() as session:
        assert "order.drifted" in session.scalars(select(AuditEntry.action)).all()


def test_orders_that_were_never_applied_are_not_asked_for(desk: OrderDesk) -> None:
    desk.decide()
    assert upkeep.reconcile(desk.database.transaction) == (0, 0)


def test_reconciling_goes_through_all_in_batches(desk: OrderDesk, database: Database) -> None:
    desk.decide()
    with database.transaction() as session:
        for name in ("two", "three"):
            make_decision(session, _another(session, name), desk.person)
    while desk.work():
        pass
    assert upkeep.reconcile(database.transaction, batch=1) == (3, 0)


def _another(session: Session, name: str) -> Case:
    return make_case(session, site_by_slug(session, "courier"), name)


def test_a_store_that_does_not_answer_stops_no_other_from_being_asked(desk: OrderDesk, database: Database) -> None:
    desk.decide()
    with database.transaction() as session:
        make_decision(session, _another(session, "two"), desk.person)
    while desk.work():
        pass
    desk.store.silences = [RetryableStoreError("away")]
    assert upkeep.reconcile(database.transaction) == (2, 0)


def test_a_decision_made_while_reconciling_is_not_undone(desk: OrderDesk) -> None:
    desk.decide()
    desk.work()
    version = desk.order().wanted_version
    desk.decide(Action.CLEAR)
    with desk.database.transaction() as session:
        enforcement.reopen(session, desk.order().id, version)
    assert desk.order().wanted == VISIBLE.to_json()
    assert desk.order().wanted_version == version + 1


def test_an_order_that_ends_every_worker_becomes_a_dead_letter(desk: OrderDesk) -> None:
    desk.decide()
    for _ in range(desk.settings.enforcement_tries):
        assert desk.lease() is not None  # and its worker is never heard of again
        desk.change(leased_until=func.now() - timedelta(seconds=1))
    assert desk.lease() is None
    assert (desk.order().state, desk.outcomes()) == ("dead", ["dead"])
    assert "dead_letter" in desk.kinds()


def test_the_last_try_may_take_its_time(desk: OrderDesk) -> None:
    desk.decide()
    desk.change(attempts=desk.settings.enforcement_tries - 1)
    last = desk.lease()
    assert last is not None
    assert desk.lease() is None
    desk.settle(last)
    assert desk.order().state == "applied"


@pytest.mark.parametrize("wanted", ["{}", '{"state": "gone", "redacted": [], "ground": null}', '{"state": "removed"}'])
def test_an_order_that_no_worker_could_read_is_not_kept(desk: OrderDesk, wanted: str) -> None:
    desk.decide()
    with pytest.raises(IntegrityError, match="ck_enforcement_orders_wanted"), desk.database.transaction() as session:
        session.execute(text("UPDATE enforcement_orders SET wanted = CAST(:wanted AS jsonb)"), {"wanted": wanted})
