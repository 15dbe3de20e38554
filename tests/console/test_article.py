"""An article as its flags point at it: quotations found, changes told, and a line drawn through counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.console.desk import article, sparkline
from moderation_service.console.desk.article import Piece, changes, pieces


def _part(id: str, text: str) -> dict[str, str]:
    return {"id": id, "kind": "paragraph", "text": text}


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


LONG = "its bell was found in the reeds"


def test_a_quotation_follows_its_words_into_another_part() -> None:
    said = {"p1": {"reasons": [], "quotations": [{"exact": LONG, "flags": 2}]}}
    first, second = article.shown([_part("p1", "The ferry is back,"), _part("p2", LONG + ".")], said)
    assert (first.lost, second.pieces) == ((), [Piece(LONG, 2), Piece(".")])


def test_a_few_words_are_not_taken_for_the_same_words_of_another_part() -> None:
    said = {"p1": {"reasons": [], "quotations": [{"exact": "bell", "flags": 1}]}}
    first, second = article.shown([_part("p1", "what is left"), _part("p2", "Another bell.")], said)
    assert (len(first.lost), second.pieces) == (1, [Piece("Another bell.")])


@pytest.mark.parametrize(
    ("now", "marked"),
    [
        (f"The court found that the claim “{LONG}” was false.", False),
        (f"Nobody knew where. But {LONG}, all muddy.", True),
        (f"At last {LONG}. Nobody knew why.", True),
    ],
)
def test_what_contradicts_a_quotation_is_not_marked_as_what_was_flagged(now: str, marked: bool) -> None:
    quoted = {"exact": LONG, "prefix": "At last ", "suffix": ", all muddy.", "flags": 2}
    said = {"p2": {"reasons": [], "quotations": [quoted]}}
    (part,) = article.shown([_part("p1", now)], said)
    assert (Piece(LONG, 2) in part.pieces) == marked
    assert article.astray([_part("p1", now)], said, []) == ([] if marked else [quoted])


def test_a_quotation_of_no_part_is_marked_where_it_stands() -> None:
    (part,) = article.shown([_part("p1", "One bell")], {}, [{"exact": "bell", "flags": 3}])
    assert part.pieces == [Piece("One "), Piece("bell", 3)]


def test_quotations_without_a_part_to_stand_beside_are_told_apart() -> None:
    said = {"p9": {"reasons": [], "quotations": [{"exact": "gone with its part", "flags": 1}]}}
    loose = [{"exact": "never sent to us", "flags": 1}, {"exact": "One bell", "flags": 1}]
    astray = article.astray([_part("p1", "One bell")], said, loose)
    assert [quoted["exact"] for quoted in astray] == ["never sent to us", "gone with its part"]


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
