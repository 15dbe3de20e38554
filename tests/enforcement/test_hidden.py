"""What is hidden until its review, in its content store: orders that no decision asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service import pipeline, queries, upkeep
from moderation_service.cases import claims
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.decisions.effect import Wanted
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.models import Attempt, Order
from moderation_service.enforcement.stores import FatalStoreError
from moderation_service.errors import Conflict
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from tests.at_once import at_once
from tests.enforcement.desk import HIDDEN, REMOVED, VISIBLE, Desk
from tests.factories import LEASE, make_moderator, make_ruling, make_site
from tests.fakes import FakeStore, connected
from tests.hidden import READERS, let_pass, make_doubtful


@dataclass
class HidingDesk(Desk):
    """The same, whose case may hide its article; a worker carries out at once what was decided."""

    def hide(self) -> bool:
        """Hide the article, and let a worker carry it out."""
        with self.database.transaction() as session:
            hidden = pipeline.hide_pending(session, self.case.id)
        self.work()
        return hidden

    def decide(self, action: Action = Action.TAKEDOWN, *parts: str, case: Case | None = None) -> None:
        super().decide(action, *parts, case=case)
        self.work()

    def another_case(self) -> Case:
        """Once the first case is decided, another of the same article that may hide it."""
        with self.database.transaction() as session:
            site, others = session.get_one(Site, self.case.site_id), [f"other-{reader}" for reader in READERS]
            case = make_doubtful(session, site, readers=others, reason="danger_to_life")
        assert case.id != self.case.id
        return case


@pytest.fixture
def desk(database: Database, settings: Settings) -> Iterator[HidingDesk]:
    with database.transaction() as session:
        site = make_site(session)
        site.store = "fake"
        case, person = make_doubtful(session, site), make_moderator(session, role=Role.SENIOR)
    with connected(FakeStore()) as store:
        yield HidingDesk(database, settings, store, case, person)


def _order(session: Session) -> Order:
    return session.scalars(select(Order)).one()


def test_the_store_hides_and_is_read_back(desk: HidingDesk, database: Database) -> None:
    desk.hide()
    assert desk.shown() == HIDDEN
    with database.transaction() as session:
        order = _order(session)
        assert (order.state, order.case_id, order.decision_id) == ("applied", desk.case.id, None)
        assert session.scalars(select(Attempt.decision_id)).all() == [None]


def test_the_case_is_told_that_the_store_obeyed(desk: HidingDesk, database: Database) -> None:
    desk.hide()
    with database.transaction() as session:
        event = cases.history(session, desk.case.id)[-1]
    assert (event.kind, event.detail) == ("applied", {"decision": None, "state": "hidden", "redacted": []})


@pytest.mark.parametrize(("action", "shown"), [(Action.TAKEDOWN, REMOVED), (Action.CLEAR, VISIBLE)])
def test_a_decision_takes_the_place_of_hiding(desk: HidingDesk, action: Action, shown: Wanted) -> None:
    desk.hide()
    desk.decide(action)
    assert desk.shown() == shown


def test_a_takedown_of_a_part_shows_the_rest_again(desk: HidingDesk) -> None:
    desk.hide()
    desk.decide(Action.TAKEDOWN, "p1")
    assert desk.shown() == Wanted("visible", ("p1",), "terms")


def test_what_was_hidden_and_taken_down_is_visible_when_that_is_overruled(desk: HidingDesk) -> None:
    desk.hide()
    desk.decide(Action.TAKEDOWN)
    desk.decide(Action.CLEAR)
    assert desk.shown() == VISIBLE


def test_what_is_shown_again_is_visible(desk: HidingDesk, database: Database) -> None:
    desk.hide()
    with database.transaction() as session:
        let_pass(session, session.get_one(Case, desk.case.id), 24)
        upkeep.look_after_hidden(session)
    desk.work()
    assert desk.shown() == VISIBLE


def test_a_redacted_part_stays_away_before_and_after(desk: HidingDesk, database: Database) -> None:
    desk.decide(Action.TAKEDOWN, "p1")
    case = desk.another_case()
    with database.transaction() as session:
        assert pipeline.hide_pending(session, case.id)
    desk.work()
    assert desk.shown() == Wanted("hidden", ("p1",), "terms")
    with database.transaction() as session:
        pipeline.restore_hidden(session, case.id, "mistake")
    desk.work()
    assert desk.shown() == Wanted("visible", ("p1",), "terms")


def test_what_is_taken_down_already_is_not_hidden(desk: HidingDesk, database: Database) -> None:
    desk.decide(Action.TAKEDOWN)
    case = desk.another_case()
    with database.transaction() as session:
        assert not pipeline.hide_pending(session, case.id)
        assert session.get_one(Case, case.id).hidden_at is None


def test_a_decision_on_an_earlier_case_does_not_show_what_a_later_one_hides(
    desk: HidingDesk, database: Database
) -> None:
    desk.decide(Action.CLEAR)
    case = desk.another_case()
    with database.transaction() as session:
        assert pipeline.hide_pending(session, case.id)
    desk.decide(Action.CLEAR)
    assert desk.shown() == HIDDEN
    desk.decide(Action.TAKEDOWN)
    assert desk.shown() == REMOVED


def test_many_who_hide_at_once_hide_once(desk: HidingDesk, database: Database) -> None:
    def hide(_: int) -> bool:
        with database.transaction() as session:
            return pipeline.hide_pending(session, desk.case.id)

    assert sorted(at_once(hide, range(8)), key=bool) == [False] * 7 + [True]
    with database.transaction() as session:
        assert _order(session).wanted_version == 1


def test_who_decides_while_it_is_hidden_is_either_first_or_told(desk: HidingDesk, database: Database) -> None:
    def change(step: Callable[[Session], object]) -> object:
        with database.transaction() as session:
            return step(session)

    change(lambda session: claims.claim(session, cases.lock(session, desk.case.id), desk.person, lease=LEASE))
    ruling = make_ruling(desk.case, Action.CLEAR)
    hidden, decided = at_once(
        change,
        [
            lambda session: pipeline.hide_pending(session, desk.case.id),
            lambda session: pipeline.decide(session, desk.case.id, desk.person, ruling),
        ],
    )
    desk.work()
    assert (hidden, type(decided)) in [(True, Conflict), (False, Decision)]
    assert desk.shown() == (HIDDEN if hidden else VISIBLE)


def test_an_order_to_hide_that_was_given_up_is_a_dead_letter_of_its_case(desk: HidingDesk, database: Database) -> None:
    desk.store.failures = [FatalStoreError("forbidden")]
    desk.hide()
    with database.transaction() as session:
        (row,) = queries.dead_letter_page(session, sites=None, cursor=None, limit=10).rows
        kinds = [event.kind for event in cases.history(session, desk.case.id)]
    assert (row["case_id"], row["wanted"]["state"]) == (desk.case.id, "hidden")
    assert kinds[-1] == "dead_letter"


def test_a_store_that_shows_what_it_should_hide_is_mended(desk: HidingDesk) -> None:
    desk.hide()
    desk.store.shown[desk.case.article_id] = (1, VISIBLE)
    assert upkeep.reconcile(desk.database.transaction) == (1, 1)
    desk.work()
    assert desk.shown() == HIDDEN
