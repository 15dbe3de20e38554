"""Article pages of every form, and what is said of those that cannot be read."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import moderation_service
from moderation_service.articles import content as bounds
from moderation_service.articles.content import Content, Image, Origin
from moderation_service.articles.importing import ImportedArticle, UnreadablePage, read_page, read_pages
from moderation_service.articles.importing.dateline import split_dateline

PAGE = """LOCAL
Elm planted in Bakery Lane
Lower Quill, VelmarkSat Mar 15 2025
The old elm fell two winters ago.

The new one is still small.
continue reading...
Subscribe to our letter
questions
How tall will it be?
Who chose it?
actions
flag content
"""

LINKED: dict[str, Any] = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    "headline": "Elm planted in Bakery Lane",
    "articleSection": "LOCAL",
    "articleBody": "The old elm fell two winters ago.\n\nThe new one\nis still small.",
    "datePublished": "2025-03-15T08:30:00+01:00",
}

OWN: dict[str, Any] = {
    "external_id": "elm-2025",
    "url": "https://quill.example/elm",
    "origin": "user",
    "category": "LOCAL",
    "headline": "Elm planted in Bakery Lane",
    "dateline": {"place": "Lower Quill", "published_on": "2025-03-15"},
    "language": "en-GB",
    "paragraphs": ["The old elm fell two winters ago.", "The new one is still small."],
    "questions": ["How tall will it be?"],
    "images": [{"url": "https://quill.example/elm.png", "alt": "An elm"}, {"url": "https://quill.example/2.png"}],
}

DEMO = sorted(Path(moderation_service.__file__).parent.glob("demo/articles/*.txt"))


def read(page: str | bytes | object, *, name: str = "elm.txt", language: str = "en") -> ImportedArticle:
    """Read text, bytes, or any other value as JSON."""
    if not isinstance(page, str | bytes):
        page = json.dumps(page)
    data = page if isinstance(page, bytes) else page.encode()
    return read_page(data, name=name, language=language)


def refused(page: str | bytes | object) -> tuple[int, str]:
    """Line and reason of the refusal."""
    with pytest.raises(UnreadablePage) as caught:
        read(page)
    return caught.value.line, caught.value.reason


def lines(*changed: tuple[int, str]) -> str:
    """The plain page with some lines, counted from 1, replaced."""
    page = PAGE.split("\n")
    for number, text in changed:
        page[number - 1] = text
    return "\n".join(page)


# --- plain text


def test_a_plain_page() -> None:
    assert read(PAGE) == ImportedArticle(
        external_id="elm",
        content=Content(
            category="LOCAL",
            headline="Elm planted in Bakery Lane",
            place="Lower Quill, Velmark",
            published_on=date(2025, 3, 15),
            paragraphs=("The old elm fell two winters ago.", "The new one is still small."),
            questions=("How tall will it be?", "Who chose it?"),
        ),
    )


@pytest.mark.parametrize(
    "page",
    [
        PAGE.replace("\n", "\r\n"),
        PAGE.replace("\n", "\r"),
        "\ufeff" + PAGE,
        PAGE.replace("\n", " \t\n\n"),
        PAGE.rstrip("\n"),
        PAGE.replace("continue reading...", "Continue Reading…"),
        PAGE.replace("Velmark", "Velmark\n"),
    ],
    ids=["crlf", "cr", "bom", "spaces and blank lines", "no last line end", "more", "dateline on two lines"],
)
def test_a_plain_page_in_other_dress_says_the_same(page: str) -> None:
    assert read(page) == read(PAGE)


@pytest.mark.parametrize(
    ("dateline", "place", "day"),
    [
        ("Quill, VelmarkWed Feb 12 2025", "Quill, Velmark", date(2025, 2, 12)),
        ("New York, USAWed Feb 12 2025", "New York, USA", date(2025, 2, 12)),
        ("Quill, Velmark  Wed, Feb. 12, 2025", "Quill, Velmark", date(2025, 2, 12)),
        ("QUILL, VELMARK WED FEB 12 2025", "QUILL, VELMARK", date(2025, 2, 12)),
        ("PALERMO 12 FEB 2025", "PALERMO", date(2025, 2, 12)),
        ("Quill \N{EM DASH} February 12th, 2025", "Quill", date(2025, 2, 12)),
        ("Quill12 Feb 2025", "Quill", date(2025, 2, 12)),
        ("Quill2025-02-12", "Quill", date(2025, 2, 12)),
        ("Quill | 2025-02-12T08:00:00Z", "Quill", date(2025, 2, 12)),
        ("Feb 12 2025, 8:00 CET", None, date(2025, 2, 12)),
        ("12 Feb 2025", None, date(2025, 2, 12)),
        ("sept 1 2025", None, date(2025, 9, 1)),
        ("Köln, 12. Februar 2025", "Köln", date(2025, 2, 12)),
        ("Frankfurt am MainMi 12. Feb. 2025", "Frankfurt am Main", date(2025, 2, 12)),
        ("Wien, Mittwoch, 3. März 2025", "Wien", date(2025, 3, 3)),
        ("Ulm 3.12.2025", "Ulm", date(2025, 12, 3)),
        ("Washington, D.C.", "Washington, D.C.", None),
        ("March", "March", None),
    ],
)
def test_datelines(dateline: str, place: str | None, day: date | None) -> None:
    content = read(lines((3, dateline))).content
    assert (content.place, content.published_on) == (place, day)
    assert len(content.paragraphs) == 2


def test_a_page_without_dateline_begins_with_its_first_paragraph() -> None:
    content = read(lines((3, "It was a mild morning."))).content
    assert (content.place, content.published_on) == (None, None)
    assert content.paragraphs[0] == "It was a mild morning."


@pytest.mark.parametrize("end", ["", " 12 Feb 2025"])
def test_a_long_line_below_the_headline_is_a_paragraph(end: str) -> None:
    content = read(lines((3, "elm " * 80 + end))).content
    assert (content.place, content.published_on, len(content.paragraphs)) == (None, None, 3)


def test_the_only_line_below_the_headline_is_a_paragraph() -> None:
    assert read("LOCAL\nElm planted\nNo news yet").content.paragraphs == ("No news yet",)


def test_the_paragraph_below_a_place_may_end_in_a_date() -> None:
    content = read("LOCAL\nElm planted\nLower Quill\nThe elm fell on 12 Feb 2023").content
    assert (content.place, content.published_on) == ("Lower Quill", None)
    assert content.paragraphs == ("The elm fell on 12 Feb 2023",)


def test_section_words_inside_a_line_are_text() -> None:
    content = read(lines((4, "questions remain"), (6, "Questions"))).content
    assert content.paragraphs == ("questions remain", "Questions")


def test_a_body_without_more_ends_at_the_questions() -> None:
    assert read(PAGE.replace("continue reading...\nSubscribe to our letter\n", "")) == read(PAGE)


def test_the_language_is_the_callers() -> None:
    assert read(PAGE, language="de").content.language == "de"


@pytest.mark.parametrize(
    ("page", "line", "reason"),
    [
        ("", 1, "the category is missing"),
        ("\n\nLOCAL\n", 4, "the headline is missing"),
        ("LOCAL\nquestions\nWhy?\n", 2, "the headline is missing"),
        ("LOCAL\nElm planted\nQuill, 12 Feb 2025\ncontinue reading...\n", 4, "there is no paragraph"),
        (lines((3, "Quill, Feb 30 2025")), 3, "the dateline: 2025-Feb-30 is no day"),
        (lines((3, "Quill, 12.13.2025")), 3, "the dateline: 2025-13-12 is no day"),
        (lines((6, "Still\0small.")), 6, "paragraph 2 has a NUL at character 6"),
        (lines((11, "a\x07?")), 11, "question 2 has the control character U+0007 at character 2"),
        (lines((1, "L" * 201)), 1, "the category is longer than 200 characters"),
        (lines((2, "E" * 501)), 2, "the headline is longer than 500 characters"),
        (lines((3, "Q" * 201 + " 12 Feb 2025")), 3, "the place is longer than 200 characters"),
        (lines((4, "p" * 20_001)), 4, "paragraph 1 is longer than 20,000 characters"),
        (lines((10, "q" * 2_001)), 10, "question 1 is longer than 2,000 characters"),
        (lines((4, "\n".join(["p"] * 2_000))), 2_005, "there are more than 2,000 paragraphs"),
        (lines((10, "\n".join(["q"] * 200))), 210, "there are more than 200 questions"),
    ],
)
def test_a_plain_page_that_cannot_be_read(page: str, line: int, reason: str) -> None:
    assert refused(page) == (line, reason)


@pytest.mark.parametrize("bad", [b"\xff", b"\xed\xa0\x80"], ids=["no UTF-8", "lone surrogate"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_bytes_that_are_not_utf8_are_refused_with_their_line(bad: bytes, end: bytes) -> None:
    line, reason = refused(end.join([b"LOCAL", "Ulme grün".encode(), b"Quill", b"a " + bad]))
    assert (line, reason.partition(":")[0]) == (4, "not UTF-8")


def test_a_weekday_that_is_wrong_is_passed_over() -> None:
    assert split_dateline("Quill, Mon Mar 15 2025") == ("Quill", date(2025, 3, 15))


def test_a_category_may_stand_in_brackets() -> None:
    assert read(lines((1, "[LOCAL]"))).content.category == "[LOCAL]"


@pytest.mark.parametrize(
    ("name", "external_id"),
    [
        ("pages/elm_2025.v2.txt", "elm_2025.v2"),
        ("elm lane.txt", "elm-lane-34e13124"),
        ("../..", "page-5ec1f7e7"),
    ],
)
def test_the_external_id_comes_from_the_files_name(name: str, external_id: str) -> None:
    assert read(PAGE, name=name).external_id == external_id


@given(st.text(st.characters(), max_size=300))
@settings(deadline=None)
def test_any_file_name_gives_a_valid_external_id(name: str) -> None:
    assert bounds.EXTERNAL_ID.fullmatch(read(PAGE, name=name).external_id)


def test_a_long_file_name_gives_a_valid_external_id() -> None:
    assert bounds.EXTERNAL_ID.fullmatch(read(PAGE, name="elm " * 60 + ".txt").external_id)


def test_names_that_differ_only_in_what_is_not_allowed_stay_apart() -> None:
    assert read(PAGE, name="elm ä.txt").external_id != read(PAGE, name="elm ö.txt").external_id


@pytest.mark.parametrize("page", DEMO, ids=[page.name for page in DEMO])
def test_the_demo_articles_can_be_read(page: Path) -> None:
    content = read(page.read_bytes(), name=page.name).content
    assert content.place
    assert content.published_on
    assert len(content.paragraphs) >= 3
    assert len(content.questions) >= 2


# --- JSON-LD


def html(*documents: object) -> str:
    scripts = (json.dumps(it) if not isinstance(it, str) else it for it in documents)
    tags = "".join(f'<script\n type="Application/LD+JSON; charset=utf-8">\n{it}</script>' for it in scripts)
    return f"<!doctype html>\n<title>a<b</title>\n<script>if (a<b) c()</script>\n{tags}x<p>x"


@pytest.mark.parametrize(
    "page",
    [
        LINKED,
        [{"@type": "Person"}, LINKED],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, LINKED]},
        {"@type": "WebPage", "mainEntity": LINKED},
        {**LINKED, "@type": ["Thing", "https://schema.org/ReportageNewsArticle"]},
        {**LINKED, "@type": "schema:OpinionNewsArticle"},
        {**LINKED, "@type": "Article"},
        html({"@type": "Person"}, LINKED),
        html("{broken", LINKED),
        html({**LINKED, "articleBody": None} | {"@type": "Article"}, LINKED).replace('"articleBody": null, ', ""),
    ],
)
def test_json_ld_is_found_wherever_it_stands(page: object) -> None:
    content = read(page).content
    assert (content.category, content.headline) == ("LOCAL", "Elm planted in Bakery Lane")
    assert content.published_on == date(2025, 3, 15)
    assert content.paragraphs == ("The old elm fell two winters ago.", "The new one is still small.")


def test_a_body_without_blank_lines_has_one_paragraph_a_line() -> None:
    assert read({**LINKED, "articleBody": "One.\r\nTwo."}).content.paragraphs == ("One.", "Two.")


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({"dateline": "Lower Quill, Mar 15 2025"}, "Lower Quill"),
        ({"locationCreated": "Lower Quill"}, "Lower Quill"),
        ({"locationCreated": {"@type": "Place", "name": "Lower Quill"}}, "Lower Quill"),
        ({"contentLocation": [{"address": "Bakery Lane 1"}]}, "Bakery Lane 1"),
        (
            {"contentLocation": {"address": {"addressLocality": "Quill", "addressCountry": {"name": "VM"}}}},
            "Quill, VM",
        ),
        ({"contentLocation": {"geo": {}}}, None),
    ],
)
def test_the_place_of_json_ld(properties: dict[str, object], place: str | None) -> None:
    assert read(LINKED | properties).content.place == place


def test_a_dateline_gives_the_day_when_nothing_else_does() -> None:
    page = {**LINKED, "datePublished": None, "dateline": "Lower Quill, Mar 14 2025"}
    assert read(page).content.published_on == date(2025, 3, 14)


@pytest.mark.parametrize(
    ("properties", "url"),
    [
        ({"url": "https://quill.example/elm"}, "https://quill.example/elm"),
        ({"@id": "#a", "mainEntityOfPage": {"@id": "https://quill.example/e"}}, "https://quill.example/e"),
        ({"@id": "https://quill.example/x"}, "https://quill.example/x"),
        ({"@id": "#article", "url": "/elm"}, None),
    ],
)
def test_the_url_of_json_ld(properties: dict[str, object], url: str | None) -> None:
    assert read(LINKED | properties).url == url


@pytest.mark.parametrize("identifier", ["4711", 4711, {"@type": "PropertyValue", "value": "4711"}, ["4711"]])
def test_the_identifier_of_json_ld_is_the_external_id(identifier: object) -> None:
    assert read({**LINKED, "identifier": identifier}).external_id == "4711"


@pytest.mark.parametrize("tag", ["de-AT", "de_AT", {"@type": "Language", "alternateName": "de-AT"}])
def test_the_language_of_json_ld(tag: object) -> None:
    assert read({**LINKED, "inLanguage": tag}).content.language == "de-AT"


def test_the_questions_of_json_ld() -> None:
    page = {
        **LINKED,
        "mentions": [{"@type": "Question", "name": "How tall?"}, {"@type": "Person", "name": "Hanno Pell"}],
        "hasPart": {"@type": "Question", "text": "Who pays?"},
    }
    assert read(page).content.questions == ("How tall?", "Who pays?")


ELM = "https://quill.example/elm.png"


@pytest.mark.parametrize(
    ("image", "images"),
    [
        (None, ()),
        (ELM, (Image(ELM),)),
        ({"@type": "ImageObject", "url": ELM, "caption": "An elm"}, (Image(ELM, "An elm"),)),
        ({"url": "https://quill.example/page", "contentUrl": ELM, "name": "Elm"}, (Image(ELM, "Elm"),)),
        ([ELM, {"url": ELM, "caption": "The same"}, f"{ELM}?w=2"], (Image(ELM), Image(f"{ELM}?w=2"))),
        (["/elm.png", "data:image/png;base64,", {"@id": "#photo"}, 5, None, ELM], (Image(ELM),)),
        ([f"{ELM}?w={size}" for size in range(30)], tuple(Image(f"{ELM}?w={size}") for size in range(20))),
    ],
)
def test_the_images_of_json_ld(image: object, images: tuple[Image, ...]) -> None:
    assert read({**LINKED, "image": image}).content.images == images


@pytest.mark.parametrize(
    ("page", "line", "reason"),
    [
        ("<html>\n<p>Nothing", 1, "the page has no JSON-LD with a NewsArticle"),
        ('<a type="application/ld+json">{</a>', 1, "the page has no JSON-LD with a NewsArticle"),
        (html('{\n"a":\nb}'), 8, "not JSON: Expecting value (column 1)"),
        (html({**LINKED, "headline": " "}), 5, "the NewsArticle has no headline"),
        ({**LINKED, "articleSection": None}, 1, "the NewsArticle has no articleSection"),
        ({**LINKED, "articleBody": ""}, 1, "the NewsArticle has no articleBody"),
        ({**LINKED, "datePublished": "soon"}, 1, "'soon' is not a date like 2025-02-28"),
        ({**LINKED, "datePublished": "2025-02-30"}, 1, "2025-02-30 is no day"),
        ({**LINKED, "inLanguage": "English"}, 1, "'English' is not a BCP 47 language tag"),
        ({**LINKED, "headline": "a\ud800"}, 1, "the headline has the lone surrogate U+D800 at character 2"),
        ({**LINKED, "url": "https://a b"}, 1, "the url has white space or a control character"),
        ({"@type": "Person"}, 1, "the JSON is neither an article nor JSON-LD with a NewsArticle"),
        ("[" * 100_000, 1, "the JSON is nested too deeply"),
        ('{"@type": NaN}', 1, "not JSON: NaN is no number in JSON"),
    ],
)
def test_json_ld_that_cannot_be_read(page: object, line: int, reason: str) -> None:
    assert refused(page) == (line, reason)


def test_html_that_the_parser_gives_up_is_refused() -> None:
    assert refused("<![x y]<p>")[0] == 1


def test_json_with_an_endless_number_is_refused() -> None:
    line, reason = refused('{"a": ' + "1" * 5_000 + "}")
    assert (line, reason.partition(":")[0]) == (1, "not JSON")


# --- our own JSON


def test_our_own_json() -> None:
    assert read(OWN) == ImportedArticle(
        external_id="elm-2025",
        url="https://quill.example/elm",
        origin=Origin.USER,
        content=Content(
            category="LOCAL",
            headline="Elm planted in Bakery Lane",
            place="Lower Quill",
            published_on=date(2025, 3, 15),
            language="en-GB",
            paragraphs=("The old elm fell two winters ago.", "The new one is still small."),
            questions=("How tall will it be?",),
            images=(Image("https://quill.example/elm.png", "An elm"), Image("https://quill.example/2.png")),
        ),
    )


def test_our_own_json_may_leave_out_or_null_what_is_not_needed() -> None:
    needed = {key: OWN[key] for key in ("external_id", "category", "headline", "paragraphs")}
    article = read(needed, language="de")
    assert article == read(dict.fromkeys(OWN) | needed, language="de")
    assert (article.url, article.origin, article.content.language) == (None, Origin.EDITORIAL, "de")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("external_id", None, "the external_id is missing"),
        ("external_id", "..", "the external_id is not 1 to 200 of A-Z a-z 0-9 . _ - with no dot in front"),
        ("category", None, "the category is missing"),
        ("headline", 5, "headline is not a string"),
        ("headline", " ", "the headline is empty"),
        ("paragraphs", [], "there is no paragraph"),
        ("paragraphs", "One.", "paragraphs is not a list"),
        ("paragraphs", ["One.", None], "an entry of paragraphs is not a string"),
        ("paragraphs", ["One.", "T\0"], "paragraph 2 has a NUL at character 2"),
        ("questions", ["Why?"] * 201, "there are more than 200 questions"),
        ("dateline", "Quill", "dateline is not an object"),
        ("dateline", {"on": "2025"}, "there is no field 'on'"),
        ("dateline", {"published_on": "15 March"}, "published_on: '15 March' is not a date like 2025-02-28"),
        ("origin", "robot", "the origin is none of editorial, user"),
        ("url", "ftp://quill.example", "the url is not an http or https URL"),
        ("paragraph", ["One."], "there is no field 'paragraph'"),
        ("images", "https://quill.example/elm.png", "images is not a list"),
        ("images", ["https://quill.example/elm.png"], "an entry of images is not an object"),
        ("images", [{"alt": "An elm"}], "the url of an image is missing"),
        ("images", [{"url": "/elm.png"}], "the url of image 1 is not an http or https URL"),
        ("images", [{"url": "https://quill.example/", "width": 5}], "there is no field 'width'"),
        (
            "images",
            [{"url": "https://a.example/", "alt": "x" * 1001}],
            "the alt of image 1 is longer than 1,000 characters",
        ),
        ("images", [{"url": "https://a.example/"}] * 21, "there are more than 20 images"),
    ],
)
def test_our_own_json_that_cannot_be_read(field: str, value: object, reason: str) -> None:
    assert refused({**OWN, field: value}) == (1, reason)


# --- several articles in a file


def test_json_lines_yield_each_article_and_each_refusal_with_its_line() -> None:
    other = {**OWN, "external_id": "elm-2026"}
    data = b"\n".join([json.dumps(OWN).encode(), b"", b"{", b"\xff", json.dumps(other).encode(), b""])
    found = list(read_pages(data, name="elms.jsonl"))
    assert [it.line if isinstance(it, UnreadablePage) else it.external_id for it in found] == [
        "elm-2025",
        3,
        4,
        "elm-2026",
    ]


def test_json_ld_lines_without_identifier_are_numbered() -> None:
    data = (json.dumps(LINKED) + "\n") * 2
    found = read_pages(data.encode(), name="elms.ndjson")
    assert [it.external_id for it in found if isinstance(it, ImportedArticle)] == ["elms-1", "elms-2"]


def test_another_file_yields_its_one_article() -> None:
    assert list(read_pages(PAGE.encode(), name="elm.txt")) == [read(PAGE)]


def test_another_file_yields_its_refusal() -> None:
    [found] = read_pages(b"LOCAL", name="elm.txt")
    assert str(found) == "line 2: the headline is missing"


# --- whatever the bytes

words = st.sampled_from(
    [
        *PAGE.split("\n"),
        "",
        " ",
        "12 Feb 2025",
        "Feb 30 2025",
        "\0",
        "\ufeff",
        "<![",
        "<script>",
        "{",
        "[]",
        "\x85",
    ]
)
plain_pages = st.lists(words | st.text(max_size=8)).map("\n".join)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["@type", "@value", "@id", "name", "value", "address", "place"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)
json_pages = st.builds(
    lambda base, changes: json.dumps(base | changes),
    st.sampled_from([OWN, LINKED, {}]),
    st.dictionaries(
        st.sampled_from([*OWN, *LINKED, "@graph", "mentions", "locationCreated", "identifier", "inLanguage", "@id"]),
        json_values,
        max_size=4,
    ),
)
html_pages = st.builds(html, json_pages, st.text(max_size=20))


@given(st.binary() | st.one_of(plain_pages, json_pages, html_pages).map(str.encode), st.text(max_size=5))
@settings(deadline=None, max_examples=300)
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    [found] = read_pages(data, name=name)
    if isinstance(found, UnreadablePage):
        assert 1 <= found.line <= data.count(b"\n") + data.count(b"\r") + 2
    else:
        texts = (found.content.headline, *found.content.paragraphs, *found.content.questions)
        assert not any(bounds.text_fault(text) for text in texts)
