"""What flags teach a site of what is usual: no case much, no reader twice, and nothing for ever."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service import pipeline
from moderation_service.sites.models import Site
from moderation_service.triage import order
from moderation_service.triage import terms as site_terms
from moderation_service.triage.order import Cohort, Terms
from tests.factories import make_article, make_case, make_flag, make_site, settle

BEGINNING = Terms()


@pytest.fixture
def site(session: Session) -> Site:
    site = make_site(session)
    make_article(session, site)
    return site


def _voices_counted(session: Session, site: Site) -> float:
    """How many voices the one case of a site added to what is usual."""
    return site_terms.learned(session, site.id).case_flags - BEGINNING.case_flags


def test_a_story_that_goes_round_tells_no_more_than_its_first_voices(session: Session, site: Site) -> None:
    for batch in range(3):
        for n in range(8):
            make_flag(session, site, reporter=f"r{batch}-{n}")
        pipeline.triage(session, limit=100)
    assert _voices_counted(session, site) == order.MOST_COUNTED


def test_a_voice_raised_again_and_again_counts_once(session: Session, site: Site) -> None:
    for _ in range(4):
        make_case(session, site)
        pipeline.withdraw_flag(session, site.id, make_flag(session, site).receipt)
        settle(session)
    assert _voices_counted(session, site) == 1


def test_muted_readers_tell_nothing(session: Session, site: Site) -> None:
    make_case(session, site, reporter="one")
    make_case(session, site, "other", reporter="troll")
    before = _voices_counted(session, site)
    session.execute(text("UPDATE reporters SET muted = 'confirmed', muted_at = now()"))
    make_case(session, site, reporter="troll")
    assert _voices_counted(session, site) == before


def test_voices_count_into_the_rate_where_views_are_told(session: Session, site: Site) -> None:
    pipeline.report_reach(session, site.id, [("ferry", 100)])
    make_case(session, site)
    assert site_terms.learned(session, site.id).other_flags == BEGINNING.other_flags + 1


def test_what_was_usual_once_fades() -> None:
    known = BEGINNING.arrive(cases=100, voices=1000, voices_with_views=1000)
    for _ in range(50):
        known = known.arrive(cases=100, voices=100, voices_with_views=0)
    assert known.case_flags / known.cases == pytest.approx(1, abs=0.1)


def test_the_rates_fade_with_their_flags_and_views_alike() -> None:
    known = Terms(upheld_flags=900, upheld_views=45_000, other_flags=2_000, other_views=1_000_000)
    faded = known.arrive(cases=2_000, voices=0, voices_with_views=0)
    assert faded.other_views < 0.85 * known.other_views
    assert faded.full_weight == pytest.approx(known.full_weight, rel=0.02)


def test_views_that_are_taken_back_leave_the_rates_what_they_began_with() -> None:
    assert BEGINNING.view(1_000).view(-400).other_views == BEGINNING.other_views + 600
    assert BEGINNING.view(-1_000_000) == BEGINNING


def test_a_site_that_learns_nothing_more_comes_back_to_what_it_began_with() -> None:
    known = BEGINNING.arrive(cases=0, voices=500, voices_with_views=500).learn({Cohort.FRESH: (0, 500)})
    for _ in range(5_000):
        known = known.arrive(cases=1_000, voices=0, voices_with_views=0).learn({})
    assert known.full_weight == pytest.approx(BEGINNING.full_weight)
    assert known.cohorts[Cohort.FRESH].mean == pytest.approx(BEGINNING.cohorts[Cohort.FRESH].mean)


def test_one_viral_case_hardly_moves_what_a_good_reader_weighs() -> None:
    known, good = BEGINNING, order.Record(upheld=20)
    for _ in range(200):
        known = known.learn({Cohort.NEW: (2, 5), Cohort.RECORDED: (3, 5)})
    after = known.learn({Cohort.FRESH: (0, 100_000)})
    assert order.weight(good, after) == pytest.approx(order.weight(good, known), rel=0.05)


def test_one_viral_takedown_hardly_moves_the_rates() -> None:
    known = Terms(upheld_flags=900, upheld_views=45_000, other_flags=2_000, other_views=1_000_000)
    after = known.uphold(voices=100_000, views=200_000)
    assert after.full_weight == pytest.approx(known.full_weight, rel=0.1)
