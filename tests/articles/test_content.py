"""Digests, valid texts, and ids that follow their texts."""

from __future__ import annotations

import dataclasses
import hashlib
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation_service.articles.content import (
    Content,
    Image,
    Kind,
    Outline,
    Part,
    outline_of,
    text_fault,
    url_fault,
)

# Few different texts, so that equal paragraphs stand side by side often.
texts = st.lists(st.sampled_from("ABCDEFG"), max_size=12).map(tuple)
# The machine may be busy; what a property costs is not what these tests are about.
unhurried = settings(deadline=None)


def article(*paragraphs: str, questions: tuple[str, ...] = ()) -> Content:
    return Content(category="LOCAL", headline="Elm planted", paragraphs=paragraphs, questions=questions)


def ids(outline: Outline, kind: Kind = Kind.PARAGRAPH) -> list[str]:
    return [part.id for part in outline.parts if part.kind is kind]


def after(*revisions: tuple[str, ...]) -> list[str]:
    """The ids of the paragraphs of the last of these revisions."""
    outline = Outline()
    for paragraphs in revisions:
        outline = outline_of(article(*paragraphs), outline)
    return ids(outline)


def test_digest_is_sha256_of_canonical_json() -> None:
    canonical = (
        '{"category":"ORT","headline":"Ulme gepflanzt","language":"de","paragraphs":["Größer.","Grün."],'
        '"place":null,"published_on":"2025-03-15","questions":[]}'
    )
    content = Content(
        category="ORT",
        headline="Ulme gepflanzt",
        published_on=date(2025, 3, 15),
        language="de",
        paragraphs=("Größer.", "Grün."),
    )
    assert content.digest() == hashlib.sha256(canonical.encode()).digest()


def test_images_stand_in_the_digest_where_there_are_some() -> None:
    canonical = (
        '{"category":"LOCAL","headline":"Elm planted","images":[{"alt":"An elm","url":"https://quill.example/1"}],'
        '"language":"en","paragraphs":["A"],"place":null,"published_on":null,"questions":[]}'
    )
    content = dataclasses.replace(article("A"), images=(Image("https://quill.example/1", "An elm"),))
    assert content.digest() == hashlib.sha256(canonical.encode()).digest()


@pytest.mark.parametrize(
    "change",
    [
        {"category": "SPORT"},
        {"headline": "Elm felled"},
        {"place": "Lower Quill"},
        {"published_on": date(2025, 3, 15)},
        {"language": "de"},
        {"paragraphs": ("A", "B", "C")},
        {"paragraphs": ("AB",)},
        {"questions": ("Why?",)},
        {"images": (Image("https://quill.example/elm.png"),)},
    ],
)
def test_digest_changes_with_every_field(change: dict[str, Any]) -> None:
    content = article("A", "B")
    assert dataclasses.replace(content, **change).digest() != content.digest()


@pytest.mark.parametrize(
    ("place", "day", "dateline"),
    [
        (None, None, None),
        ("Lower Quill", None, "Lower Quill"),
        (None, date(2025, 3, 15), "2025-03-15"),
        ("Lower Quill", date(2025, 3, 15), "Lower Quill, 2025-03-15"),
    ],
)
def test_dateline_is_a_part_only_when_there_is_one(place: str | None, day: date | None, dateline: str | None) -> None:
    content = dataclasses.replace(article("A"), place=place, published_on=day)
    found = [part.text for part in outline_of(content).parts if part.kind is Kind.DATELINE]
    assert found == ([dateline] if dateline else [])


def test_parts_stand_in_reading_order() -> None:
    content = dataclasses.replace(article("A", "B", questions=("Why?",)), place="Lower Quill")
    assert [part.id for part in outline_of(content).parts] == ["headline", "dateline", "p1", "p2", "q1"]


def test_part_survives_json() -> None:
    part = Part("p7", Kind.PARAGRAPH, "Grün.")
    assert Part.from_json(part.to_json()) == part


@given(texts, texts)
@unhurried
def test_unchanged_content_gives_the_same_outline(first: tuple[str, ...], second: tuple[str, ...]) -> None:
    outline = outline_of(article(*second, questions=first), outline_of(article(*first, questions=second)))
    assert outline_of(article(*second, questions=first), outline) == outline


@given(st.lists(texts, max_size=6))
@unhurried
def test_ids_are_unique_and_never_go_to_another_text_once_gone(revisions: list[tuple[str, ...]]) -> None:
    outline, gone, seen = Outline(), set[str](), set[str]()
    for paragraphs in revisions:
        outline = outline_of(article(*paragraphs), outline)
        now = ids(outline)
        assert len(now) == len(set(now))
        assert not gone & set(now)
        seen |= set(now)
        gone = seen - set(now)


@given(texts, texts)
@unhurried
def test_every_text_that_is_still_there_keeps_an_id_it_had(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    before = outline_of(article(*old)).parts
    now = outline_of(article(*new), outline_of(article(*old))).parts
    for text in set(old) & set(new):
        had = {part.id for part in before if part.text == text}
        has = {part.id for part in now if part.text == text}
        assert len(had & has) == min(old.count(text), new.count(text))


@given(texts, st.data())
@unhurried
def test_inserting_a_paragraph_leaves_all_other_parts_alone(old: tuple[str, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(old)))
    new = (*old[:place], data.draw(st.sampled_from("ABXY")), *old[place:])
    before = outline_of(article(*old))
    now = outline_of(article(*new), before)
    assert [part for part in now.parts if part.id != f"p{before.next_paragraph}"] == [*before.parts]


@given(texts.filter(bool), st.data())
@unhurried
def test_deleting_a_paragraph_leaves_all_other_parts_alone(old: tuple[str, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(old) - 1))
    before = outline_of(article(*old)).parts
    now = outline_of(article(*old[:place], *old[place + 1 :]), outline_of(article(*old))).parts
    assert len(now) == len(before) - 1
    assert [part for part in before if part in now] == [*now]


@given(texts.filter(bool), st.data())
@unhurried
def test_an_edited_paragraph_keeps_its_id(old: tuple[str, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(old) - 1))
    new = (*old[:place], "edited", *old[place + 1 :])
    assert after(old, new) == after(old)


@given(st.permutations("ABCDEF"))
@unhurried
def test_moved_paragraphs_take_their_ids_along(new: list[str]) -> None:
    assert after(tuple("ABCDEF"), tuple(new)) == [f"p{'ABCDEF'.index(text) + 1}" for text in new]


def test_a_rewritten_run_of_the_same_length_keeps_ids_by_position() -> None:
    assert after(("A", "B", "C", "D"), ("A", "X", "Y", "D")) == ["p1", "p2", "p3", "p4"]


def test_a_run_of_another_length_gets_new_ids() -> None:
    assert after(("A", "B", "D"), ("A", "X", "Y", "D")) == ["p1", "p4", "p5", "p3"]


SPEECH = "The harbour master said that the blue bottles hold nothing but filtered water, and no copper."


@pytest.mark.parametrize(
    "edited",
    [
        SPEECH.replace("no copper", "a little copper"),
        SPEECH.replace("The harbour master", "On Monday the port's director"),
    ],
)
def test_an_edited_paragraph_is_known_again_beside_new_ones(edited: str) -> None:
    assert after(("A", SPEECH, "B"), ("A", "new", edited, "new too", "B")) == ["p1", "p4", "p2", "p5", "p3"]


def test_paragraphs_that_begin_and_end_alike_are_told_apart() -> None:
    one, two = (SPEECH.replace("nothing", word) + SPEECH for word in ("water", "copper"))
    assert after((one, "A", two), (two, "B", "C", one)) == ["p3", "p4", "p5", "p1"]


def test_of_two_equal_paragraphs_the_one_that_stays_keeps_its_id() -> None:
    assert after(("A", "B", "A"), ("B", "A")) == ["p2", "p3"]


def test_a_paragraph_that_comes_back_gets_a_new_id() -> None:
    assert after(("A", "B"), ("A",), ("A", "B")) == ["p1", "p3"]


def test_paragraphs_and_questions_are_numbered_apart() -> None:
    outline = outline_of(article("A", "same", questions=("same",)))
    outline = outline_of(article("A", questions=("same", "new")), outline)
    assert ids(outline, Kind.QUESTION) == ["q1", "q2"]
    assert (outline.next_paragraph, outline.next_question) == (3, 3)


def test_an_outline_whose_numbers_are_not_free_is_refused() -> None:
    with pytest.raises(ValueError, match="p2 is taken, but 2 was said to be free"):
        Outline((Part("p2", Kind.PARAGRAPH, "A"),), next_paragraph=2)


def test_the_largest_article_of_equal_texts_is_traced_at_once() -> None:
    old = article(*["A", "B"] * 1_000)
    new = article(*["B", "B", "A"] * 666)
    started = time.process_time()
    outline_of(new, outline_of(old))
    assert time.process_time() - started < 1


@pytest.mark.parametrize("value", ["", "plain", "tab\tand\nlines\r\n", "Größe 😀", "\x7f\x85\u2028"])
def test_text_without_fault(value: str) -> None:
    assert text_fault(value) is None


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("a\0", "has a NUL at character 2"),
        ("\ud83d", "has the lone surrogate U+D83D at character 1"),
        ("ab\x07", "has the control character U+0007 at character 3"),
        ("\x0b", "has the control character U+000B at character 1"),
        ("\x1f", "has the control character U+001F at character 1"),
    ],
)
def test_text_with_a_fault(value: str, fault: str) -> None:
    assert text_fault(value) == fault


@given(st.text(st.sampled_from("\0\x07\x1f\ud800\udfff\n\té😀")))
@unhurried
def test_text_without_fault_can_be_stored(value: str) -> None:
    if text_fault(value) is None:
        assert "\0" not in value
        assert value.encode().decode() == value


@pytest.mark.parametrize("value", ["https://news.example/a?b=c#d", "HTTP://münchen.example:8080/ä"])
def test_url_without_fault(value: str) -> None:
    assert url_fault(value) is None


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("javascript:alert(1)", "is not an http or https URL"),
        ("//news.example/a", "is not an http or https URL"),
        ("https:///a", "is not an http or https URL"),
        ("https://[::1", "is not a URL"),
        ("https://news.example:99999/", "is not a URL"),
        ("https://news.example/a b", "has white space or a control character"),
        ("https://news.example/\ud800", "has the lone surrogate U+D800 at character 22"),
        ("https://news.example/" + "a" * 1_980, "is longer than 2,000 characters"),
    ],
)
def test_url_with_a_fault(value: str, fault: str) -> None:
    assert url_fault(value) == fault
