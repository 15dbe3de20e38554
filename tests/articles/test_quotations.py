"""Quoted words, found again in an article's texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.articles.quotations import Searchable, Span, anchored

TEXT = "One bell, a second bell!"
FERRY = [
    {"id": "headline", "text": "The ferry is back"},
    {"id": "p1", "text": "The ferry is back."},
    {"id": "p2", "text": "Its  bell was\nfound in the re\u00adeds."},
    {"id": "p3", "text": "The ferry is late."},
]
SPACED = st.text(st.sampled_from("ab \n\u00a0\u00ad"), max_size=12)


@pytest.mark.parametrize(
    ("quoted", "start"),
    [
        ({"exact": "bell"}, 4),
        ({"exact": "bell", "prefix": "second "}, 19),
        ({"exact": "bell", "prefix": "no such ", "suffix": "!"}, 19),
        ({"exact": "bell", "prefix": None, "suffix": None}, 4),
    ],
)
def test_a_quotation_is_found_by_the_words_around_it(quoted: dict[str, Any], start: int) -> None:
    assert Searchable([TEXT]).find(quoted) == Span(0, start, start + 4)


@pytest.mark.parametrize("exact", ["drum", " ", "\u00ad"])
def test_a_quotation_that_is_not_there_is_not_found(exact: str) -> None:
    assert Searchable([TEXT]).find({"exact": exact}) is None


@given(texts=st.lists(SPACED, max_size=4), exact=SPACED)
def test_what_is_found_has_the_words_whatever_the_white_space(texts: list[str], exact: str) -> None:
    span = Searchable(texts).find({"exact": exact})
    words = _words(exact)
    assert (span is None) == (not words or words not in _words("".join(texts)))
    if span is not None:
        own = _words(texts[span.place][span.start : span.end])
        assert own
        assert words.startswith(own)


def _words(text: str) -> str:
    return "".join(text.replace("\u00ad", "").split())


@pytest.mark.parametrize(
    ("quoted", "part", "own"),
    [
        ({"exact": "bell was found in the reeds"}, "p2", "bell was\nfound in the re\u00adeds"),
        ({"exact": "The ferry", "suffix": " is late."}, "p3", "The ferry"),
        ({"exact": "The ferry is back", "suffix": "."}, "p1", "The ferry is back"),
        ({"exact": "is back.\n\nIts bell"}, "p1", "is back."),
        ({"exact": "is back.Its bell"}, "p1", "is back."),
        ({"exact": "is back.\n\nA caption between\n\nIts bell"}, "p1", "is back."),
    ],
)
def test_a_selection_is_anchored_to_the_part_it_begins_in(quoted: dict[str, str], part: str, own: str) -> None:
    found = anchored(FERRY, quoted)
    assert found is not None
    assert (found[0], found[1]["exact"]) == (part, own)


@pytest.mark.parametrize("exact", ["drum", "drum\nIts bell", "The ferry\nand more"])
def test_words_that_the_article_does_not_have_are_anchored_nowhere(exact: str) -> None:
    assert anchored(FERRY, {"exact": exact}) is None


def test_what_a_selection_goes_on_with_is_kept_as_the_words_behind_it() -> None:
    assert anchored(FERRY, {"exact": "back. Its bell", "prefix": "is "}) == (
        "p1",
        {"exact": "back.", "prefix": "is ", "suffix": "Its bell"},
    )
