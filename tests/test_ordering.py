"""The queue's order in the database: what flags, verdicts and withdrawals do to it, and that it can be derived anew."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service import ordering, pipeline
from moderation_service.cases.models import Case, CaseScore
from moderation_service.db import Database, utcnow
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action
from moderation_service.queries.places import priorities
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage import order
from moderation_service.triage import terms as site_terms
from moderation_service.triage.models import Reporter, Voice
from moderation_service.triage.order import Terms
from moderation_service.triage.rules import switches
from tests.at_once import at_once
from tests.factories import (
    flag_of,
    make_article,
    make_case,
    make_decision,
    make_flag,
    make_moderator,
    make_site,
    reporter_id,
    settle,
    triaged,
)

TERMS = Terms()
FRESH: Any = {"execution_options": {"populate_existing": True}}


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _reader(session: Session, site: Site, name: str) -> Reporter:
    return session.get_one(Reporter, reporter_id(site, name), populate_existing=True)


def _record(session: Session, site: Site, name: str) -> tuple[int, int, int]:
    reader = _reader(session, site, name)
    return reader.upheld, reader.rejected, reader.pending


def _again(session: Session, case: Case) -> Case:
    session.refresh(case)
    return case


# A voice.


def test_the_first_flag_of_a_reader_without_a_record_has_full_weight(session: Session, site: Site) -> None:
    case = make_case(session, site)
    assert case.voices == 1
    assert case.weight == pytest.approx(TERMS.full_weight)
    assert case.chance == pytest.approx(order.chance(TERMS.full_weight, None, TERMS))


def test_flags_of_one_reader_on_two_parts_are_one_voice(session: Session, site: Site) -> None:
    make_case(session, site)
    case = make_case(session, site, revision=1, reason="hate")
    assert case.voices == 1


def test_a_voice_is_heard_once_however_often_it_is_withdrawn_and_raised(session: Session, site: Site) -> None:
    first = make_case(session, site)
    before = first.weight
    for _ in range(3):
        pipeline.withdraw_flag(session, site.id, make_flag(session, site).receipt)
        settle(session)
        assert (_again(session, first).voices, first.weight) == (0, 0.0)
        make_case(session, site)
        settle(session)
    assert _again(session, first).voices == 1
    assert first.weight == pytest.approx(before)


def test_a_reader_who_flags_many_articles_spreads_his_budget(session: Session, site: Site) -> None:
    cases = [make_case(session, site, f"a{n}") for n in range(8)]
    total = sum(_again(session, case).weight for case in cases)
    assert total == pytest.approx(2 * TERMS.full_weight)


def test_a_flag_keeps_what_was_known_of_its_reader(session: Session, site: Site, ada: Person) -> None:
    make_decision(session, make_case(session, site, "one"), ada)
    settle(session)
    flag = make_flag(session, site)
    triaged(session, flag)
    row = flag_of(session, flag)
    assert (row.reporter_upheld, row.reporter_rejected, row.reporter_fresh) == (1, 0, False)
    assert (row.weight or 0) > TERMS.full_weight


@pytest.mark.parametrize(("minutes", "fresh"), [(-1, True), (1, False)])
def test_an_account_is_fresh_as_long_as_the_order_has_it_so(
    session: Session, site: Site, minutes: int, fresh: bool
) -> None:
    age = timedelta(hours=order.FRESH_ACCOUNT_HOURS, minutes=minutes)
    flag = make_flag(session, site, reporter_since=utcnow(session) - age)
    case = triaged(session, flag)
    assert flag_of(session, flag).reporter_fresh is fresh
    assert priorities(session, [case.id])[case.id]["why"].speakers.fresh == fresh


def test_each_batch_leaves_the_terms_of_the_cases_it_touched(session: Session, site: Site) -> None:
    case = make_case(session, site)
    kept = session.scalars(select(CaseScore).where(CaseScore.case_id == case.id)).one()
    assert (kept.weight, kept.chance, kept.urgency) == (case.weight, case.chance, case.urgency)
    assert kept.full_weight == TERMS.full_weight


# A verdict.


@pytest.mark.parametrize(("action", "record"), [(Action.TAKEDOWN, (1, 0, 0)), (Action.CLEAR, (0, 1, 0))])
def test_a_verdict_goes_into_the_records_of_who_flagged(
    session: Session, site: Site, ada: Person, action: Action, record: tuple[int, int, int]
) -> None:
    make_decision(session, make_case(session, site), ada, action)
    settle(session)
    assert _record(session, site, "reader-1") == record


def test_a_verdict_moves_the_other_waiting_cases_of_its_readers(session: Session, site: Site, ada: Person) -> None:
    decided, waiting = make_case(session, site, "one"), make_case(session, site, "two")
    before = waiting.weight
    make_decision(session, decided, ada, Action.CLEAR)
    settle(session)
    assert _again(session, waiting).weight < before


def test_a_superseding_decision_changes_the_records_and_not_their_number(
    session: Session, site: Site, ada: Person
) -> None:
    case = make_case(session, site)
    for action in (Action.TAKEDOWN, Action.CLEAR):
        make_decision(session, _again(session, case), ada, action)
        settle(session)
    assert _record(session, site, "reader-1") == (0, 1, 0)


def test_who_flags_after_the_decision_earns_nothing(session: Session, site: Site, ada: Person) -> None:
    make_decision(session, make_case(session, site), ada)
    settle(session)
    make_case(session, site, reporter="late")
    settle(session)
    assert _record(session, site, "late") == (0, 0, 0)


def test_a_takedown_of_one_part_upholds_the_flags_on_it_only(session: Session, site: Site, ada: Person) -> None:
    make_case(session, site, reporter="right", target=Target("p1"))
    case = make_case(session, site, reporter="wrong", target=Target("p2"))
    make_decision(session, case, ada, parts=("p1",))
    settle(session)
    assert (_record(session, site, "right"), _record(session, site, "wrong")) == ((1, 0, 0), (0, 1, 0))


def test_a_site_learns_from_verdicts_and_adopts_it_with_the_refresh(session: Session, site: Site, ada: Person) -> None:
    make_decision(session, make_case(session, site), ada, Action.CLEAR)
    settle(session)
    assert site_terms.in_force(session, [site.id])[site.id].cohorts == TERMS.cohorts
    ordering.begin_round(session, site.id)
    assert site_terms.in_force(session, [site.id])[site.id].cohorts[0].mean < TERMS.cohorts[0].mean


# Time, views, and everything anew.


def test_a_refresh_lets_an_aging_article_sink(session: Session, site: Site) -> None:
    case = make_case(session, site)
    before = case.urgency
    session.execute(text("UPDATE cases SET opened_at = opened_at - interval '2 days'"))
    ordering.refresh_part(session, site.id)
    assert _again(session, case).urgency < before / 2


def test_a_refresh_comes_by_every_case_in_parts(session: Session, site: Site) -> None:
    for n in range(5):
        make_case(session, site, f"a{n}")
    assert [ordering.refresh_part(session, site.id, limit=2).more for _ in range(3)] == [True, True, False]


def test_a_refresh_leaves_rows_that_would_not_move(session: Session, site: Site) -> None:
    make_case(session, site)
    ordering.refresh_part(session, site.id)
    assert ordering.refresh_part(session, site.id).moved == 0


@pytest.mark.parametrize("seed", range(4))
def test_what_was_kept_as_things_happened_is_what_comes_out_anew(database: Database, seed: int) -> None:
    """Flags, withdrawals and decisions in a random order; then every record and place is derived from scratch."""
    with database.transaction() as session:
        site = make_site(session)
        ada = make_moderator(session)
        _history(session, site, ada, random.Random(seed))
        places = _places(session)
    ordering.recompute(database.transaction)
    with database.transaction() as session:
        again = _places(session)
        assert again.keys() == places.keys()
        for key, numbers in places.items():
            assert again[key] == pytest.approx(numbers, rel=1e-6, abs=1e-9), key


def _history(session: Session, site: Site, ada: Person, rng: random.Random) -> None:
    receipts: list[UUID] = []
    for step in range(60):
        roll = rng.random()
        if roll < 0.7 or not receipts:
            name = f"a{rng.randrange(6)}"
            make_article(session, site, name)
            flag = make_flag(session, site, name, f"r{rng.randrange(9)}", reason=rng.choice(["hate", "spam"]))
            receipts.append(flag.receipt)
        elif roll < 0.8:
            pipeline.withdraw_flag(session, site.id, rng.choice(receipts))
        elif open_cases := session.scalars(select(Case).where(Case.state == "open"), **FRESH).all():
            make_decision(session, rng.choice(open_cases), ada, rng.choice(list(Action)))
        if step % 3 == 0:
            pipeline.triage(session, limit=100)
            settle(session)
    pipeline.triage(session, limit=100)
    settle(session)
    ordering.begin_round(session, site.id)
    ordering.refresh_part(session, site.id)


def _places(session: Session) -> dict[object, tuple[float, ...]]:
    session.expire_all()
    cases = session.scalars(select(Case).where(Case.state == "open"))
    readers = session.scalars(select(Reporter))
    voices = session.scalars(select(Voice).where(Voice.standing == "pending"))
    return (
        {("case", c.id): (c.weight, c.voices, c.chance, c.reach) for c in cases}
        | {("reader", r.reporter): (r.upheld, r.rejected, r.pending) for r in readers}
        | {("voice", v.case_id, v.reporter): (v.weight,) for v in voices}
    )


def test_workers_at_once_count_every_voice_once(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        for n in range(60):
            make_article(session, site, f"a{n % 5}")
            make_flag(session, site, f"a{n % 5}", f"r{n % 12}")

    def work(limit: int) -> int:
        with database.transaction() as session:
            return pipeline.triage(session, limit=limit)

    assert sorted(at_once(work, [15] * 4), key=str) == [15] * 4
    with database.transaction() as session:
        sums = session.execute(
            text("""SELECT cases.voices, cases.weight, count(*), sum(voices.weight) FROM cases
                    JOIN voices ON voices.case_id = cases.id GROUP BY cases.id""")
        ).all()
    assert all(voices == count and weight == pytest.approx(total) for voices, weight, count, total in sums)


# Hidden until it is reviewed.


RELIABLE = tuple(f"r{n}" for n in range(order.HIDE_VOUCHERS + 2))


def _reliable(session: Session, site: Site, ada: Person, *names: str) -> None:
    """Give readers a record: each one's flag on an article of its own was upheld, as often as it takes."""
    for name in names:
        for n in range(order.VOUCHER_MARGIN):
            make_decision(session, make_case(session, site, f"{name}-{n}", reporter=name), ada)
    settle(session)


def _flagged_by_reliable(session: Session, site: Site, ada: Person, **changes: Any) -> Case:
    """A case with the voices of as many readers with records as it takes, on a site that was changed so."""
    _reliable(session, site, ada, *RELIABLE)
    for name, value in changes.items():
        setattr(site, name, value)
    session.flush()
    for name in RELIABLE:
        case = make_case(session, site, reporter=name)
    return case


def test_an_article_that_is_very_likely_bad_is_hidden_where_the_site_wants_it(
    session: Session, site: Site, ada: Person
) -> None:
    case = _flagged_by_reliable(session, site, ada, hide_pending=True)
    assert case.chance > order.HIDE_CHANCE
    assert case.hidden_at is not None


def test_no_site_hides_anything_by_itself_unless_it_was_told_to(session: Session, site: Site, ada: Person) -> None:
    assert _flagged_by_reliable(session, site, ada).hidden_at is None


def test_nothing_is_hidden_while_automatic_actions_are_off(session: Session, site: Site, ada: Person) -> None:
    switches.switch_off(session, None, author="ada", because="a test")
    assert _flagged_by_reliable(session, site, ada, hide_pending=True).hidden_at is None


def test_any_number_of_readers_without_records_hides_nothing(session: Session, site: Site) -> None:
    site.hide_pending = True
    for n in range(40):
        make_flag(session, site, reporter=f"new-{n}")
    case = make_case(session, site)
    assert case.chance > order.HIDE_CHANCE
    assert case.hidden_at is None


def test_who_helped_to_hide_what_was_cleared_cannot_help_again(session: Session, site: Site, ada: Person) -> None:
    make_decision(session, _flagged_by_reliable(session, site, ada, hide_pending=True), ada, Action.CLEAR)
    settle(session)
    assert _reader(session, site, "r1").barred_until is not None


def test_batches_of_a_site_have_moments_in_the_order_in_which_they_happened(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
    with database.transaction() as early:
        began = early.execute(text("SELECT now()")).scalar_one()
        with database.transaction() as late:
            make_case(late, site, reporter="late")
        case = make_case(early, site, reporter="early")
        moments = early.scalars(select(CaseScore.at).where(CaseScore.case_id == case.id).order_by(CaseScore.voices))
        first, second = moments.all()
    assert began < first < second
