"""What is said of the demo's articles fits the articles, and the house policy."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.articles.content import outline_of
from moderation_service.articles.importing import read_page
from moderation_service.demo.paper.manuscripts import manuscripts
from moderation_service.demo.world import FILE, Merit, world
from moderation_service.policy.models import PolicyClause
from moderation_service.policy.vocabulary import Reason

PAGES = {page.stem: page for page in sorted(FILE.parent.glob("articles/*.txt"))}
WRONG = {external_id: known.merit for external_id, known in world().items() if known.merit}


def parts_of(page: Path) -> set[str]:
    content = read_page(page.read_bytes(), name=page.name).content
    return {part.id for part in outline_of(content).parts}


def test_something_is_said_of_each_article_and_of_no_other() -> None:
    assert set(world()) == set(PAGES)


@pytest.mark.parametrize("external_id", WRONG)
def test_the_parts_that_are_wrong_are_parts_of_the_article(external_id: str) -> None:
    assert set(WRONG[external_id].parts) <= parts_of(PAGES[external_id])


def test_whoever_takes_down_cites_clauses_of_the_house_policy(session: Session) -> None:
    grounds = {clause.code: clause.grounds for clause in session.scalars(select(PolicyClause))}
    assert all(merit.ground in grounds[merit.clause] for merit in WRONG.values())


def test_readers_flag_for_reasons_that_there_are() -> None:
    named = [merit.reason for merit in WRONG.values()] + [known.brigade for known in world().values() if known.brigade]
    assert set(named) <= {reason.value for reason in Reason}


def test_some_is_wrong_in_part_some_altogether_and_some_by_law() -> None:
    def some(merit: Merit) -> tuple[bool, str]:
        return bool(merit.parts), merit.ground

    assert {some(merit) for merit in WRONG.values()} == {(True, "terms"), (False, "terms"), (False, "law")}


def test_the_newest_article_is_of_the_day_on_which_the_newspaper_opened() -> None:
    days = [article["dateline"]["published_on"] for _, article in manuscripts("http://paper.example", date(2026, 3, 6))]
    assert max(days) == "2026-03-06"
    assert min(days) < "2026-03-01"
