"""Which cases belong with one: the same words flagged, by the same readers, in the same part of the site."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from moderation_service import queries
from moderation_service.articles import service as articles
from moderation_service.articles.content import Origin
from moderation_service.cases.models import Case
from moderation_service.errors import NotFound
from moderation_service.intake.submission import Target
from moderation_service.policy.vocabulary import Action, Role
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.factories import ACTOR, make_case, make_content, make_decision, make_moderator, make_site


def _case(session: Session, site: Site, path: str, readers: tuple[str, ...] = (), **flag: Any) -> Case:
    """A case about an article at that path, flagged by these readers; by default of a category of its own."""
    name = path.replace("/", "-")
    said = make_content("The ferry is back, they say.", category=flag.pop("category", name), headline=path)
    url = f"{site.url}/{path}"
    articles.put(session, site.id, name, said, url=url, origin=Origin.EDITORIAL, actor=ACTOR)
    for reader in readers or (f"reader of {path}",):
        case = make_case(session, site, name, reporter=reader, **flag)
    return case


def _related(session: Session, case: Case, person: Person) -> dict[int, dict[str, Any]]:
    return {bond["case_id"]: bond for bond in queries.related_cases(session, case.id, person)}


def _quoting(words: str) -> Target:
    return Target(part="p1", quotation={"exact": words})


def test_nothing_belongs_with_a_case_that_has_nothing_in_common(session: Session, site: Site, ada: Person) -> None:
    _case(session, site, "two")
    assert _related(session, _case(session, site, "one"), ada) == {}


def test_the_same_readers_flagged_it(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "one", ("a", "b", "c"))
    two = _case(session, site, "two", ("b", "c", "d", "e"))
    _case(session, site, "three", ("c", "f"))  # one of three readers is too few
    related = _related(session, one, ada)
    assert list(related) == [two.id]
    assert (related[two.id]["shared"], related[two.id]["readers"]) == (2, 3)


def test_the_same_words_were_flagged(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "one", target=_quoting("The ferry is back"))
    two = _case(session, site, "two", ("a", "b"), target=_quoting("The ferry is back"))
    _case(session, site, "three", target=_quoting("The ferry"))
    related = _related(session, one, ada)
    assert {case_id: bond["words"] for case_id, bond in related.items()} == {two.id: 2}


def test_words_that_any_article_has_bind_nothing(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "one", target=_quoting("they say"))
    _case(session, site, "two", target=_quoting("they say"))
    assert _related(session, one, ada) == {}


def test_the_same_folder_and_reason_make_a_series(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "politics/council/one", reason="hate")
    two = _case(session, site, "politics/council/two/?page=2", reason="hate")
    _case(session, site, "politics/council/three", reason="spam")
    _case(session, site, "politics/four", reason="hate")
    related = _related(session, one, ada)
    assert {case_id: bond["section"] for case_id, bond in related.items()} == {two.id: "/politics/council"}


def test_a_folder_that_all_articles_are_in_tells_nothing_and_the_category_does(
    session: Session, site: Site, ada: Person
) -> None:
    one = _case(session, site, "articles/one", category="politics")
    two = _case(session, site, "articles/two", category="politics")
    _case(session, site, "articles/three", category="sport")
    related = _related(session, one, ada)
    assert {case_id: bond["section"] for case_id, bond in related.items()} == {two.id: "politics"}


def test_where_all_are_of_one_folder_and_one_category_nothing_is_a_series(
    session: Session, site: Site, ada: Person
) -> None:
    one, *_ = [_case(session, site, f"articles/{name}", category="news") for name in ("one", "two", "three")]
    assert _related(session, one, ada) == {}


def test_those_with_most_in_common_come_first(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "news/one", ("a", "b"), target=_quoting("The ferry is back"))
    series = _case(session, site, "news/two")
    readers = _case(session, site, "three", ("a", "b"))
    all_of_it = _case(session, site, "news/four", ("a", "b"), target=_quoting("The ferry is back"))
    assert list(_related(session, one, ada)) == [all_of_it.id, readers.id, series.id]


def test_decided_cases_do_not_belong(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "news/one", ("a",), target=_quoting("The ferry is back"))
    two = _case(session, site, "news/two", ("a",), target=_quoting("The ferry is back"))
    make_decision(session, two, ada, Action.CLEAR)
    assert _related(session, one, ada) == {}


def test_cases_of_other_sites_do_not_belong(session: Session, site: Site, ada: Person) -> None:
    one = _case(session, site, "news/one", ("a",), target=_quoting("The ferry is back"))
    _case(session, make_site(session, "herald"), "news/two", ("a",), target=_quoting("The ferry is back"))
    assert _related(session, one, ada) == {}


def test_nobody_is_told_what_belongs_with_a_case_of_another_site(session: Session, site: Site) -> None:
    eve = make_moderator(session, "eve", Role.ADMIN, make_site(session, "herald"))
    with pytest.raises(NotFound):
        queries.related_cases(session, _case(session, site, "one").id, eve)
