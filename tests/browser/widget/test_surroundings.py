"""The button keeps to itself on whatever page it stands, and leaves the plain link where it cannot be."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from moderation_service.widget import script
from tests.browser.looks import barriers
from tests.browser.widget.conftest import Read
from tests.browser.widget.paper import ARTICLE, POLICY, Paper
from tests.browser.widget.reader import Reader

HOSTILE = """
* { all: unset !important; letter-spacing: 2em !important; text-transform: uppercase !important; }
div, dialog, form, button, input, flag-content { display: none !important; }
flag-content * { visibility: hidden !important; }
html { font-size: 4px !important; }
"""


def link(reader: Reader) -> Locator:
    return reader.page.get_by_role("link", name="Flag content").last


def flags_once(reader: Reader, paper: Paper) -> None:
    reader.opens()
    reader.chooses()
    reader.sends()
    reader.is_thanked()
    assert len(paper.flags()) == 1


def test_a_page_whose_rules_are_for_everything_cannot_hide_or_bend_it(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(css=HOSTILE))
    flags_once(reader, paper)
    seen = "e => (({letterSpacing, textTransform, fontSize}) => [letterSpacing, textTransform, fontSize])"
    wanted = ["normal", "none", "16px"]
    assert reader.dialog.get_by_text("Your flag was").evaluate(f"{seen}(getComputedStyle(e))") == wanted


def test_nothing_of_the_page_changes_but_the_elements_themselves(read: Read, paper: Paper) -> None:
    state = """() => [Object.keys(window), document.styleSheets.length, document.adoptedStyleSheets.length,
                      document.head.children.length, document.body.children.length]"""
    bare = read(paper.publish(tag=""))
    before = bare.page.evaluate(state)
    reader = read(paper.publish())
    reader.opens().get_by_role("button", name="Cancel").click()
    expect(reader.dialog).to_have_count(0)
    after = reader.page.evaluate(state)
    before[3] += 1  # the script's own tag
    assert after == before


def test_a_script_that_is_loaded_twice_is_there_once(read: Read, paper: Paper) -> None:
    once = script.tag(paper.service, paper.key)
    newest = f'<script async src="{script.newest(paper.service)}" data-key="{paper.key}"></script>'
    reader = read(paper.publish(tag=once + once + newest))
    reader.page.wait_for_load_state("load")
    flags_once(reader, paper)


def test_a_page_that_calls_something_else_by_this_name_keeps_it(read: Read, paper: Paper) -> None:
    paper.press.pages["/own.js"] = (
        "customElements.define('flag-content', class extends HTMLElement {})",
        {"Content-Type": "text/javascript"},
    )
    own = '<script src="/own.js"></script>'
    policy = POLICY.replace("script-src", "script-src 'self'")
    reader = read(paper.publish(tag=own + script.tag(paper.service, paper.key), policy=policy))
    reader.page.wait_for_load_state("load")
    expect(link(reader)).to_be_visible()


@pytest.mark.parametrize("java_script_enabled", [False])
def test_without_scripts_there_is_the_link(read: Read, paper: Paper, java_script_enabled: bool) -> None:
    reader = read(java_script_enabled=java_script_enabled)
    expect(link(reader)).to_have_attribute("href", paper.form)


def test_a_tag_of_an_older_script_leaves_the_link(read: Read, paper: Paper) -> None:
    old = script.tag(paper.service, paper.key).replace(script.digest(), "0" * 16)
    reader = read(paper.publish(tag=old.replace(script.integrity(), f"sha384-{'A' * 64}")))
    reader.faults.expect("Failed to find a valid digest in the 'integrity' attribute")
    reader.page.wait_for_load_state("load")
    expect(link(reader)).to_be_visible()


@pytest.mark.parametrize("lacking", [' article="ferry"', "data-key"])
def test_without_an_article_or_a_key_the_link_stays_and_the_console_says_why(
    read: Read, paper: Paper, lacking: str
) -> None:
    tag = script.tag(paper.service, paper.key).replace(lacking, "data-other")
    reader = read(paper.publish(ARTICLE.replace(lacking, ""), tag=tag))
    reader.faults.expect("<flag-content> stays a link")
    expect(link(reader)).to_be_visible()


def test_where_the_page_forbids_to_reach_the_service_the_form_elsewhere_is_offered(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(policy=POLICY.replace("connect-src {service}", "connect-src 'self'")))
    for words in ("connect-src", "Content Security Policy"):
        reader.faults.expect(words)
    reader.opens()
    reader.chooses()
    reader.sends()
    expect(reader.dialog.get_by_role("link", name="Use the form on a page of its own")).to_be_visible()


def test_a_german_page_is_spoken_to_in_german(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(html='lang="de-AT"'))
    reader.page.get_by_role("button", name="Inhalt melden", exact=True).click()
    reader.dialog.get_by_label("Ist falsch oder irreführend").check()
    reader.dialog.get_by_role("button", name="Senden").click()
    expect(reader.dialog.get_by_role("heading", name="Danke")).to_be_focused()
    reader.page.goto(reader.dialog.get_by_role("link").get_attribute("href") or "")
    expect(reader.page.get_by_role("heading", name="Ihre Meldung", exact=True)).to_be_visible()
    assert [flag["locale"] for flag in paper.flags()] == ["de-AT"]


@pytest.mark.parametrize("lang", ["en", "de"])
@pytest.mark.parametrize("path", [0, 1])
def test_letters_of_two_and_a_half_times_the_size_fit_a_small_screen(
    read: Read, paper: Paper, lang: str, path: int
) -> None:
    page = paper.publish(html=f'lang="{lang}"', css="html { font-size: 40px; }")
    reader = read(page, viewport={"width": 360, "height": 640})
    reader.page.locator("flag-content button").last.click()
    if path:
        reader.dialog.locator(".switch").click()
    assert reader.dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") == 0
    radio = reader.dialog.get_by_role("radio").first.bounding_box()
    assert radio is not None
    assert radio["width"] >= 36


def test_an_arabic_page_is_spoken_to_in_english_and_runs_from_right_to_left(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(html='lang="ar" dir="rtl"'))
    dialog = reader.opens()
    assert (dialog.get_attribute("dir"), dialog.get_attribute("lang")) == ("rtl", "en")
    title, close = dialog.get_by_role("heading").bounding_box(), dialog.get_by_label("Close").bounding_box()
    assert title is not None
    assert close is not None
    assert close["x"] < title["x"]


def test_the_element_for_a_language_within_the_page_speaks_that(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(f'<section lang="de">{ARTICLE}</section>'))
    expect(reader.page.get_by_role("button", name="Inhalt melden", exact=True)).to_be_visible()


def test_the_site_colours_the_dialog_from_anywhere_around_the_button(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(css="article { --flag-ground: rgb(1, 2, 3); color-scheme: dark }"))
    style = reader.opens().evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).colorScheme]")
    assert style == ["rgb(1, 2, 3)", "dark"]


def test_a_part_of_the_page_that_goes_away_takes_no_open_dialog_with_it(read: Read) -> None:
    reader = read()
    reader.opens().get_by_label("Why?").fill("There was no flood.")
    reader.page.evaluate("document.querySelector('main').remove()")
    expect(reader.dialog.get_by_label("Why?")).to_have_value("There was no flood.")
    assert barriers(reader.page) == []


def test_a_press_on_the_button_is_no_press_on_what_it_stands_in(read: Read, paper: Paper) -> None:
    within = '<details><summary>Ferry <flag-content article="ferry"></flag-content></summary>The bell</details>'
    reader = read(paper.publish(within))
    reader.opens()
    assert reader.page.locator("details").get_attribute("open") is None


HOTKEYS = """addEventListener("keydown", (event) => {
    if (!event.target.closest("input, textarea") && "js/".includes(event.key)) event.preventDefault();
})"""


def test_keys_of_the_page_take_nothing_of_what_is_typed(read: Read, paper: Paper) -> None:
    paper.press.pages["/keys.js"] = (HOTKEYS, {"Content-Type": "text/javascript"})
    tag = '<script src="/keys.js"></script>' + script.tag(paper.service, paper.key)
    reader = read(paper.publish(tag=tag, policy=POLICY.replace("script-src", "script-src 'self'")))
    why = reader.opens().get_by_label("Why?")
    why.click()
    reader.page.keyboard.type("just lies / no source")
    expect(why).to_have_value("just lies / no source")
    reader.page.keyboard.press("Escape")
    expect(reader.dialog).to_have_count(0)


def test_the_form_is_led_to_in_the_language_of_the_dialog(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(html='lang="de"'))
    reader.faults.expect("Failed to load resource")
    reader.page.route("**/v1/flags", lambda route: route.abort())
    reader.page.get_by_role("button", name="Inhalt melden", exact=True).click()
    reader.chooses("Ist falsch oder irreführend")
    reader.dialog.get_by_role("button", name="Senden").click()
    with reader.page.expect_popup() as opened:
        reader.dialog.get_by_role("alert").get_by_role("link").click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Inhalt melden")
