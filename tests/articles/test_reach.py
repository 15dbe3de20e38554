"""Views as sites report them: once a minute, corrected by lower ones, believed as far as they are plausible."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Session

from moderation_service.articles import reach
from moderation_service.articles.models import Article, ArticleReach, ReachSample
from moderation_service.articles.reach import Reach
from moderation_service.db import Database
from moderation_service.errors import DomainError, NotFound, RateLimited
from moderation_service.sites.models import Site
from tests.at_once import at_once
from tests.factories import make_article, make_content, make_site


@pytest.fixture
def article(session: Session, site: Site) -> Article:
    """An article of two hours."""
    article = make_article(session, site)
    _pass(session, hours=2)
    return article


def _pass(session: Session, *, hours: float = 0, minutes: float = 0) -> None:
    """Let time pass: everything there is becomes older by so much."""
    passed = timedelta(hours=hours, minutes=minutes)
    session.flush()
    session.execute(update(Article).values(created_at=Article.created_at - passed))
    session.execute(update(ArticleReach).values(reported_at=ArticleReach.reported_at - passed))


def _report(session: Session, site: Site, views: int, external_id: str = "ferry") -> Reach | DomainError:
    (answer,) = reach.report(session, site.id, [(external_id, views)])
    return answer


def _stored(session: Session) -> ArticleReach:
    return session.scalars(select(ArticleReach), execution_options={"populate_existing": True}).one()


def _samples(session: Session) -> Sequence[tuple[int, int]]:
    rows = session.execute(select(ReachSample.bucket, ReachSample.views).order_by(ReachSample.bucket))
    return [(bucket, views) for bucket, views in rows]


def test_the_first_report_gives_the_mean_velocity_so_far(session: Session, site: Site, article: Article) -> None:
    answer = _report(session, site, 500)
    stored = _stored(session)
    assert isinstance(answer, Reach)
    assert (stored.views, stored.reported_views, stored.counted_views) == (500, 500, 0)
    assert stored.velocity == answer.velocity == pytest.approx(250, rel=1e-3)


def test_the_next_report_moves_the_velocity_by_its_half_life(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 500)
    _pass(session, hours=1)
    _report(session, site, 600)
    assert _stored(session).velocity == pytest.approx(175, rel=1e-3)


def test_no_new_views_let_the_velocity_fall(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 500)
    _pass(session, hours=1)
    assert isinstance(_report(session, site, 500), Reach)
    assert _stored(session).velocity == pytest.approx(125, rel=1e-3)


def test_a_second_report_within_a_minute_changes_nothing(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 500)
    _pass(session, minutes=0.5)
    answer = _report(session, site, 900)
    assert isinstance(answer, RateLimited)
    assert 29 <= answer.retry_after <= 31
    assert _stored(session).reported_views == 500


def test_a_report_after_a_minute_is_taken(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 500)
    _pass(session, minutes=1.01)
    assert isinstance(_report(session, site, 501), Reach)


@pytest.mark.parametrize(("wrong", "corrected"), [(10**12, 250), (1_000, 250), (10**12, 0)])
def test_fewer_views_than_before_mend_a_wrong_report(
    session: Session, site: Site, article: Article, wrong: int, corrected: int
) -> None:
    _report(session, site, wrong)
    for views in (corrected, corrected + 10):
        _pass(session, minutes=2)
        assert isinstance(_report(session, site, views), Reach)
    stored = _stored(session)
    assert (stored.reported_views, stored.views) == (corrected + 10, corrected + 10)
    assert stored.velocity < 1_000


def test_what_was_not_believed_is_not_made_up_for_by_a_correction(session: Session, site: Site) -> None:
    make_article(session, site)
    _report(session, site, 10**12)
    _pass(session, hours=1)
    _report(session, site, 10**11)
    assert (_stored(session).views, _stored(session).reported_views) == (100, 10**11)


def test_an_article_of_another_site_is_not_found(session: Session, site: Site, article: Article) -> None:
    other = make_site(session, "herald")
    assert isinstance(_report(session, other, 500), NotFound)
    assert isinstance(_report(session, site, 500, "unknown"), NotFound)


def test_a_leap_is_not_believed_whole_and_not_made_up_for_later(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 500)
    for views in (1_000_000, 1_000_010):
        _pass(session, minutes=2)
        _report(session, site, views)
    stored = _stored(session)
    assert stored.reported_views == 1_000_010
    assert stored.views == pytest.approx(500 + 200 + 10, abs=1)


def test_a_first_report_is_believed_as_far_as_the_age_allows(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 10**12)
    assert _stored(session).views == pytest.approx(12_000, abs=5)
    assert _stored(session).velocity == pytest.approx(6_000, rel=1e-3)


@pytest.mark.parametrize(("samples", "believed"), [(49, 12_000), (50, 200_000)])
def test_a_site_whose_articles_are_read_fast_is_believed_more(
    session: Session, site: Site, article: Article, samples: int, believed: int
) -> None:
    _many_samples(session, site, count=samples, velocity=10_000.0)
    _report(session, site, 10**12)
    assert _stored(session).views == pytest.approx(believed, rel=1e-3)


def _many_samples(session: Session, site: Site, *, count: int, velocity: float) -> None:
    articles = [make_article(session, site, f"a{n}") for n in range(count)]
    rows = [{"article_id": a.id, "bucket": 0, "site_id": site.id, "views": 1, "velocity": velocity} for a in articles]
    session.execute(insert(ReachSample), rows)


def test_a_few_inflated_articles_do_not_raise_what_is_usual(session: Session, site: Site, article: Article) -> None:
    _many_samples(session, site, count=100, velocity=100.0)
    fast = select(ReachSample.article_id).order_by(ReachSample.article_id).limit(9)
    session.execute(update(ReachSample).where(ReachSample.article_id.in_(fast)).values(velocity=1e9))
    _report(session, site, 10**12)
    assert _stored(session).views == pytest.approx(12_000, abs=5)


def test_the_age_counts_from_the_day_of_publication(session: Session, site: Site) -> None:
    make_article(session, site, content=make_content(published_on=date(2020, 1, 1)))
    answer = _report(session, site, 10**6)
    assert isinstance(answer, Reach)
    assert answer.velocity < 30


def test_a_day_of_publication_to_come_is_not_believed(session: Session, site: Site) -> None:
    make_article(session, site, content=make_content(published_on=date(2999, 1, 1)))
    _pass(session, hours=2)
    answer = _report(session, site, 500)
    assert isinstance(answer, Reach)
    assert answer.velocity == pytest.approx(250, rel=1e-3)


def test_an_article_becomes_an_example_of_each_age_once(session: Session, site: Site) -> None:
    make_article(session, site)
    for views in range(10):
        _report(session, site, views)
        _pass(session, minutes=10)
    assert _samples(session) == [(0, 2), (1, 6)]


def test_the_first_report_of_an_old_article_is_no_example(session: Session, site: Site, article: Article) -> None:
    _report(session, site, 500)
    _pass(session, minutes=2)
    _report(session, site, 501)
    assert _samples(session) == []


def test_each_article_of_a_batch_has_its_own_answer(session: Session, site: Site, article: Article) -> None:
    for name in ("old", "new"):
        make_article(session, site, name)
    _report(session, site, 9, "old")
    batch = [("new", 5), ("unknown", 5), ("ferry", 7), ("old", 10)]
    answers = reach.report(session, site.id, batch)
    assert [type(answer) for answer in answers] == [Reach, NotFound, Reach, RateLimited]


def test_of_two_reports_of_one_article_in_a_batch_the_first_counts(
    session: Session, site: Site, article: Article
) -> None:
    answers = reach.report(session, site.id, [("ferry", 5), ("ferry", 5), ("ferry", 9)])
    assert [type(answer) for answer in answers] == [Reach, RateLimited, RateLimited]
    assert _stored(session).views == 5


def test_a_thousand_articles_take_two_statements(session: Session, site: Site) -> None:
    names = [f"a{n}" for n in range(1000)]
    session.execute(insert(Article), [{"site_id": site.id, "external_id": name} for name in names])
    sent: list[object] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *call: sent.append(call[2]))
    answers = reach.report(session, site.id, [(name, 5) for name in names])
    assert all(isinstance(answer, Reach) for answer in answers)
    assert len(sent) == 2


@pytest.mark.parametrize("reported_before", [False, True])
def test_of_reports_at_the_same_moment_one_counts(database: Database, reported_before: bool) -> None:
    with database.transaction() as session:
        site = make_site(session)
        make_article(session, site)
        if reported_before:
            _report(session, site, 10)
        _pass(session, hours=2)

    def send(views: int) -> Reach | DomainError:
        with database.transaction() as session:
            return _report(session, site, views)

    answers = at_once(send, range(100, 108))
    (taken,) = [answer for answer in answers if isinstance(answer, Reach)]
    assert [type(answer) for answer in answers].count(RateLimited) == 7
    with database.transaction() as session:
        assert _stored(session).reported_views == taken.reported_views


def test_batches_of_the_same_articles_do_not_wait_in_a_circle(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)
        names = [f"a{n}" for n in range(200)]
        session.execute(insert(Article), [{"site_id": site.id, "external_id": name} for name in names])

    def send(order: int) -> list[Reach | DomainError]:
        with database.transaction() as session:
            return reach.report(session, site.id, [(name, 5) for name in names[::order]])

    answers = at_once(send, [1, -1, 1, -1])
    assert all(isinstance(batch, list) for batch in answers)
    assert sum(isinstance(answer, Reach) for batch in answers if isinstance(batch, list) for answer in batch) == 200
