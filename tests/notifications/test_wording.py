"""What notices say."""

from __future__ import annotations

from typing import Any

import pytest

from moderation_service.notifications.wording import as_html, as_text, one_line, paragraphs

FIRED: dict[str, Any] = {
    "rule": "politics-repeat",
    "version": 3,
    "because": "Three readers with a record are seldom wrong",
    "case_id": 7,
    "article": {"title": "Ferry returns", "url": "https://courier.example/ferry"},
    "facts": [
        {
            "field": "reporters",
            "words": "distinct readers in 6 hours",
            "operator": ">=",
            "wanted": 3,
            "value": 4,
            "met": True,
        },
        {
            "field": "category",
            "words": "category",
            "operator": "equals",
            "wanted": "sport",
            "value": "politics",
            "met": False,
        },
    ],
    "actions": [{"do": "escalate"}, {"do": "close_as_repeat"}],
}


def test_a_rule_that_fired() -> None:
    assert paragraphs("rule.fired", FIRED) == [
        "The rule politics-repeat, version 3, fired on case 7.",
        "Ferry returns",
        "https://courier.example/ferry",
        "Why there is this rule: Three readers with a record are seldom wrong",
        "It saw: distinct readers in 6 hours: 4 (asked for: at least 3)",
        "It did: escalate, close as repeat.",
    ]


def test_what_was_not_done_is_told_apart() -> None:
    refused = {"do": "hide", "done": False, "because": "the site hides nothing"}
    facts = FIRED | {"actions": [{"do": "escalate", "done": True}, refused]}
    assert paragraphs("rule.fired", facts)[-2:] == ["It did: escalate.", "It did not: hide (the site hides nothing)."]


def test_a_rule_that_fired_on_what_is_hardly_known() -> None:
    facts = {"rule": "r", "version": 1, "case_id": 1, "article": {"title": None, "url": None}}
    assert paragraphs("rule.fired", facts) == ["The rule r, version 1, fired on case 1."]


def test_a_kind_without_words_of_its_own_tells_its_facts() -> None:
    facts = {"case_id": 7, "chance": 0.91234, "parts": ["p1", "p2"], "order": {"state": "dead"}, "until": None}
    assert paragraphs("case.opened", facts) == [
        "case id: 7",
        "chance: 0.912",
        "parts: p1, p2",
        "order: state: dead",
        "until: -",
    ]


def test_paragraphs_as_text() -> None:
    assert as_text(["One.", "Two."]) == "One.\n\nTwo.\n"


def test_words_are_never_taken_for_markup() -> None:
    page = as_html("<title>", ["<script>alert(1)</script>"])
    assert "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>" in page
    assert "<title>&lt;title&gt;</title>" in page


def test_an_address_becomes_a_link() -> None:
    assert '<a href="https://x.example/?a=1&amp;b=2" rel="noreferrer">' in as_html("t", ["https://x.example/?a=1&b=2"])


@pytest.mark.parametrize("words", ["javascript:alert(1)", "see https://x.example", 'https://x.example/"onload="x'])
def test_what_is_more_or_less_than_an_address_becomes_none(words: str) -> None:
    assert "<a" not in as_html("t", [words])


@pytest.mark.parametrize(
    ("words", "shown"),
    [(" a\r\n b\tc ", "a b c"), ("a\u202eb", "ab"), ("a\x1b[2Jb", "a[2Jb"), (7, "7"), ("é渡", "é渡")],
)
def test_one_line(words: object, shown: str) -> None:
    assert one_line(words) == shown
