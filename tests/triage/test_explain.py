"""The sentence that says why a case is where it is."""

from __future__ import annotations

import re

import pytest

from moderation_service.triage.explain import Place, Speakers, Why
from moderation_service.triage.order import Share, Terms

TERMS = Terms()


def _place(**changes: object) -> Place:
    fields = {"weight": 5.1 * TERMS.full_weight, "voices": 6, "chance": 0.91, "severity": 2, "views": 410}
    return Place(**(fields | {"velocity": 220.0, "reach": 1900.0} | changes))  # type: ignore[arg-type]  # by name


def _said(place: Place, speakers: Speakers, terms: Terms) -> str:
    return Why(place, speakers, terms).said()


def test_it_counts_the_voices_and_names_their_records() -> None:
    speakers = Speakers(recorded=4, records=[(9, 12), (3, 3), (2, 2), (7, 11)], new=2)
    said, _, _ = _said(_place(), speakers, TERMS).partition(". ")
    assert said == (
        "6 readers, counted as 5.1: 4 with records of 9 of 12, 3 of 3, 2 of 2, 7 of 11 upheld; 2 without a record"
    )


def test_of_a_story_that_goes_round_it_says_how_many_it_looked_at() -> None:
    said, _, _ = _said(_place(voices=9000), Speakers(trusted=10, new=240, looked_at=250), TERMS).partition(". ")
    assert said == "9,000 readers, counted as 5.1; of 250 looked at: 10 trusted by the site; 240 without a record"


def test_it_compares_with_what_so_many_views_usually_bring() -> None:
    said = _said(_place(), Speakers(), TERMS)
    assert "That is 3 times what 410 views usually bring: 91 % likely to be upheld." in said


def test_it_says_how_many_more_will_read_it() -> None:
    assert "read by 220 people an hour, about 1,900 more views are expected" in _said(_place(), Speakers(), TERMS)


def test_it_says_what_is_known_of_fresh_accounts() -> None:
    terms = Terms(cohorts=(Share(), Share(), Share(upheld=1, decided=50)))
    said = _said(_place(voices=40), Speakers(fresh=38, new=2), terms)
    assert "38 come from accounts younger than a day, of whose flags 2.0 % are upheld" in said


def test_records_past_the_weightiest_are_counted() -> None:
    assert "6 with records of 2 of 2 upheld, and 5 more" in _said(_place(), Speakers(6, [(2, 2)]), TERMS)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"voices": 0, "weight": 0.0}, "No reader's flag stands any more."),
        ({"voices": 1}, "1 reader, counted as"),
        ({"views": None}, "The site tells no views"),
        ({"velocity": None}, "by the age of the case, 1,900 more views"),
        ({"views": 1}, "what one view usually brings"),
        ({"views": 0}, "what 0 views usually"),
        ({"views": 1400}, "about what 1,400"),
        ({"views": 300_000}, "That is 0.5 % of what 300,000 views usually bring"),
        ({"views": 30_000_000}, "That is less than 0.1 % of what"),
        ({"hidden": True}, "hidden until it is reviewed"),
    ],
)
def test_every_kind_of_case_has_its_words(changes: dict[str, object], words: str) -> None:
    assert words in _said(_place(**changes), Speakers(), TERMS)


@pytest.mark.parametrize("speakers", [Speakers(), Speakers(trusted=1, muted=3), Speakers(fresh=1, new=13)])
def test_it_reads_as_sentences(speakers: Speakers) -> None:
    said = _said(_place(), speakers, TERMS)
    assert re.fullmatch(r"([A-Z0-9][^.]*(\.\d[^.]*)*\. ?)+", said), said
