"""What is said of pages on which one thing is not as it should be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from moderation_service.inspection import findings_on
from moderation_service.inspection.finding import Level
from moderation_service.outbound import Answer
from moderation_service.widget import script, snippet
from tests.inspection.pages import (
    BUTTON,
    HTML,
    KEY,
    ORIGIN,
    SECRET,
    SERVICE,
    TAG,
    article,
    fault,
    faults,
    key,
    seen,
    without,
)

LATER, EARLIER = datetime(2030, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
OLD = TAG.replace(script.digest(), "0" * 16)
OLD_HASH = f'integrity="sha384-{"A" * 64}"'


def test_a_page_as_the_snippet_has_it_is_good() -> None:
    found = findings_on(seen())
    assert {finding.level for finding in found} == {Level.GOOD}
    assert [f.about for f in found] == ["page", "key", "script", "origin", "cors", "button", "link", "parts"]


def test_the_worst_comes_first() -> None:
    levels = [finding.level for finding in findings_on(seen(without(" async"), origins=()))]
    assert levels == sorted(levels, key=[Level.WRONG, Level.HINT, Level.GOOD].index)


# The script.


def test_no_script() -> None:
    about, words = faults(without("<script.*?</script>"))[0]
    assert (about, words.startswith("The page does not load the script")) == ("script", True)
    assert snippet.head(SERVICE) in words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (f"{SERVICE}/widget", "https://elsewhere.example/widget", "comes from https://elsewhere.example/"),
        ("/widget/v1/", "/widget/v9/", "There is no script at"),
        (script.integrity(), f"sha384-{'A' * 64}", "the integrity is of another version"),
        (script.integrity(), f"sha512-{'A' * 86} {script.integrity()}", "the integrity is of another version"),
        (script.integrity(), "whatever", "in a way that browsers do not look at"),
        (f'integrity="{script.integrity()}"', "", "Nothing makes sure"),
        ('crossorigin="anonymous"', "", "they also need crossorigin"),
        ('crossorigin="anonymous"', "crossorigin=use-credentials", "use-credentials"),
        (" async", "", "waits for the script"),
        (" async", ' async type="text/plain"', 'its type is "text/plain"'),
        ("</script>", f"</script>{TAG}", "more than once"),
        (f"/{script.digest()}/", "/", "the next upgrade breaks it"),
    ],
)
def test_a_script_that_is_not_as_it_should_be(before: str, after: str, words: str) -> None:
    about, said = fault(HTML.replace(before, after, 1))
    assert (about, words in said) == ("script", True), said


@pytest.mark.parametrize("tag", [OLD.replace(f'integrity="{script.integrity()}"', OLD_HASH), OLD])
def test_a_tag_of_an_older_script(tag: str) -> None:
    _, said = fault(HTML.replace(TAG, tag))
    assert ("Browsers refuse" in said) == (OLD_HASH in tag)
    assert script.tag(SERVICE, KEY) in said


@pytest.mark.parametrize(
    "tag",
    [
        f'<script async src="{SERVICE}/widget/v1/flag-content.js" data-key="{KEY}"></script>',
        TAG.replace(" async", " defer"),
        TAG.replace('"anonymous"', '""'),
    ],
)
def test_other_good_ways_to_load_it(tag: str) -> None:
    assert faults(HTML.replace(TAG, tag)) == []


def test_a_script_in_a_comment_or_a_template_is_none() -> None:
    for around in (f"<!-- {TAG} -->", f"<template>{TAG}</template>"):
        assert "The page does not load the script" in dict(faults(HTML.replace(TAG, around)))["script"]


@pytest.mark.parametrize("served", ["it took too long", Answer(404, {}, b""), Answer(200, {}, b"changed on the way")])
def test_a_script_that_does_not_come_as_it_is(served: Answer | str) -> None:
    assert fault(served=served)[0] == "script"


# Keys.


def test_a_secret_key_is_the_worst() -> None:
    found = faults(HTML.replace(KEY, SECRET), keys={SECRET: key(kind="secret")}, origins=())
    assert found[0][0] == "key"
    assert "A SECRET key of courier" in found[0][1]
    assert "moderation-service sites revoke-key 7" in found[0][1]
    assert SECRET not in found[0][1]


def test_a_secret_key_is_found_wherever_it_stands() -> None:
    page = HTML.replace(TAG, f"{TAG}<script>const key = '{SECRET}';</script>")
    assert "SECRET" in fault(page, keys={KEY: key(), SECRET: key(kind="secret")})[1]


def test_keys_of_others_that_look_alike_are_no_business_of_ours() -> None:
    assert faults(HTML.replace(TAG, f"{TAG}<script>const key = '{SECRET}';</script>")) == []


@pytest.mark.parametrize(
    ("shown", "known", "words"),
    [
        (KEY, {}, "is not known to this service"),
        ("pk_…", {}, "In place of a key stands pk_…"),
        (KEY, {KEY: key(site="herald")}, "is one of herald, and this page is of courier"),
        (KEY, {KEY: key(ended=True, expires_at=EARLIER)}, "has ended on 2020-01-01"),
        (KEY, {KEY: key(expires_at=LATER)}, "ends on 2030-01-01"),
        ("mt_" + "t" * 43, {}, "no publishable one"),
        (SECRET, {SECRET: key(kind="secret", ended=True, expires_at=EARLIER)}, "It has ended already"),
        ("", {}, "The script has no key"),
    ],
)
def test_a_key_that_is_not_good(shown: str, known: dict[str, object], words: str) -> None:
    about, said = fault(HTML.replace(KEY, shown), keys=known)
    assert (about, words in said) == ("key", True), said


# The origin.


@pytest.mark.parametrize(
    ("origins", "words"),
    [
        ([], "there is none at all"),
        (["https://www.courier.example"], "With and without www. are two origins"),
        (["http://courier.example"], "http and https are two origins"),
        (["https://courier.example:8443"], "The port belongs to an origin"),
        (["https://herald.example"], "there is https://herald.example"),
    ],
)
def test_an_origin_that_is_not_listed(origins: list[str], words: str) -> None:
    about, said = fault(origins=origins)
    assert (about, words in said) == ("origin", True), said
    assert f"moderation-service sites origins courier {' '.join([*origins, ORIGIN])}" in said


def test_two_names_of_this_machine_are_two_origins() -> None:
    said = dict(faults(url="http://localhost:8080/", origins=["http://127.0.0.1:8080"]))["origin"]
    assert "Both are this machine" in said


def test_a_page_of_nobody_knows_which_site() -> None:
    assert "--site SLUG" in dict(faults(site=None, keys={}))["origin"]


@pytest.mark.parametrize("url", ["https://COURIER.example:443/ferry?x", "https://courier.example"])
def test_an_origin_is_compared_as_browsers_write_it(url: str) -> None:
    assert faults(url=url) == []


# Whether browsers get through.


@pytest.mark.parametrize("answer", [Answer(200, {}, b""), Answer(405, {}, b""), Answer(503, {}, b""), "nobody"])
def test_a_preflight_that_lets_nobody_through(answer: Answer | str) -> None:
    assert fault(preflight=answer)[0] in {"cors", "service"}


def test_a_proxy_that_passes_the_form_on_to_nobody() -> None:
    assert "The form for readers without JavaScript is not there" in fault(form=Answer(404, {}, b""))[1]


def test_mixed_content() -> None:
    html = HTML.replace(SERVICE, "http://flags.example")
    assert "The page is https and the service http" in fault(html, service="http://flags.example")[1]


def test_a_service_on_the_readers_own_machine() -> None:
    html = HTML.replace(SERVICE, "http://127.0.0.1:8000")
    assert "his own machine" in fault(html, service="http://127.0.0.1:8000")[1]


# Buttons and their links.


@pytest.mark.parametrize(
    ("before", "after", "about", "words"),
    [
        (BUTTON, "", "button", "There is no <flag-content> on the page"),
        ("</flag-content>", "", "button", "is not closed"),
        ("</flag-content>", "</main></flag-content>", "button", "is not closed"),
        ('article="ferry"', "", "button", "does not say which article"),
        ('article="ferry"', 'article="the ferry"', "button", "cannot be an article's id"),
        (
            'article="ferry"',
            f'article="ferry" server="{ORIGIN}"',
            "button",
            "sends its flags to https://courier.example",
        ),
        (BUTTON, '<flag-content article="ferry"></flag-content>', "link", "no link inside"),
        ("/flag/courier", "/flag/herald", "link", "is for herald"),
        ("?article=ferry", "?article=mill", "link", "is about mill"),
        ("?article=ferry", "", "link", "does not say which article"),
        (f"{SERVICE}/flag/", "https://old.example/flag/", "link", "leads to https://old.example"),
        ("/flag/courier", "/imprint", "link", "leads to no form"),
    ],
)
def test_a_button_that_is_not_as_it_should_be(before: str, after: str, about: str, words: str) -> None:
    found = faults(HTML.replace(before, after, 1))
    assert found[0][0] == about
    assert words in found[0][1]


def test_a_slash_closes_no_button() -> None:
    found = faults(HTML.replace(BUTTON, '<flag-content article="ferry"/><p>More.</p>'))
    assert "closes nothing" in found[0][1]


def test_boxes_inside_of_a_button_are_no_matter() -> None:
    assert faults(HTML.replace("<a href", "<span><br><img src=x><a href").replace("</a>", "</a></span>")) == []


def test_an_article_that_is_not_known_yet_is_named_by_the_page() -> None:
    about, said = fault(articles={})
    assert (about, "not known yet" in said) == ("button", True)


@pytest.mark.parametrize(
    ("state", "words"),
    [("hidden", "is hidden until"), ("removed", "was taken down (410)"), ("removed_legal", "for legal reasons (451)")],
)
def test_a_page_that_shows_what_is_not_to_be_shown(state: str, words: str) -> None:
    (found,) = [finding for finding in findings_on(seen(articles={"ferry": article(state=state)})) if finding.remedy]
    assert (found.level, found.about, words in found.words) == (Level.WRONG, "button", True)
    assert f"GET {SERVICE}/v1/articles/ferry before you show it" in str(found.remedy)


def test_an_article_that_a_flag_alone_has_named_may_be_a_slip() -> None:
    (found,) = findings_on(seen(articles={"ferry": article(is_sent=False, shown=[])}))[:1]
    assert (found.level, found.words) == (Level.HINT, "The article ferry was flagged but never sent; is the id right?")


def test_of_several_articles_each_has_to_be_known_or_named() -> None:
    two = HTML + BUTTON.replace("ferry", "mill")
    assert "The article mill is not known" in fault(two)[1]
    assert "by the button's address" in fault(two.replace('article="mill"', 'article="mill" url="/mill"'))[1]


def test_the_same_about_many_buttons_is_said_once() -> None:
    assert len(faults(HTML + '<flag-content article="ferry"></flag-content>' * 3)) == 1


# Parts.


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (HTML.replace("=p1", "=p9"), "The article has no part p9"),
        (HTML.replace('article="ferry"', 'article="ferry" part="q1"'), "The article has no part q1"),
        (without(" data-flag-part=p1"), "Some parts are not marked: p1"),
        (without(" data-flag-part=(p1|headline)"), "No part is marked: headline, p1"),
    ],
)
def test_parts_that_are_not_those_of_the_article(html: str, words: str) -> None:
    found = faults(html)
    assert {about for about, _ in found} == {"parts"}
    assert words in found[0][1]


REDACTED = article(state="redacted", shown=["headline"], removed={"p1": "It  runs."})


@pytest.mark.parametrize("text", [" It\nruns. ", "<b>It</b> runs", "Today: \u201cIt runs.\u201d"])
def test_a_page_that_shows_a_part_that_was_taken_down(text: str) -> None:
    found = findings_on(seen(HTML.replace("It runs.", text), articles={"ferry": REDACTED}))[0]
    assert (found.level, found.about) == (Level.WRONG, "parts")
    assert found.words == "The page shows parts of the article ferry that were taken down: p1"


def test_a_notice_in_the_place_of_a_part_has_no_mark() -> None:
    noticed = HTML.replace("It runs.", "This paragraph was removed.")
    assert "Something stands in parts" in fault(noticed, articles={"ferry": REDACTED})[1]
    assert faults(noticed.replace(" data-flag-part=p1", ""), articles={"ferry": REDACTED}) == []


def test_the_button_and_the_next_paragraph_are_no_words_of_a_part() -> None:
    emptied = HTML.replace("<p data-flag-part=p1>It runs.</p>" + BUTTON, f"<p data-flag-part=p1>{BUTTON}<p>More.")
    assert emptied != HTML
    assert faults(emptied, articles={"ferry": REDACTED}) == []
