"""Addresses of one page have one normal form, and those of two pages have two."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation_service.articles.addresses import LONGEST, address_fault, normal, spellings

PAGE = "https://courier.example/ferry"


@pytest.mark.parametrize(
    "spelling",
    [
        PAGE,
        f"{PAGE}#p2",
        f"{PAGE}#",
        f"{PAGE}?",
        "HTTPS://Courier.Example/ferry",
        "https://courier.example:443/ferry",
        "https://reader@courier.example/ferry",
        "https://courier.example/%66err%79",
        "https://courier.example/mill/../ferry",
        "https://courier.example/./%2e%2E/ferry",
        f"{PAGE}?utm_source=mail&utm_medium=x",
        f"{PAGE}?fbclid=IwAR0&GCLID=1&utm%5Fterm=",
    ],
)
def test_spellings_of_one_page_are_one(spelling: str) -> None:
    assert normal(spelling) == PAGE


@pytest.mark.parametrize(
    ("spelling", "form"),
    [
        ("http://courier.example", "http://courier.example/"),
        ("http://courier.example:80?page=2", "http://courier.example/?page=2"),
        (f"{PAGE}?a=1&utm_source=mail&b=%c3%bc#top", f"{PAGE}?a=1&b=%C3%BC"),
        ("https://courier.example/a/./b/..", "https://courier.example/a/"),
        ("https://courier.example/a\\b", "https://courier.example/a/b"),
        ("https://courier.example/Fähre?ü", "https://courier.example/F%C3%A4hre?%C3%BC"),
        ("https://courier.example/%2f%3F", "https://courier.example/%2F%3F"),
        ("https://[::1]:8000/a", "https://[::1]:8000/a"),
        ("at://did:plc:abc/app.bsky.feed.post/3k#x", "at://did:plc:abc/app.bsky.feed.post/3k#x"),
    ],
)
def test_the_normal_form(spelling: str, form: str) -> None:
    assert normal(spelling) == form


@pytest.mark.parametrize(
    "other",
    [
        f"{PAGE}/",
        f"{PAGE}?page=2",
        f"{PAGE}?a=1&b=2",
        f"{PAGE}?b=2&a=1",
        "https://courier.example/Ferry",
        "https://courier.example//ferry",
        "https://courier.example/%2Fferry",
        "https://www.courier.example/ferry",
        "http://courier.example/ferry",
        "https://courier.example:8443/ferry",
    ],
)
def test_what_may_be_another_page_is_one(other: str) -> None:
    assert normal(other) == other != PAGE


@given(st.text(max_size=40), st.text(max_size=40))
def test_the_normal_form_is_its_own_and_has_no_characters_beyond_ascii(path: str, query: str) -> None:
    form = normal(f"https://courier.example/{quote(path, errors='replace')}?{quote(query, errors='replace')}")
    assert normal(form) == form
    assert form.isascii()
    assert spellings(form) == [form]


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        (f"{PAGE}?{'x' * (2_000 - len(PAGE) - 1)}", None),
        (f"{PAGE}/{'北' * 280}", None),
        (
            f"{PAGE}/{'北' * 300}",
            f"is longer than {LONGEST:,} characters, once all beyond ASCII is written as %-escapes",
        ),
        ("ferry", "is not an http or https URL"),
        ("https://evil.example\\@courier.example/", "is not an http or https URL"),
    ],
)
def test_what_is_no_address_that_can_be_kept(url: str, fault: str | None) -> None:
    assert address_fault(url) == fault
