"""Reported text is only ever text, whoever wrote it: nothing of it runs, loads, leads away or breaks the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.browser.desk import Desk
from tests.browser.looks import overhang
from tests.factories import make_content

SCRIPT = "<script>alert('script')</script>"
HANDLER = "<img src=https://evil.example/x.png onerror=alert('handler')>"
BROKEN_OUT = "\"'></p></main><svg onload=alert('svg')><style>*{display:none}</style><!--"
TEMPLATE = "{{7*7}}${7*7}<%=7*7%>%(name)s"
LINK = "javascript:alert('link') https://evil.example/[a](https://evil.example/b)"
BIDI = "\u202etxet desrever\u202c \u2066isolated\u2069 \u200f\u061c"
COMBINED = "e" + "\u0301" * 400
LONG = "W" * 10_000
HOSTILE = [SCRIPT, HANDLER, BROKEN_OUT, TEMPLATE, LINK, BIDI, COMBINED, LONG]


def hostile_case(desk: Desk) -> int:
    """A case whose every text is hostile."""
    content = make_content(
        *HOSTILE, headline=(SCRIPT + BIDI)[:500], category=HANDLER[:200], place=SCRIPT, questions=(BROKEN_OUT, LINK)
    )
    return desk.case("hostile", content=content, comment="\n".join(HOSTILE)[:2000])


def assert_text_only(page: Page) -> None:
    """Every link leads to the service, and what tries to run is there as text."""
    links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
    assert [link for link in links if "/console/" not in link] == []
    assert page.locator("main script, main style, main svg[onload], main img[onerror]").count() == 0
    assert page.get_by_text("alert('script')").count() > 0


@pytest.mark.parametrize("width", [1400, 360])
def test_the_queue_shows_hostile_headlines_as_text(visit: Visit, desk: Desk, width: int) -> None:
    hostile_case(desk)
    page = visit(viewport={"width": width, "height": 900}).arrive(desk.hire("ada"), "/console/queue")
    assert_text_only(page)
    assert overhang(page) <= 0


@pytest.mark.parametrize("width", [1400, 360])
def test_a_case_shows_hostile_articles_and_comments_as_text(visit: Visit, desk: Desk, width: int) -> None:
    path = f"/console/cases/{hostile_case(desk)}"
    page = visit(viewport={"width": width, "height": 900}).arrive(desk.hire("ada"), path)
    assert_text_only(page)
    for text in (SCRIPT, HANDLER, BROKEN_OUT, TEMPLATE):
        assert text in page.locator("main").inner_text()
    assert overhang(page) <= 0


def test_text_that_turns_its_direction_leaves_the_words_beside_it_alone(visit: Visit, desk: Desk) -> None:
    content = make_content(headline="\u202eUnfinished turn", category="LOCAL")
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{desk.case('bidi', content=content)}")
    headings = page.get_by_text("Unfinished turn").all()
    isolated = "at => ['isolate', 'plaintext'].includes(getComputedStyle(at).unicodeBidi)"
    assert headings
    assert [heading.inner_text() for heading in headings if not heading.evaluate(isolated)] == []


@pytest.mark.parametrize("path", ["/console/cases/{}", "/console/queue", "/console/together?cases={}"])
def test_marks_piled_on_a_letter_are_drawn_over_nothing_else(visit: Visit, desk: Desk, path: str) -> None:
    piled = "e" + "\u0301" * 3000
    content = make_content(piled, headline="e" + "\u0301" * 400)
    page = visit().arrive(desk.hire("ada"), path.format(desk.case("piled", content=content, comment=piled[:2000])))
    header = page.locator("body > header")
    before = header.screenshot()
    page.evaluate("document.querySelectorAll('main').forEach(all => (all.style.visibility = 'hidden'))")
    assert header.screenshot() == before


def test_an_article_of_ten_megabytes_can_be_read_and_decided(visit: Visit, desk: Desk) -> None:
    content = make_content(*["All work and no play. " * 900] * 500)
    case = desk.case("long", content=content)
    page = visit().arrive(desk.hire("ada"), f"/console/cases/{case}")
    page.get_by_role("button", name="Clear").click()
    page.wait_for_url("**/console/queue**")
