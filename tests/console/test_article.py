"""An article as its flags point at it: quotations found, changes told, and a line drawn through counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.console.desk import article, sparkline
from moderation_service.console.desk.article import Piece, changes, pieces, span_of


def _part(id: str, text: str) -> dict[str, str]:
    return {"id": id, "kind": "paragraph", "text": text}


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
    assert span_of("One bell, a second bell!", quoted) == (start, start + 4)


def test_a_quotation_that_is_not_there_is_not_found() -> None:
    assert span_of("One bell", {"exact": "drum"}) is None


def test_marks_that_overlap_add_up() -> None:
    assert pieces("abcdef", [(0, 4, 2), (2, 6, 3)]) == [Piece("ab", 2), Piece("cd", 5), Piece("ef", 3)]


@given(st.text(min_size=1), st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(1, 9))))
def test_marks_never_change_the_text(text: str, spans: list[tuple[int, int, int]]) -> None:
    length = len(text)
    marks = [(min(a, b) % (length + 1), max(a, b), flags) for a, b, flags in spans]
    within = [(start, min(max(start, end), length), flags) for start, end, flags in marks]
    assert "".join(piece.text for piece in pieces(text, within)) == text


def test_a_quotation_that_is_nowhere_is_kept_beside_its_part() -> None:
    said = {"p1": {"reasons": [{"reason": "spam", "flags": 1}], "quotations": [{"exact": "gone", "flags": 1}]}}
    (part,) = article.shown([_part("p1", "what is left")], said)
    assert part.pieces == [Piece("what is left")]
    assert part.lost == [{"exact": "gone", "flags": 1}]


def test_an_empty_text_has_no_pieces_and_no_faults() -> None:
    (part,) = article.shown([_part("p1", "")], {})
    assert part.pieces == []


def test_what_changed_is_told_word_by_word_and_what_is_gone_comes_last() -> None:
    then = [_part("p1", "The ferry is back."), _part("p2", "Gone."), _part("p3", "Same.")]
    now = [_part("p1", "The ferry is late."), _part("p3", "Same."), _part("p4", "New.")]
    assert [(change.id, change.runs) for change in changes(then, now)] == [
        ("p1", [("same", "The ferry is "), ("removed", "back."), ("added", "late.")]),
        ("p4", [("added", "New.")]),
        ("p2", [("removed", "Gone.")]),
    ]


def test_long_texts_are_not_compared_word_by_word() -> None:
    old, new = "word " * 700, "word " * 699 + "end "
    (change,) = changes([_part("p1", old)], [_part("p1", new)])
    assert change.runs == [("removed", old), ("added", new)]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=30))
def test_a_line_stays_in_its_box(counts: list[int]) -> None:
    places = [tuple(map(float, point.split(","))) for point in sparkline.points(counts).split()]
    assert len(places) == len(counts)
    assert all(0 <= x <= sparkline.WIDTH and 0 <= y <= sparkline.HEIGHT for x, y in places)
