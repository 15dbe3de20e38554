"""A reader flags: by mouse, by keyboard, by selecting words; and finds his flag once on the service."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from moderation_service.widget import script
from tests.browser.widget.conftest import Read
from tests.browser.widget.paper import ARTICLE, Paper


def test_a_click_a_reason_and_send_make_a_flag_with_a_receipt(read: Read, paper: Paper) -> None:
    reader = read()
    dialog = reader.opens()
    reader.chooses()
    dialog.get_by_label("Why?").fill("There was no flood.")
    dialog.get_by_label("E-mail").fill("ada@reader.example")
    reader.sends()
    link = reader.is_thanked()
    (flag,) = paper.flags()
    assert link == f"{paper.service}/r/{flag['receipt']}?lang=en"
    assert (flag["part"], flag["reason"], flag["locale"]) == (None, "misleading", "en")
    assert (flag["comment"], flag["email"]) == ("There was no flood.", "ada@reader.example")


def test_the_keyboard_is_enough(read: Read, paper: Paper) -> None:
    reader = read()
    reader.button.focus()
    for key in ("Enter", "ArrowDown", *["Tab"] * 5, "Enter"):
        reader.page.keyboard.press(key)
    reader.is_thanked()
    reader.page.keyboard.press("Escape")
    expect(reader.button).to_be_focused()
    assert [flag["reason"] for flag in paper.flags()] == ["hate"]


def test_a_thumb_on_a_small_screen_is_enough(read: Read, paper: Paper) -> None:
    reader = read(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True)
    reader.button.tap()
    reader.dialog.get_by_label("It is a scam or fraud").tap()
    reader.dialog.get_by_role("button", name="Send").tap()
    reader.is_thanked()
    assert [flag["reason"] for flag in paper.flags()] == ["scam"]


def test_the_button_of_a_paragraph_flags_the_paragraph(read: Read, paper: Paper) -> None:
    reader = read()
    reader.page.get_by_role("button", name="Flag content: This paragraph").click()
    expect(reader.dialog.get_by_label("This paragraph")).to_be_checked()
    reader.chooses()
    reader.sends()
    reader.is_thanked()
    assert [flag["part"] for flag in paper.flags()] == ["p2"]


def test_the_button_of_a_paragraph_is_called_by_its_first_words(read: Read) -> None:
    name = re.compile("^Flag content: This paragraph . Its bell was found in the reeds by a …$")
    expect(read().page.get_by_role("button", name=name)).to_have_text("Flag content")


def test_a_long_quotation_is_shown_up_to_the_end_of_a_word(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(ARTICLE.replace("{1}", "The bell was ringing. " * 10)))
    reader.page.get_by_role("button", name="Flag content: This paragraph").click()
    expect(reader.dialog.get_by_role("radiogroup").last).to_contain_text("was ringing. The …")


def test_words_selected_before_are_quoted_with_what_stands_around_them(read: Read, paper: Paper) -> None:
    reader = read()
    reader.selects("p2", "found in the reeds")
    dialog = reader.opens()
    expect(dialog.get_by_label("The words you selected")).to_be_checked()
    reader.chooses()
    reader.sends()
    reader.is_thanked()
    (flag,) = paper.flags()
    assert flag["part"] == "p2"
    suffix = " by a neighbour, who rang it until somebody came."[:48]
    assert flag["quotation"] == {"exact": "found in the reeds", "prefix": "Its bell was ", "suffix": suffix}


def test_words_over_two_paragraphs_are_quoted_as_far_as_the_first_goes(read: Read, paper: Paper) -> None:
    reader = read()
    reader.selects("p1", "the flood", until=("p2", "Its bell"))
    reader.opens()
    reader.chooses()
    reader.sends()
    reader.is_thanked()
    (flag,) = paper.flags()
    assert flag["part"] == "p1"
    assert (flag["quotation"]["exact"], flag["quotation"]["suffix"]) == ("the flood took its landing.", "Its bell")


def test_words_selected_with_the_keyboard_are_quoted_too(read: Read, paper: Paper) -> None:
    reader = read()
    reader.selects("p1", "three weeks")
    for key in ("Tab", "Tab", "Enter"):
        reader.page.keyboard.press(key)
    expect(reader.dialog.get_by_label("The words you selected")).to_be_checked()


def test_a_double_click_on_send_is_one_flag(read: Read, paper: Paper) -> None:
    reader = read()
    reader.opens()
    reader.chooses()
    reader.dialog.get_by_role("button", name="Send").dblclick()
    reader.is_thanked()
    assert len(paper.flags()) == 1


def test_who_flags_the_same_again_gets_the_receipt_he_had(read: Read, paper: Paper) -> None:
    reader = read()
    links = []
    for _ in range(2):
        reader.opens()
        reader.chooses()
        reader.sends()
        links.append(reader.is_thanked())
        reader.page.reload()
    assert links[0] == links[1]
    assert len(paper.flags()) == 1


def test_who_flags_the_same_again_is_told_what_was_not_kept_and_where_the_answer_goes(read: Read, paper: Paper) -> None:
    reader = read()
    for reason in ("It is a scam or fraud", "It is false or misleading"):
        reader.page.reload()
        reader.opens().get_by_label("E-mail").fill("ada@reader.example")
        reader.chooses(reason)
        reader.sends()
        reader.is_thanked()
    expect(reader.dialog).to_contain_text("not added to it.")
    expect(reader.dialog).to_contain_text("unless one was kept already")
    expect(reader.dialog).to_contain_text("select the words that you mean and flag those")
    assert [flag["reason"] for flag in paper.flags()] == ["scam"]


def test_what_cannot_be_said_again_can_be_said_of_words_in_it(read: Read, paper: Paper) -> None:
    reader = read()
    for reason in ("It is a scam or fraud", "It is false or misleading"):
        reader.opens()
        reader.chooses(reason)
        reader.sends()
        reader.is_thanked()
        reader.page.reload()
        reader.selects("p1", "three weeks")
    assert [flag["reason"] for flag in paper.flags()] == ["scam", "misleading"]


def test_two_readers_behind_one_network_have_a_flag_each(read: Read, paper: Paper) -> None:
    links = set()
    for reader in (read(), read()):
        reader.opens()
        reader.chooses()
        reader.sends()
        links.add(reader.is_thanked())
    assert len(links) == 2


def test_two_buttons_keep_what_is_typed_apart(read: Read) -> None:
    reader = read()
    reader.opens().get_by_label("Why?").fill("All of it.")
    reader.page.keyboard.press("Escape")
    reader.page.get_by_role("button", name="Flag content: This paragraph").click()
    expect(reader.dialog.get_by_label("Why?")).to_have_value("")


def test_without_a_reason_nothing_is_sent_and_the_question_is_pointed_at(read: Read, paper: Paper) -> None:
    reader = read()
    reader.opens()
    dialog = reader.sends()
    reasons = dialog.get_by_role("radiogroup", name="What is wrong?")
    expect(reasons).to_have_attribute("aria-invalid", "true")
    expect(reasons).to_have_accessible_description("Please choose or fill this in.")
    assert paper.flags() == []


# As far as a reader may have scrolled for a browser to scroll no further: the first answer is just in sight.
TO_THE_TOP = """radio => {
    const dialog = radio.getRootNode().querySelector("dialog");
    dialog.scrollTop += radio.getBoundingClientRect().top - dialog.getBoundingClientRect().top - 2;
}"""


def test_what_is_missing_is_said_where_it_can_be_seen(read: Read) -> None:
    reader = read(viewport={"width": 1280, "height": 600})
    dialog = reader.opens()
    dialog.get_by_role("radio").first.evaluate(TO_THE_TOP)
    dialog.get_by_role("button", name="Send").evaluate("button => button.click()")  # a press of Playwright's scrolls
    for words in ("What is wrong?", "Please choose or fill this in."):
        expect(dialog.get_by_text(words)).to_be_in_viewport(ratio=1)


def test_an_article_the_site_never_sent_is_named_by_the_page(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(ARTICLE.replace('article="ferry"', 'article="mill"')))
    reader.opens()
    reader.chooses()
    reader.sends()
    reader.is_thanked()
    assert len(paper.flags()) == 1


TWO = """<main><article><p data-flag-part="p1">{0}</p>
<flag-content article="ferry"><a href="{form}">Flag</a></flag-content>
</article><article><p data-flag-part="p1">The mill is old.</p>
<flag-content article="mill"><a href="{form}">Flag</a></flag-content></article></main>"""


def test_words_of_one_article_are_not_quoted_for_another(read: Read, paper: Paper) -> None:
    reader = read(paper.publish(TWO))
    reader.selects("p1", "three weeks after the flood")
    reader.button.last.click()
    expect(reader.dialog.get_by_label("The whole article")).to_be_checked()
    expect(reader.dialog.get_by_label("The words you selected")).to_have_count(0)
    reader.page.keyboard.press("Escape")
    reader.selects("p1", "three weeks after the flood")
    reader.button.first.click()
    expect(reader.dialog.get_by_label("The words you selected")).to_be_checked()


def test_what_is_typed_about_an_article_is_not_said_of_the_next_one_of_the_page(read: Read) -> None:
    reader = read()
    reader.opens()
    reader.chooses().get_by_label("Why?").fill("It is about the ferry.")
    reader.page.keyboard.press("Escape")
    reader.page.evaluate("for (const b of document.querySelectorAll('flag-content')) b.setAttribute('article', 'mill')")
    expect(reader.opens().get_by_label("Why?")).to_have_value("")


def test_an_article_that_an_agency_wrote_is_named_by_the_page_it_is_on(read: Read, paper: Paper) -> None:
    tag = script.tag(paper.service, paper.key) + '<link rel="canonical" href="https://agency.example/story">'
    body = '<main><flag-content article="unsent"><a href="{form}">Flag</a></flag-content></main>'
    reader = read(paper.publish(body, tag=tag))
    reader.opens()
    reader.chooses()
    with reader.page.expect_request("**/v1/flags") as sent:
        reader.sends()
    reader.is_thanked()
    told = sent.value.post_data_json or {}
    assert told["article"]["url"] == f"{paper.press.origin}/{paper.slug}"
