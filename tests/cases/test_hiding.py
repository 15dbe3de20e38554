"""When an article may be hidden until it is reviewed: what has to be so, how long it lasts, and who comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service import pipeline, upkeep
from moderation_service.cases import service as cases
from moderation_service.cases.hiding import RECORDS_TOLD
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.errors import Conflict
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.triage import order
from moderation_service.triage.order import HIDE_CHANCE, HIDE_VOUCHERS
from moderation_service.triage.priority import Escalation
from tests.factories import make_article, make_content, make_decision, make_moderator, make_ruling, make_site
from tests.hidden import LIKELY, READERS, in_hours, let_pass, make_doubtful, set_reader


@pytest.fixture
def case(session: Session, site: Site) -> Case:
    """A case whose article may be hidden."""
    return make_doubtful(session, site)


@pytest.fixture
def hidden(session: Session, case: Case) -> Case:
    """A case that hides its article."""
    assert pipeline.hide_pending(session, case.id)
    return case


def _kinds(session: Session, case: Case) -> list[str]:
    return [event.kind for event in cases.history(session, case.id)]


def test_a_case_hides_its_article_for_as_long_as_its_site_allows(session: Session, site: Site, case: Case) -> None:
    site.hide_hours = 6
    assert pipeline.hide_pending(session, case.id)
    assert case.hidden_at is not None
    assert case.hidden_until is not None
    assert case.hidden_until - case.hidden_at == timedelta(hours=6)


def test_its_history_says_on_what_it_was_hidden(session: Session, hidden: Case) -> None:
    event = cases.history(session, hidden.id)[-1]
    assert (event.kind, event.actor, event.case_version) == ("hidden", "system", hidden.version)
    record = {"upheld": 9, "rejected": 1}
    told: dict[str, Any] = {"revision": 1, "chance": round(LIKELY, 3), "vouchers": HIDE_VOUCHERS}
    told["records"] = [record] * min(HIDE_VOUCHERS, RECORDS_TOLD)
    assert event.detail == told | {"until": hidden.hidden_until.isoformat() if hidden.hidden_until else ""}


def test_only_who_vouches_is_told_of(session: Session, site: Site) -> None:
    case = make_doubtful(session, site, readers=[*READERS, "wrong", "barred"])
    set_reader(session, case, "wrong", upheld=2, rejected=2)
    set_reader(session, case, "barred", barred_until=in_hours(1))
    pipeline.hide_pending(session, case.id)
    assert cases.history(session, case.id)[-1].detail["vouchers"] == HIDE_VOUCHERS


def _close(session: Session, case: Case) -> None:
    make_decision(session, case, make_moderator(session), Action.CLEAR)


def _forget(session: Session, case: Case) -> None:
    for reader in READERS:
        set_reader(session, case, reader, upheld=0, rejected=0)


REFUSED: dict[str, Callable[[Session, Case], Any]] = {
    "its site does not allow it": lambda s, case: setattr(s.get_one(Site, case.site_id), "hide_pending", False),
    "it is not likely enough": lambda _, case: setattr(case, "chance", HIDE_CHANCE - 0.01),
    "a reader of those it takes has no good record": lambda s, case: set_reader(
        s, case, READERS[0], upheld=1, rejected=1
    ),
    "nobody was ever right": _forget,
    "a reader helped to hide what was cleared": lambda s, case: set_reader(
        s, case, READERS[0], barred_until=in_hours(1)
    ),
    "a reader is muted": lambda s, case: set_reader(s, case, READERS[0], muted="asked"),
    "a reader took his flag back": lambda s, _: s.execute(
        text("UPDATE voices SET standing = 'withdrawn' WHERE reporter = (SELECT reporter FROM voices LIMIT 1)")
    ),
    "it is decided": _close,
    "its article is hidden already": lambda s, case: pipeline.hide_pending(s, case.id),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_nothing_is_hidden_when(session: Session, case: Case, change: Callable[[Session, Case], Any]) -> None:
    change(session, case)
    session.flush()
    before = _kinds(session, case)
    assert not pipeline.hide_pending(session, case.id)
    assert _kinds(session, case) == before


def test_a_reader_whose_time_is_over_vouches_again(session: Session, case: Case) -> None:
    set_reader(session, case, READERS[0], barred_until=in_hours(-1))
    assert pipeline.hide_pending(session, case.id)


def test_what_was_shown_again_is_not_hidden_anew(session: Session, hidden: Case) -> None:
    pipeline.restore_hidden(session, hidden.id, "mistake")
    assert not pipeline.hide_pending(session, hidden.id)


def test_what_says_something_else_may_be_hidden_anew(session: Session, site: Site, hidden: Case) -> None:
    pipeline.restore_hidden(session, hidden.id, "mistake")
    make_article(session, site, content=make_content("Now it says something else."))
    assert pipeline.hide_pending(session, hidden.id)


def test_a_revision_that_was_cleared_is_not_hidden_anew_by_another_case(
    session: Session, site: Site, hidden: Case
) -> None:
    make_decision(session, hidden, make_moderator(session), Action.CLEAR)
    others = [f"other-{reader}" for reader in READERS]
    another = make_doubtful(session, site, readers=others, reason="danger_to_life")
    assert another.id != hidden.id
    assert not pipeline.hide_pending(session, another.id)


def test_who_looked_before_it_was_hidden_has_to_look_again(session: Session, case: Case) -> None:
    ruling = make_ruling(case)
    pipeline.hide_pending(session, case.id)
    with pytest.raises(Conflict) as refused:
        make_decision(session, case, make_moderator(session), case_version=ruling.case_version)
    assert "hidden" in [change["kind"] for change in refused.value.extra["changed"]]


# Shown again.


def test_what_is_shown_again_goes_on_waiting(session: Session, hidden: Case) -> None:
    version = hidden.version
    assert pipeline.restore_hidden(session, hidden.id, "mistake", actor="cli:kim")
    assert (hidden.state, hidden.hidden_at, hidden.hidden_until, hidden.version) == ("open", None, None, version + 1)
    event = cases.history(session, hidden.id)[-1]
    assert (event.kind, event.actor, event.detail) == ("restored", "cli:kim", {"because": "mistake"})


def test_what_is_not_hidden_is_not_shown_again(session: Session, case: Case) -> None:
    assert not pipeline.restore_hidden(session, case.id, "mistake")
    assert "restored" not in _kinds(session, case)


def test_a_decided_case_keeps_when_it_was_hidden(session: Session, hidden: Case) -> None:
    make_decision(session, hidden, make_moderator(session), Action.CLEAR)
    assert hidden.hidden_at is not None
    assert not pipeline.restore_hidden(session, hidden.id, "mistake")


@pytest.mark.parametrize(("by_hand", "lane"), [(False, Escalation.NONE), (True, Escalation.MODERATOR)])
def test_it_goes_back_to_the_lane_it_has_without_being_hidden(
    session: Session, hidden: Case, by_hand: bool, lane: Escalation
) -> None:
    let_pass(session, hidden, 3)
    upkeep.look_after_hidden(session)
    hidden.escalated_by_hand = by_hand
    pipeline.restore_hidden(session, hidden.id, "mistake")
    assert hidden.escalation == lane


def test_a_hidden_article_harms_nobody_while_it_waits(session: Session, case: Case) -> None:
    urgencies = [order.index(case.chance, case.severity, case.reach, hidden=hidden) for hidden in (True, False)]
    pipeline.hide_pending(session, case.id)
    seen = [case.urgency]
    pipeline.restore_hidden(session, case.id, "mistake")
    assert [*seen, case.urgency] == urgencies


# Looked after.


@pytest.mark.parametrize(("hours", "over"), [(23.9, False), (24, True), (1000, True)])
def test_it_ends_by_itself(session: Session, hidden: Case, hours: float, over: bool) -> None:
    let_pass(session, hidden, hours)
    upkeep.look_after_hidden(session)
    assert (hidden.hidden_at is None) is over
    assert (cases.history(session, hidden.id)[-1].detail == {"because": "time_over"}) is over


def test_it_ends_when_its_site_hides_no_longer(session: Session, site: Site, hidden: Case) -> None:
    site.hide_pending = False
    upkeep.look_after_hidden(session)
    assert hidden.hidden_at is None
    assert cases.history(session, hidden.id)[-1].detail == {"because": "hiding_switched_off"}


@pytest.mark.parametrize(("hours", "first"), [(1.9, False), (2, True), (20, True)])
def test_who_waits_hidden_for_two_hours_comes_first(session: Session, hidden: Case, hours: float, first: bool) -> None:
    let_pass(session, hidden, hours)
    upkeep.look_after_hidden(session)
    assert (hidden.escalation == Escalation.HIDDEN_TOO_LONG) is first


def test_it_is_put_first_once(session: Session, hidden: Case) -> None:
    let_pass(session, hidden, 3)
    for _ in range(2):
        upkeep.look_after_hidden(session)
    assert _kinds(session, hidden).count("escalated") == 1


def test_what_was_decided_is_not_looked_after(session: Session, hidden: Case) -> None:
    make_decision(session, hidden, make_moderator(session), Action.CLEAR)
    let_pass(session, hidden, 100)
    upkeep.look_after_hidden(session)
    assert _kinds(session, hidden)[-1] == "decided"


def test_a_case_that_somebody_is_deciding_is_left_to_the_next_look(database: Database) -> None:
    with database.transaction() as session:
        case = make_doubtful(session, make_site(session))
        pipeline.hide_pending(session, case.id)
        let_pass(session, case, 25)
    with database.transaction() as deciding:
        cases.lock(deciding, case.id)
        with database.transaction() as session:
            upkeep.look_after_hidden(session)
    with database.transaction() as session:
        assert session.get_one(Case, case.id).hidden_at is not None
    with database.transaction() as session:
        upkeep.look_after_hidden(session)
        assert session.get_one(Case, case.id).hidden_at is None
