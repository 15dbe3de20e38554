"""The built-in content store: what readers get, and what never reaches them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy.orm import Session

from moderation_service.articles import store
from moderation_service.articles.content import Image
from moderation_service.articles.models import Article
from moderation_service.articles.store import Shown
from moderation_service.db import Database
from moderation_service.decisions.effect import Wanted
from moderation_service.enforcement.service import target_of
from moderation_service.enforcement.stores import connect
from moderation_service.sites.models import Site
from tests.factories import make_article, make_content, make_site

PARTS = {
    "headline": "Ferry returns after the flood",
    "dateline": "Tidewater",
    "p1": "The ferry is back.",
    "p2": "Its bell was found in the reeds.",
    "q1": "Who paid for the repair?",
}


@pytest.fixture
def article(session: Session) -> Article:
    return make_article(session, make_site(session))


def _set(session: Session, article: Article, version: int = 1, **changes: Any) -> Shown:
    values: dict[str, Any] = {"state": "visible", "redacted": [], "ground": None}
    store.set_visibility(session, article.id, version=version, **(values | changes))
    session.expire_all()
    return store.show(session, article)


def test_an_article_that_nobody_decided_on_is_shown_whole(session: Session, article: Article) -> None:
    shown = store.show(session, article)
    assert {part["id"]: part["text"] for part in shown.article["parts"]} == PARTS
    assert (shown.gone, shown.legal, shown.hidden) == (False, False, False)


def test_a_takedown_leaves_nothing_but_the_identity(session: Session, article: Article) -> None:
    shown = _set(session, article, state="removed", ground="terms")
    assert (shown.gone, shown.legal) == (True, False)
    assert shown.article == {"external_id": "ferry", "url": "https://courier.example/ferry"}


def test_a_takedown_by_law_says_so(session: Session, article: Article) -> None:
    shown = _set(session, article, state="removed", ground="law")
    assert (shown.gone, shown.legal) == (True, True)


@pytest.mark.parametrize("redacted", [[], ["p1"]])
def test_what_is_hidden_leaves_nothing_but_the_identity_and_is_not_gone(
    session: Session, article: Article, redacted: list[str]
) -> None:
    shown = _set(session, article, state="hidden", redacted=redacted)
    assert (shown.hidden, shown.gone, shown.legal) == (True, False, False)
    assert shown.article == {"external_id": "ferry", "url": "https://courier.example/ferry"}


def test_what_is_shown_again_is_still_without_its_redacted_parts(session: Session, article: Article) -> None:
    _set(session, article, version=1, state="hidden", redacted=["p1"])
    shown = _set(session, article, version=2, redacted=["p1"])
    assert not shown.hidden
    assert _part(shown, "p1")["removed"]


@pytest.mark.parametrize("redacted", PARTS)
def test_the_text_of_a_redacted_part_is_nowhere_in_the_answer(
    session: Session, article: Article, redacted: str
) -> None:
    shown = _set(session, article, redacted=[redacted], ground="terms")
    answer = json.dumps(shown.article, default=str)
    assert PARTS[redacted] not in answer
    assert all(text in answer for part, text in PARTS.items() if part != redacted)
    assert {"id": redacted, "removed": True}.items() <= _part(shown, redacted).items()
    assert "text" not in _part(shown, redacted)


def _part(shown: Shown, part_id: str) -> dict[str, Any]:
    return next(part for part in shown.article["parts"] if part["id"] == part_id)


def test_no_hash_confirms_a_guess_at_a_redacted_text(session: Session, article: Article) -> None:
    assert store.show(session, article).article["content_hash"]
    assert _set(session, article, redacted=["p1"]).article["content_hash"] is None


def test_no_words_of_an_image_say_what_was_redacted(session: Session) -> None:
    images = Image("https://a.example/1", f"Caption: {PARTS['p1']}"), Image("https://a.example/2", "The bell")
    article = make_article(session, make_site(session), content=make_content(images=images))
    shown = _set(session, article, redacted=["p1"])
    assert [image["alt"] for image in shown.article["images"]] == ["", "The bell"]


def test_a_redaction_follows_its_text_to_the_next_revision(session: Session, article: Article) -> None:
    _set(session, article, redacted=["p2"])
    site_id, texts = article.site_id, ("Something new before.", PARTS["p1"], PARTS["p2"])
    article = make_article(session, _site(session, site_id), content=make_content(*texts))
    answer = json.dumps(store.show(session, article).article)
    assert PARTS["p2"] not in answer
    assert "Something new before." in answer


def _site(session: Session, site_id: int) -> Site:
    return session.get_one(Site, site_id)


def test_an_older_order_changes_nothing(session: Session, article: Article) -> None:
    _set(session, article, version=5, state="removed", ground="terms")
    assert _set(session, article, version=4).gone
    assert _set(session, article, version=5).gone
    assert not _set(session, article, version=6).gone


def test_the_etag_stays_while_nothing_changes(session: Session, article: Article) -> None:
    assert store.show(session, article).etag == store.show(session, article).etag


def test_the_etag_changes_with_what_may_be_seen(session: Session, article: Article) -> None:
    etags = [store.show(session, article).etag]
    etags.append(_set(session, article, version=1, redacted=["p1"]).etag)
    etags.append(_set(session, article, version=2, state="hidden").etag)
    etags.append(_set(session, article, version=3, state="removed").etag)
    etags.append(_set(session, article, version=4).etag)
    assert len(set(etags)) == 5


def test_the_etag_changes_with_the_content(session: Session, article: Article) -> None:
    before = store.show(session, article).etag
    changed = make_article(session, _site(session, article.site_id), content=make_content("Something else."))
    assert store.show(session, changed).etag != before


def test_two_articles_of_the_same_content_have_different_etags(session: Session, article: Article) -> None:
    other = make_article(session, _site(session, article.site_id), "other")
    assert store.show(session, other).etag != store.show(session, article).etag


def test_the_store_behind_its_protocol_shows_what_was_applied(database: Database) -> None:
    with database.transaction() as session:
        target = target_of(make_article(session, make_site(session)))
    builtin = connect("builtin", {}, database.transaction)
    assert builtin.read_back(target) == Wanted()
    wanted = Wanted("visible", ("p1", "p2"), "law")
    builtin.apply(target, wanted, version=2)
    builtin.apply(target, Wanted("removed", (), "terms"), version=1)
    assert builtin.read_back(target) == wanted


def test_the_store_behind_its_protocol_hides(database: Database) -> None:
    with database.transaction() as session:
        target = target_of(make_article(session, make_site(session)))
    builtin = connect("builtin", {}, database.transaction)
    builtin.apply(target, Wanted("hidden"), version=1)
    assert builtin.read_back(target) == Wanted("hidden")


@pytest.mark.parametrize(
    ("paragraphs", "questions"),
    [
        (["Its bell was found in the reeds.", "The ferry is back.", "Its bell was found in the reeds."], ()),
        (["The ferry is back."], ("Its bell was found in the reeds.",)),
    ],
)
def test_redacted_words_stay_away_wherever_they_return(
    session: Session, article: Article, paragraphs: list[str], questions: tuple[str, ...]
) -> None:
    _set(session, article, redacted=["p2"])
    site = session.get_one(Site, article.site_id)
    make_article(session, site, content=make_content("The ferry is back."))
    make_article(session, site, content=make_content(*paragraphs, questions=questions))
    shown = json.dumps(store.show(session, article).article)
    assert "bell" not in shown
    assert "The ferry is back." in shown
