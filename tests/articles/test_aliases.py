"""Articles are also known under other addresses, each of which one article of a site has."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.articles.aliases import alias_fault, aliases_of, known_as, set_aliases
from moderation_service.audit.models import AuditEntry
from moderation_service.db import finish
from moderation_service.errors import Invalid
from moderation_service.sites.models import Site
from tests.factories import ACTOR, make_article, make_site

POST = "at://did:plc:ewvi7nxzyoun6zhxrhs64oiz/app.bsky.feed.post/3k"
COPY = "https://social.example/@courier/1"


def test_an_article_is_found_by_its_url_and_by_its_other_addresses(session: Session, site: Site) -> None:
    ferry, _ = make_article(session, site), make_article(session, site, "mill")
    set_aliases(session, ferry, [POST, COPY], actor=ACTOR)
    assert [known_as(session, site.id, uri) for uri in (ferry.url or "", POST, COPY)] == [ferry] * 3
    assert known_as(session, site.id, "https://courier.example/other") is None


def test_what_is_set_takes_the_place_of_all_before(session: Session, site: Site) -> None:
    ferry = make_article(session, site)
    for uris in ([POST, COPY], [COPY], []):
        set_aliases(session, ferry, uris, actor=ACTOR)
        assert aliases_of(session, ferry) == sorted(uris)


def test_another_article_of_the_site_has_it(session: Session, site: Site) -> None:
    set_aliases(session, make_article(session, site), [POST], actor=ACTOR)
    with pytest.raises(Invalid, match="Another article"):
        set_aliases(session, make_article(session, site, "mill"), [POST], actor=ACTOR)


def test_another_site_may_have_the_same(session: Session, site: Site) -> None:
    herald = make_site(session, "herald")
    ours, theirs = make_article(session, site), make_article(session, herald)
    for article in (ours, theirs):
        set_aliases(session, article, [POST], actor=ACTOR)
    assert [known_as(session, which.id, POST) for which in (site, herald)] == [ours, theirs]


def test_the_trail_has_a_change_and_nothing_of_none(session: Session, site: Site) -> None:
    ferry = make_article(session, site)
    for _ in range(2):
        set_aliases(session, ferry, [POST], actor=ACTOR)
    finish(session)
    set_ = session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "article.aliases_set")).all()
    assert set_ == [{"before": [], "after": [POST]}]


@pytest.mark.parametrize(
    "uri",
    ["", "ferry", "ftp://a.example", "https://", "at://", "at://a b", "https://ü.example", "https://" + "a" * 999],
)
def test_no_address_that_an_article_is_known_under(uri: str) -> None:
    assert alias_fault(uri)
