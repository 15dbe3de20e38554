"""Quoted words, found again in an article's texts."""

from __future__ import annotations

import re
import time
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.articles.quotations import DISTINCTIVE, Searchable, Span, anchored

TEXT = "One bell, a second bell!"
FERRY = [
    {"id": "headline", "text": "The ferry is back"},
    {"id": "p1", "text": "The ferry is back."},
    {"id": "p2", "text": "Its  bell was\nfound in the re\u00adeds."},
    {"id": "p3", "text": "The ferry is late."},
]
# Few characters, so that words are met again, and fewer than may lack the white space between words.
SEEN = st.sampled_from(["a", "e", "\u00e9", "e\u0301", ".", " ", "\n", "\u00a0", "\u00ad"])
WRITTEN = st.lists(SEEN, max_size=DISTINCTIVE - 1).map("".join)


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


def shown(text: str) -> str:
    """A text as a page shows it: white space is a blank, and where a line might be broken nothing is seen."""
    return " ".join(normalize("NFC", text.replace("\u00ad", "")).split())


@st.composite
def written_and_quoted(draw: st.DrawFn) -> tuple[list[str], str]:
    """Texts, and what might be words of theirs: with their white space, without it, or with more."""
    texts = draw(st.lists(WRITTEN, min_size=1, max_size=4))
    read = shown(draw(st.sampled_from(["", " "])).join(texts))
    start = draw(st.integers(0, len(read)))
    exact = read[start : start + draw(st.integers(1, DISTINCTIVE - 1))]
    return texts, draw(st.sampled_from([exact, exact.replace(" ", ""), exact.replace(".", " . ")]))


@given(written_and_quoted())
def test_what_is_found_begins_the_words_whatever_the_white_space(given: tuple[list[str], str]) -> None:
    texts, exact = given
    span = Searchable(texts).find({"exact": exact})
    if span is not None:
        own = shown(texts[span.place][span.start : span.end]).replace(" ", "")
        assert own
        assert exact.replace(" ", "").startswith(own)


@given(written_and_quoted())
def test_the_very_words_within_one_text_go_before_all_others(given: tuple[list[str], str]) -> None:
    texts, exact = given
    there = [shown(exact) in shown(text) for text in texts]
    if shown(exact) and any(there):
        span = Searchable(texts).find({"exact": exact})
        assert span is not None
        assert there[span.place]
        assert shown(texts[span.place][span.start : span.end]) == shown(exact)


@given(written_and_quoted())
def test_a_few_words_are_found_as_these_words_or_not_at_all(given: tuple[list[str], str]) -> None:
    texts, exact = given
    span = Searchable(texts).find({"exact": exact})
    if span is not None and shown(exact) not in shown(texts[span.place]):
        own = re.findall(r"\w+", shown(texts[span.place][span.start : span.end]))
        assert own == re.findall(r"\w+", exact)[: len(own)]


@given(written_and_quoted())
def test_it_is_the_same_place_however_accents_are_written(given: tuple[list[str], str]) -> None:
    texts, exact = given
    whole, apart = [normalize("NFC", text) for text in texts], [normalize("NFD", text) for text in texts]
    one = Searchable(whole).find({"exact": normalize("NFD", exact)})
    other = Searchable(apart).find({"exact": normalize("NFC", exact)})
    assert (one and one.place) == (other and other.place)
    if one and other:
        quoted = whole[one.place][one.start : one.end]
        assert normalize("NFD", quoted) == apart[other.place][other.start : other.end]


def test_piled_up_accents_take_no_time() -> None:
    piled = "e" + "\u0301\u0323" * 100_000
    begun = time.process_time()
    assert Searchable([piled + " bell"]).find({"exact": "bell"}) == Span(0, len(piled) + 1, len(piled) + 5)
    assert time.process_time() - begun < 2  # seconds; sorted, they take some minutes


@pytest.mark.parametrize(
    ("texts", "exact", "found"),
    [
        (["Her therapist said so.", "They found the rapist."], "the rapist", (1, "the rapist")),
        (["Her therapist said so."], "the rapist", None),
        (["Nobody says; now", "here is the list.", "It is nowhere."], "nowhere", (2, "nowhere")),
        (["Nobody says; now", "here is the list."], "nowhere", None),
        (["He saw no thing."], "nothing", None),
        (["The ferry is back", "Its bell is not."], "The ferry is backIts bell", (0, "The ferry is back")),
        (["The ferry\nis back."], "The ferryis back.", (0, "The ferry\nis back.")),
        (["Lost (as ever) again."], "( as ever )", (0, "(as ever)")),
        (["A bell", "\u0301 rings."], "bell", (0, "bell")),
        (["A concatenation.", "A cat."], "cat", (1, "cat")),
        (["The caf\u00e9 closed."], "cafe\u0301", (0, "caf\u00e9")),
        (["The cafe\u0301 closed."], "caf\u00e9", (0, "cafe\u0301")),
        (["The cafe\u0301 closed."], "cafe", None),
        (["The x\u0302 ray."], "x", None),
        (["\u4f60\u597d \u4e16\u754c"], "\u4f60\u597d\u4e16\u754c", (0, "\u4f60\u597d \u4e16\u754c")),
        (["\u1112\u1161\u11ab\u1100\u1173\u11af"], "\ud55c", (0, "\u1112\u1161\u11ab")),
    ],
)
def test_characters_that_are_other_words_are_not_what_was_quoted(
    texts: list[str], exact: str, found: tuple[int, str] | None
) -> None:
    span = Searchable(texts).find({"exact": exact})
    assert (span and (span.place, texts[span.place][span.start : span.end])) == found


@pytest.mark.parametrize(
    ("context", "there"),
    [
        ({}, True),
        ({"prefix": "and ", "suffix": " today"}, False),
        ({"prefix": "and ", "suffix": ", they say"}, True),
        ({"prefix": "The very ", "suffix": ""}, True),
        ({"prefix": "says ry ", "suffix": " today"}, False),
        ({"prefix": "and ", "suffix": ","}, True),
    ],
)
def test_words_may_be_asked_for_among_those_that_stood_around_them(context: dict[str, str], there: bool) -> None:
    span = Searchable(["The very bell, they say."]).find({"exact": "bell"} | context, in_context=True)
    assert (span is not None) == there


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
