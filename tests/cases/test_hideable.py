"""Which articles are hidden: where flags come, whether or not a place moved, and what became likely since."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service import pipeline, upkeep
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.db import Database
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.models import Site
from moderation_service.triage.order import HIDE_CHANCE
from moderation_service.triage.rules.switches import switch_off, switch_on
from tests.factories import make_article, make_case, make_content, make_decision, make_moderator, make_site
from tests.hidden import READERS, in_hours, make_doubtful, set_reader


@pytest.fixture
def case(session: Session, site: Site) -> Case:
    """A case whose article may be hidden: its chance rose without a flag."""
    return make_doubtful(session, site)


def _off(session: Session, site_id: int | None) -> None:
    switch_off(session, site_id, author="cli:kim", because="a test")


def test_what_became_likely_is_hidden(session: Session, case: Case) -> None:
    assert upkeep.hide_what_became_likely(session) == 1
    session.refresh(case)
    assert case.hidden_at is not None
    assert upkeep.hide_what_became_likely(session) == 0


def _close(session: Session, case: Case) -> None:
    make_decision(session, case, make_moderator(session), Action.CLEAR)


def _shown_again(session: Session, case: Case) -> None:
    pipeline.hide_pending(session, case.id)
    pipeline.restore_hidden(session, case.id, "mistake")


LEFT: dict[str, Callable[[Session, Case], Any]] = {
    "its site does not allow it": lambda s, case: setattr(s.get_one(Site, case.site_id), "hide_pending", False),
    "it is not likely enough": lambda _, case: setattr(case, "chance", HIDE_CHANCE - 0.01),
    "nothing acts by itself on its site": lambda s, case: _off(s, case.site_id),
    "nothing acts by itself anywhere": lambda s, _: _off(s, None),
    "a reader of those it takes has no good record": lambda s, case: set_reader(
        s, case, READERS[0], upheld=11, rejected=2
    ),
    "a reader is barred": lambda s, case: set_reader(s, case, READERS[0], barred_until=in_hours(1)),
    "a reader is muted": lambda s, case: set_reader(s, case, READERS[0], muted="asked"),
    "it is decided": _close,
    "it was shown again": _shown_again,
    "it is hidden": lambda s, case: pipeline.hide_pending(s, case.id),
}


@pytest.mark.parametrize("change", LEFT.values(), ids=LEFT)
def test_nothing_is_hidden_when(session: Session, case: Case, change: Callable[[Session, Case], Any]) -> None:
    change(session, case)
    session.flush()
    assert upkeep.hide_what_became_likely(session) == 0


def test_it_is_hidden_once_rules_act_again(session: Session, case: Case) -> None:
    _off(session, case.site_id)
    switch_on(session, case.site_id, author="cli:kim", because="a test")
    assert upkeep.hide_what_became_likely(session) == 1


def test_likely_cases_without_vouchers_take_no_room(
    session: Session, site: Site, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_reader(session, case, READERS[0], upheld=0)
    make_doubtful(session, site, readers=["other-1", "other-2"], external_id="barge")
    monkeypatch.setattr("moderation_service.cases.hideable.BATCH", 1)
    assert upkeep.hide_what_became_likely(session) == 1


def test_a_case_that_somebody_is_deciding_is_left_to_the_next_look(database: Database) -> None:
    with database.transaction() as session:
        case = make_doubtful(session, make_site(session))
    with database.transaction() as deciding:
        cases.lock(deciding, case.id)
        with database.transaction() as session:
            assert upkeep.hide_what_became_likely(session) == 0
    with database.transaction() as session:
        assert upkeep.hide_what_became_likely(session) == 1


def test_the_index_of_likely_cases_is_used(session: Session) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    likely = f"state = 'open' AND hidden_at IS NULL AND chance >= {HIDE_CHANCE}"
    plan = session.scalars(text(f"EXPLAIN SELECT id FROM cases WHERE {likely} ORDER BY id LIMIT 100"))
    assert "ix_cases_likely" in "\n".join(plan)


# In triage.


def _flag_again(session: Session, site: Site) -> Case:
    """The same readers flag the article as it is now: nothing that moves its case's place."""
    for reader in READERS:
        case = make_case(session, site, reporter=reader)
    session.refresh(case)
    return case


def test_the_same_readers_hide_a_new_revision(session: Session, site: Site, case: Case) -> None:
    _shown_again(session, case)
    make_article(session, site, content=make_content("Now it says something else."))
    assert _flag_again(session, site).hidden_at is not None


def test_the_same_readers_do_not_hide_the_same_revision_twice(session: Session, site: Site, case: Case) -> None:
    _shown_again(session, case)
    assert _flag_again(session, site).hidden_at is None


def test_nothing_is_hidden_in_triage_where_nothing_acts_by_itself(session: Session, site: Site, case: Case) -> None:
    _off(session, site.id)
    assert _flag_again(session, site).hidden_at is None
    assert case.state == "open"
