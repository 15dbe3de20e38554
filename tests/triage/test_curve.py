"""What a site's articles of the last season teach about views to come."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert
from sqlalchemy.orm import Session

from moderation_service import upkeep
from moderation_service.articles.models import Article, ArticleReach, ReachSample
from moderation_service.sites.models import Site
from moderation_service.triage import terms as site_terms
from moderation_service.triage.curve import learn_curve
from moderation_service.triage.order import FALLBACK_CURVE
from tests.factories import make_site


def _followed(
    session: Session,
    site: Site,
    count: int = 20,
    *,
    bucket: int = 1,
    views: int = 100,
    velocity: float = 50.0,
    final: int = 600,
    days: float = 8,
) -> None:
    """Articles that had so many views at that age, so many days ago, and `final` ones since."""
    articles = [{"site_id": site.id, "url": f"https://courier.example/{bucket}/{days}/{n}"} for n in range(count)]
    ids = session.scalars(insert(Article).returning(Article.id), articles).all()
    reach = {"site_id": site.id, "views": final, "reported_views": final, "velocity": 0.0}
    sample = {"site_id": site.id, "bucket": bucket, "views": views, "velocity": velocity}
    sampled = {"sampled_at": func.now() - timedelta(days=days)}
    session.execute(insert(ArticleReach), [{"article_id": i} | reach for i in ids])
    session.execute(insert(ReachSample).values([{"article_id": i} | sample | sampled for i in ids]))


def _curve(session: Session, site: Site) -> tuple[float, ...]:
    learned = learn_curve(session, site.id)
    assert learned is not None
    return learned.curve


def test_hours_worth_of_velocity_that_was_still_to_come(session: Session, site: Site) -> None:
    _followed(session, site)
    assert _curve(session, site)[1] == pytest.approx((600 - 100) / 50)


def test_articles_count_by_how_fast_they_were_read(session: Session, site: Site) -> None:
    _followed(session, site, 10, velocity=90.0, views=0, final=900)
    _followed(session, site, 10, velocity=10.0, views=0, final=600, days=9)
    assert _curve(session, site)[1] == pytest.approx(1500 / 100)


def test_an_age_of_which_little_is_known_keeps_what_every_site_begins_with(session: Session, site: Site) -> None:
    _followed(session, site)
    _followed(session, site, 19, bucket=2)
    assert _curve(session, site)[2:] == FALLBACK_CURVE[2:]


@pytest.mark.parametrize(("final", "hours"), [(100, 1.0), (10**9, 200.0)])
def test_the_curve_is_bounded(session: Session, site: Site, final: int, hours: float) -> None:
    _followed(session, site, final=final)
    assert _curve(session, site)[1] == hours


def test_articles_whose_views_were_taken_back_teach_that_none_came(session: Session, site: Site) -> None:
    _followed(session, site, 10, views=0, final=900)
    _followed(session, site, 10, views=900, final=0, days=9)
    assert _curve(session, site)[1] == pytest.approx(10 * 900 / (20 * 50))


def test_articles_that_stood_still_teach_nothing(session: Session, site: Site) -> None:
    _followed(session, site, velocity=0.0)
    assert _curve(session, site) == FALLBACK_CURVE


@pytest.mark.parametrize("days", [6.9, 90.1])
def test_neither_what_is_not_over_nor_what_is_long_past_teaches(session: Session, site: Site, days: float) -> None:
    _followed(session, site, days=days)
    assert learn_curve(session, site.id) is None


def test_a_site_with_few_articles_learns_nothing(session: Session, site: Site) -> None:
    _followed(session, site, 19)
    assert learn_curve(session, site.id) is None


def test_the_articles_of_another_site_teach_nothing(session: Session, site: Site) -> None:
    _followed(session, make_site(session, "herald"))
    assert learn_curve(session, site.id) is None


def test_the_typical_reach_is_the_mean_of_all_views(session: Session, site: Site) -> None:
    _followed(session, site, 10, final=1000)
    _followed(session, site, 10, final=2000, days=9)
    learned = learn_curve(session, site.id)
    assert learned is not None
    assert learned.typical_reach == 1500


def test_every_site_is_told_what_its_own_articles_taught(session: Session, site: Site) -> None:
    make_site(session, "herald")
    _followed(session, site)
    assert upkeep.learn_curves(session) == 1
    learned = site_terms.learned(session, site.id)
    assert learned.curve[1] == pytest.approx(10.0)
    assert learned.typical_reach == 600.0
