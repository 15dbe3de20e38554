"""The newspaper shows what the service lets it show, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.at_once import LONGEST
from tests.demo.conftest import Newspaper
from tests.live import article_of

WORDS = ("The ferry is back.", "Its bell was found in the reeds.")
ASKED = {"questions": ["Who paid for the repair?"], "dateline": {"place": "Tarnbeck", "published_on": "2026-03-06"}}


def publish(newspaper: Newspaper, external_id: str, **changes: object) -> str:
    """An article of the newspaper's; its address."""
    newspaper.client.put_article(external_id, article_of(f"About {external_id}", WORDS) | ASKED | changes)
    return f"/articles/{external_id}"


def take_down(newspaper: Newspaper, external_id: str, **words: Any) -> None:
    """A reader flags an article, and a moderator takes it down."""
    door = newspaper.served.door
    door.decide(door.flagged(external_id), **words)


def test_an_article_is_shown_in_its_form_with_a_mark_on_each_part(newspaper: Newspaper) -> None:
    page = newspaper.text(publish(newspaper, "shown"))
    assert 'data-flag-part="headline">About shown</h1>' in page
    assert 'data-flag-part="p2">Its bell was found in the reeds.</p>' in page
    assert 'data-flag-part="q1">Who paid for the repair?</span>' in page
    assert '<time datetime="2026-03-06">Fri Mar 6 2026</time>' in page


def test_without_a_script_there_are_links_to_the_form(newspaper: Newspaper) -> None:
    page = newspaper.text(publish(newspaper, "linked"))
    form = f"{newspaper.served.address}/flag/courier?article=linked"
    assert f'<flag-content article="linked" ><a href="{form}">Flag content</a></flag-content>' in page
    assert f'<a href="{form}&amp;part=p2"' in page


def test_the_pages_load_from_nowhere_but_here_and_the_service(newspaper: Newspaper) -> None:
    answer = newspaper.get(publish(newspaper, "strict"))
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src {newspaper.served.address};" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_an_article_says_is_text(newspaper: Newspaper) -> None:
    page = newspaper.text(publish(newspaper, "hostile", headline="<script>alert(1)</script>"))
    assert "<script>alert" not in page


def test_a_paragraph_that_was_removed_is_said_to_be(newspaper: Newspaper) -> None:
    address = publish(newspaper, "redacted")
    newspaper.get(address)
    take_down(newspaper, "redacted", parts=["p1"])
    page = newspaper.text(address)
    assert "This paragraph was removed" in page


def test_words_that_were_removed_are_on_no_page(newspaper: Newspaper) -> None:
    secret = "Her telephone number is 555 0199."
    publish(newspaper, "no-words", headline=secret, paragraphs=[secret, "The rest."])
    take_down(newspaper, "no-words", parts=["headline", "p1"])
    for path in ("/", "/en/local", "/articles/no-words"):
        assert secret not in newspaper.text(path)
    assert "This headline was removed" in newspaper.text("/en/local")


def test_what_was_taken_down_is_gone_and_nowhere_listed(newspaper: Newspaper) -> None:
    address = publish(newspaper, "gone-now")
    assert "About gone-now" in newspaper.text("/en/local")
    take_down(newspaper, "gone-now")
    answer = newspaper.get(address)
    assert (answer.status_code, "This article was removed" in answer.text) == (410, True)
    assert "gone-now" not in newspaper.text("/en/local")


def test_what_the_law_forbids_names_who_blocks_it(newspaper: Newspaper) -> None:
    address = publish(newspaper, "blocked-here")
    take_down(newspaper, "blocked-here", ground="law")
    answer = newspaper.get(address)
    assert (answer.status_code, "for legal reasons" in answer.text) == (451, True)
    assert answer.headers["Link"] == '<https://courier.example>; rel="blocked-by"'


def test_what_is_hidden_may_come_back(newspaper: Newspaper) -> None:
    newspaper.served.door.hidden("hidden-here")
    answer = newspaper.get("/articles/hidden-here")
    assert (answer.status_code, "is being reviewed" in answer.text) == (404, True)
    assert answer.headers["Retry-After"] == "60"


@pytest.mark.parametrize("path", ["/articles/never-written", "/en/weather", "/nothing"])
def test_what_is_not_there_is_404_in_words(newspaper: Newspaper, path: str) -> None:
    answer = newspaper.get(path)
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


def test_german_articles_are_in_the_german_edition(newspaper: Newspaper) -> None:
    page = newspaper.text(publish(newspaper, "deutsch", language="de", category="LOKALES"))
    assert '<html lang="de">' in page
    assert "Inhalt melden" in page
    assert "About deutsch" in newspaper.text("/de/local")
    assert "About deutsch" not in newspaper.text("/en/local")


def test_a_letter_says_that_a_reader_wrote_it(newspaper: Newspaper) -> None:
    assert "A reader&#39;s letter" in newspaper.text(publish(newspaper, "letter", origin="user", category="LETTERS"))


def test_while_the_service_is_away_what_may_be_shown_is_shown(newspaper: Newspaper) -> None:
    address = publish(newspaper, "still-there")
    assert "does not answer" not in newspaper.text(address)
    newspaper.served.close()
    page = newspaper.text(address)
    assert "About still-there" in page
    assert "does not answer" in page
    assert newspaper.get("/").status_code == 200


def test_while_the_service_is_away_what_was_gone_stays_gone(newspaper: Newspaper) -> None:
    address = publish(newspaper, "stays-gone")
    newspaper.get(address)
    take_down(newspaper, "stays-gone")
    newspaper.get("/")  # the list tells of it; nobody has asked for the article since
    newspaper.served.close()
    assert newspaper.get(address).status_code == 410


def test_what_was_gone_stays_gone_for_two_who_ask_while_the_service_goes_away(newspaper: Newspaper) -> None:
    address = publish(newspaper, "two-ask")
    newspaper.get(address)
    take_down(newspaper, "two-ask")
    newspaper.get("/")  # the list tells of it; nobody has asked for the article since
    with ThreadPoolExecutor(1) as pool, newspaper.served.late("/v1/articles/two-ask") as made:
        first = pool.submit(newspaper.get, address)
        assert made.wait(LONGEST)
        newspaper.served.close()
        second = newspaper.get(address)
    assert (second.status_code, first.result().status_code) == (410, 410)


def test_a_list_that_is_slow_keeps_no_other_reader_waiting(newspaper: Newspaper) -> None:
    address = publish(newspaper, "not-waiting")
    with ThreadPoolExecutor(2) as pool, newspaper.served.late("/v1/articles") as made:
        slow = pool.submit(newspaper.get, "/")
        assert made.wait(LONGEST)
        assert pool.submit(newspaper.get, address).result(LONGEST).status_code == 200
        assert not slow.done()


def test_a_list_that_comes_late_brings_nothing_back(newspaper: Newspaper) -> None:
    publish(newspaper, "overtaken")
    newspaper.get("/")
    publish(newspaper, "overtaken", headline="About the ferry")
    with ThreadPoolExecutor(1) as pool:
        with newspaper.served.late("/v1/articles") as made:
            slow = pool.submit(newspaper.get, "/en/local")
            assert made.wait(LONGEST)
            take_down(newspaper, "overtaken")
            newspaper.get("/en/local")
        assert "About the ferry" not in slow.result().text


@contextmanager
def listed_before(newspaper: Newspaper, path: str) -> Iterator[Future[TestResponse]]:
    """A page whose list is made before this begins and comes when it ends; what the page became."""
    with ThreadPoolExecutor(1) as pool, newspaper.served.late("/v1/articles") as made:
        page = pool.submit(newspaper.get, path)
        assert made.wait(LONGEST)
        yield page


def test_what_is_gone_since_the_list_was_made_is_not_named(newspaper: Newspaper) -> None:
    publish(newspaper, "gone-since")
    publish(newspaper, "headless-since")
    with listed_before(newspaper, "/en/local") as page:
        take_down(newspaper, "gone-since")
        take_down(newspaper, "headless-since", parts=["headline"])
    assert "About gone-since" not in page.result().text
    assert "About headless-since" not in page.result().text
    assert "This headline was removed" in page.result().text


def test_while_the_service_is_away_what_an_article_said_last_goes_before_the_list(newspaper: Newspaper) -> None:
    address, headless = publish(newspaper, "said-gone"), publish(newspaper, "said-headless")
    newspaper.get("/")
    for path, words in ((address, {}), (headless, {"parts": ["headline"]})):
        with listed_before(newspaper, path):
            take_down(newspaper, path.rpartition("/")[2], **words)
    newspaper.served.close()
    page = newspaper.text("/en/local")
    assert "does not answer" in page
    assert "About said-gone" not in page
    assert "About said-headless" not in page


def test_while_the_service_is_away_a_copy_from_before_a_redaction_is_not_shown(newspaper: Newspaper) -> None:
    address = publish(newspaper, "old-copy")
    newspaper.get(address)
    take_down(newspaper, "old-copy", parts=["p1"])
    newspaper.get("/en/sport")
    newspaper.served.close()
    answer = newspaper.get(address)
    assert answer.status_code == 503
    assert WORDS[1] not in answer.text


def test_what_was_never_asked_about_is_not_guessed(newspaper: Newspaper) -> None:
    address = publish(newspaper, "never-asked")
    newspaper.served.close()
    answer = newspaper.get(address)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert newspaper.get("/").status_code == 503
