"""Articles: recorded revision by revision, completed when the site names them, found for a flag."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from moderation_service.articles import service as articles
from moderation_service.articles.aliases import set_aliases
from moderation_service.articles.content import Content, Origin
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.audit.models import AuditEntry
from moderation_service.db import Database, finish
from moderation_service.errors import Invalid, NotFound
from moderation_service.sites.models import Site
from tests.at_once import at_once
from tests.factories import ACTOR, make_article, make_content, make_site

URL = "https://courier.example/ferry"


def _put(session: Session, site: Site, content: Content, url: str | None = URL) -> articles.Recorded:
    return articles.put(session, site.id, "ferry", content, url=url, origin=Origin.EDITORIAL, actor=ACTOR)


def _ids(session: Session, article: Article) -> list[str]:
    return articles.part_ids(session, article.id, article.current_revision) or []


def test_the_first_put_creates_revision_1(session: Session, site: Site) -> None:
    recorded = _put(session, site, make_content())
    assert (recorded.outcome, recorded.article.current_revision) == ("created", 1)
    assert recorded.article.title == "Ferry returns after the flood"
    assert _ids(session, recorded.article) == ["headline", "dateline", "p1", "p2", "q1"]


def test_the_same_again_changes_nothing(session: Session, site: Site) -> None:
    outcomes = [_put(session, site, make_content()).outcome for _ in range(3)]
    assert outcomes == ["created", "unchanged", "unchanged"]
    assert session.scalar(select(func.count()).select_from(ArticleRevision)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"headline": "Another"},
        {"category": "SPORT"},
        {"place": None},
        {"published_on": date(2026, 1, 2)},
        {"language": "de"},
        {"paragraphs": ("Only one.",)},
        {"questions": ()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_any_change_of_content_is_a_new_revision(session: Session, site: Site, changes: dict[str, object]) -> None:
    _put(session, site, make_content())
    recorded = _put(session, site, make_content(**changes))
    assert (recorded.outcome, recorded.article.current_revision) == ("changed", 2)


def test_going_back_to_old_content_is_a_new_revision_too(session: Session, site: Site) -> None:
    for paragraph in ("One.", "Two.", "One."):
        recorded = _put(session, site, make_content(paragraph))
    assert recorded.article.current_revision == 3


def test_the_old_revision_stays_as_evidence(session: Session, site: Site) -> None:
    article = _put(session, site, make_content("It was so.")).article
    _put(session, site, make_content("It was otherwise."))
    old = session.get(ArticleRevision, (article.id, 1))
    assert old is not None
    assert "It was so." in [part["text"] for part in old.parts]
    with pytest.raises(ProgrammingError, match="permission denied"), session.begin_nested():
        session.execute(text("UPDATE article_revisions SET headline = ''"))


def test_part_ids_stay_with_their_texts(session: Session, site: Site) -> None:
    article = _put(session, site, make_content("A first one.", "And a second.")).article
    _put(session, site, make_content("Something new before.", "A first one.", "And a second."))
    assert [i for i in _ids(session, article) if i[0] == "p"] == ["p3", "p1", "p2"]


def test_the_id_of_a_part_that_went_is_never_given_again(session: Session, site: Site) -> None:
    for paragraphs in (("Stays.", "Goes away."), ("Stays.",), ("Stays.", "Comes instead, and is long.")):
        article = _put(session, site, make_content(*paragraphs)).article
    assert [i for i in _ids(session, article) if i[0] == "p"] == ["p1", "p3"]


def test_a_url_that_is_left_out_stays(session: Session, site: Site) -> None:
    _put(session, site, make_content())
    assert _put(session, site, make_content(), url=None).article.url == URL


def test_a_change_is_audited_with_the_hashes_before_and_after(session: Session, site: Site) -> None:
    for paragraph in ("One.", "Two.", "Two."):
        _put(session, site, make_content(paragraph))
    finish(session)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "article.revised").order_by(AuditEntry.id))
    first, second = entries.all()
    assert (first.actor, first.before_digest, first.detail) == (ACTOR, None, {"revision": 1})
    assert second.before_digest == first.after_digest


def test_an_article_flagged_by_its_url_is_completed_when_the_site_names_it(session: Session, site: Site) -> None:
    stub = articles.locate_or_note(session, site.id, external_id=None, url=URL, title="Ferry?")
    assert (stub.current_revision, stub.title) == (0, "Ferry?")
    recorded = _put(session, site, make_content())
    assert (recorded.article.id, recorded.outcome, recorded.article.external_id) == (stub.id, "created", "ferry")


def test_an_article_of_another_url_is_not_taken_for_the_stub(session: Session, site: Site) -> None:
    stub = articles.locate_or_note(session, site.id, external_id=None, url=URL + "?page=2", title=None)
    assert _put(session, site, make_content()).article.id != stub.id


def test_a_stub_of_another_site_is_left_alone(session: Session, site: Site) -> None:
    herald = make_site(session, "herald", origins=["https://courier.example"])
    stub = articles.locate_or_note(session, herald.id, external_id=None, url=URL, title=None)
    assert _put(session, site, make_content()).article.id != stub.id


def test_an_unknown_article_without_a_url_is_refused_by_its_field(session: Session, site: Site) -> None:
    with pytest.raises(Invalid) as refused:
        articles.locate_or_note(session, site.id, external_id="nowhere", url=None, title=None)
    assert refused.value.field == "article.url"


def test_an_article_is_found_by_its_id_by_its_url_and_by_both(session: Session, site: Site) -> None:
    article = _put(session, site, make_content()).article
    for external_id, url in (("ferry", None), (None, URL), ("ferry", URL), ("ferry", "https://other.example/")):
        assert articles.locate_or_note(session, site.id, external_id=external_id, url=url, title=None) is article


def test_an_address_is_of_the_article_that_its_site_gives_it_to_whoever_named_it_before(
    session: Session, site: Site
) -> None:
    phantom = articles.locate_or_note(session, site.id, external_id="phantom", url=URL, title=None)
    ferry = _put(session, site, make_content()).article
    assert phantom.url == URL  # what its flags say they are about, for those who review them
    for external_id in (None, "phantom", "nowhere"):
        assert articles.locate_or_note(session, site.id, external_id=external_id, url=URL, title=None) is ferry
    assert articles.locate_or_note(session, site.id, external_id="phantom", url=None, title=None) is phantom


def test_an_article_of_the_sites_is_the_one_meant_wherever_its_page_is_said_to_be(session: Session, site: Site) -> None:
    _put(session, site, make_content())
    mill = make_article(session, site, "mill")
    assert articles.locate_or_note(session, site.id, external_id="mill", url=URL, title=None) is mill


def test_another_address_that_its_site_tells_of_is_the_articles_too(session: Session, site: Site) -> None:
    copy = "https://courier.example/print/ferry"
    articles.locate_or_note(session, site.id, external_id="phantom", url=copy, title=None)
    ferry = _put(session, site, make_content()).article
    set_aliases(session, ferry, [copy], actor=ACTOR)
    for external_id in (None, "phantom", "nowhere"):
        assert articles.locate_or_note(session, site.id, external_id=external_id, url=copy, title=None) is ferry


def test_the_one_that_waits_for_its_id_is_found_before_one_that_readers_named(session: Session, site: Site) -> None:
    articles.locate_or_note(session, site.id, external_id="phantom", url=URL, title=None)
    session.execute(insert(Article).values(site_id=site.id, url=URL))
    waits = articles.locate_or_note(session, site.id, external_id=None, url=URL, title=None)
    assert waits.external_id is None
    assert _put(session, site, make_content()).article.id == waits.id


def test_two_ids_that_only_readers_named_at_one_address_are_two(session: Session, site: Site) -> None:
    one, other = (
        articles.locate_or_note(session, site.id, external_id=external_id, url=URL, title=None)
        for external_id in ("one", "other")
    )
    assert one.id != other.id


@pytest.mark.parametrize("external_id", [None, "nowhere"])
def test_a_page_that_is_not_the_sites_is_refused_by_its_field(
    session: Session, site: Site, external_id: str | None
) -> None:
    with pytest.raises(Invalid, match="no page of Courier") as refused:
        articles.locate_or_note(session, site.id, external_id=external_id, url="https://evil.example/", title=None)
    assert refused.value.field == "article.url"


def test_the_first_that_a_site_says_of_an_article_forgets_the_address_that_readers_gave(
    session: Session, site: Site
) -> None:
    articles.locate_or_note(session, site.id, external_id="ferry", url=f"{URL}/rude-words", title=None)
    assert _put(session, site, make_content(), url=None).article.url is None


def test_the_same_id_on_another_site_is_another_article(session: Session, site: Site) -> None:
    _put(session, site, make_content())
    with pytest.raises(NotFound):
        articles.find(session, make_site(session, "herald").id, "ferry")


def test_puts_at_the_same_moment_are_numbered_one_after_the_other(database: Database) -> None:
    with database.transaction() as session:
        site = make_site(session)

    def put(number: int) -> str:
        with database.transaction() as session:
            return _put(session, site, make_content(f"Version {number}.")).outcome

    assert sorted(str(answer) for answer in at_once(put, range(8))) == ["changed"] * 7 + ["created"]
    with database.transaction() as session:
        numbers = session.scalars(select(ArticleRevision.number).order_by(ArticleRevision.number)).all()
        assert numbers == list(range(1, 9))


def test_what_moderators_see_has_every_part(session: Session, site: Site) -> None:
    article = make_article(session, site)
    told = articles.describe(article, articles.latest_revision(session, article))
    assert [part["id"] for part in told["parts"]] == ["headline", "dateline", "p1", "p2", "q1"]
    assert (told["revision"], told["dateline"]) == (1, {"place": "Tidewater", "published_on": None})


def test_what_moderators_see_of_an_article_not_yet_told_is_its_url_and_title(session: Session, site: Site) -> None:
    stub = articles.locate_or_note(session, site.id, external_id=None, url=URL, title="Ferry?")
    told = articles.describe(stub, articles.latest_revision(session, stub))
    assert (told["url"], told["title"], told["parts"]) == (URL, "Ferry?", [])
