"""What a site is given for its pages, and how a page is looked at, from the command line."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from moderation_service.widget import script
from tests.api.conftest import door
from tests.api.door import Door
from tests.browser.widget.paper import Press, running
from tests.cli.conftest import call
from tests.live import ORIGIN
from tests.served import Served

__all__ = ["door"]
MARKED = '<h1 data-flag-part="headline">Ferry</h1><p data-flag-part="p1">First.</p><p data-flag-part="p2">Second.</p>'

Check = Callable[..., tuple[int, dict[str, list[str]]]]


@pytest.fixture
def press() -> Iterator[Press]:
    with running() as press:
        yield press


@pytest.fixture
def served(door: Door) -> Iterator[Served]:
    """The service, answering, with an article."""
    door.put_article("ferry")
    with contextlib.closing(Served(door)) as served:
        yield served


def cli(served: Served, *words: object) -> Any:
    return call(served.door.settings.replace(public_url=served.address), "site", *words)


@pytest.fixture
def page(served: Served, press: Press) -> str:
    """A page as the snippet has it, on an origin of the site's."""
    key = served.door.newsroom.publishable_key
    snippet = cli(served, "snippet", "courier", "--key", key, "--article", "ferry").stdout
    press.pages["/ferry"] = (f"<!doctype html>{snippet}{MARKED}", {"Content-Type": "text/html; charset=utf-8"})
    assert cli(served, "origins", "courier", ORIGIN, press.origin).exit_code == 0
    return f"{press.origin}/ferry"


def found(result: Any) -> dict[str, list[str]]:
    """By level, what is said, with the remedies."""
    told: dict[str, list[str]] = {"wrong": [], "hint": [], "good": []}
    for finding in json.loads(result.stdout)["findings"]:
        told[finding["level"]].append(f"{finding['words']} {finding['remedy']}")
    return told


def test_the_snippet_stands_on_a_page_and_all_is_good(served: Served, page: str) -> None:
    result = cli(served, "check", page)
    assert (result.exit_code, result.stderr) == (0, "0 wrong, 0 to improve.\n"), result.stdout
    assert [line[:5] for line in result.stdout.splitlines()] == ["good "] * 8


def test_what_is_wrong_is_told_with_a_remedy(served: Served, press: Press, page: str) -> None:
    assert cli(served, "origins", "courier", ORIGIN).exit_code == 0
    result = cli(served, "check", page)
    assert result.exit_code == 1
    assert f"\n       moderation-service sites origins courier {ORIGIN} {press.origin}\n" in result.stdout


def about(article: str, press: Press) -> None:
    """Let the page be about another article."""
    html, headers = press.pages["/ferry"]
    press.pages["/ferry"] = (
        html.replace('article="ferry"', f'article="{article}"').replace("=ferry", f"={article}"),
        headers,
    )


@pytest.mark.parametrize(
    ("parts", "words"), [([], "which was taken down (410)"), (["p2"], "mill-1 that were taken down: p2")]
)
def test_a_page_that_shows_what_was_taken_down(
    served: Served, press: Press, page: str, parts: list[str], words: str
) -> None:
    article = f"mill-{len(parts)}"
    served.door.decided(article, parts=parts)
    about(article, press)
    (wrong,) = found(cli(served, "check", page, "--json"))["wrong"]
    assert words in wrong


def test_a_mistyped_id_is_no_more_known_for_being_flagged(served: Served, press: Press, page: str) -> None:
    served.door.flag("fery", article={"external_id": "fery", "url": page})
    about("fery", press)
    assert "was flagged but never sent" in found(cli(served, "check", page, "--json"))["hint"][0]


def test_programs_get_it_as_json(served: Served, page: str) -> None:
    told = json.loads(cli(served, "check", page, "--json").stdout)
    assert (told["url"], told["is_right"]) == (page, True)
    assert told["findings"][0] == {"about": "page", "level": "good", "words": f"{page} is there", "remedy": None}


def test_a_secret_key_on_a_page_is_known_as_one(served: Served, press: Press, page: str) -> None:
    html, headers = press.pages["/ferry"]
    newsroom = served.door.newsroom
    press.pages["/ferry"] = (html.replace(newsroom.publishable_key, newsroom.secret_key), headers)
    result = cli(served, "check", page, "--json")
    assert "A SECRET key of courier" in found(result)["wrong"][0]
    assert newsroom.secret_key not in result.stdout


def test_a_key_that_ended_is_told_from_one_that_never_was(served: Served, press: Press, page: str) -> None:
    html, headers = press.pages["/ferry"]
    key = cli(served, "add-key", "courier", "--kind", "publishable").stdout.strip()
    press.pages["/ferry"] = (html.replace(served.door.newsroom.publishable_key, key), headers)
    newest = json.loads(cli(served, "keys", "courier", "--json").stdout)[-1]
    assert cli(served, "revoke-key", newest["id"]).exit_code == 0
    assert "has ended on" in found(cli(served, "check", page, "--json"))["wrong"][0]


def test_a_policy_in_two_headers_forbids_what_either_forbids(served: Served, press: Press, page: str) -> None:
    html, headers = press.pages["/ferry"]
    own = headers | {"Content-Security-Policy": "img-src *", "content-security-policy": "connect-src 'self'"}
    press.pages["/ferry"] = (html, own)
    (wrong,) = found(cli(served, "check", page, "--json"))["wrong"]
    assert "forbids to send a flag" in wrong


def test_a_service_that_is_away_is_told(served: Served, page: str) -> None:
    served.close()
    wrong = found(cli(served, "check", page, "--json"))["wrong"]
    assert any("The script cannot be loaded" in words for words in wrong)


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Content-Type": "application/pdf"}, "is application/pdf"),
        ({"Content-Encoding": "br"}, "packed as 'br'"),
        ({"Content-Length": "999"}, "did not come whole"),
    ],
)
def test_what_is_no_page(served: Served, press: Press, headers: dict[str, str], words: str) -> None:
    press.pages["/other"] = ("<p>", {"Content-Type": "text/html"} | headers)
    result = cli(served, "check", f"{press.origin}/other", "--json")
    assert (result.exit_code, words in found(result)["wrong"][0]) == (1, True)


@pytest.mark.parametrize(
    "url", ["courier.example", "file:///etc/passwd", "http://127.0.0.1:1/", "http://[x", "http:///"]
)
def test_nobody_answers(served: Served, url: str) -> None:
    result = cli(served, "check", url)
    assert (result.exit_code, result.stdout[:5]) == (1, "wrong")


def test_the_snippet_leaves_a_place_for_the_key(served: Served) -> None:
    result = cli(served, "snippet", "courier")
    assert script.tag(served.address, "pk_…") in result.stdout
    assert f"script-src {served.address}; connect-src {served.address}" in result.stdout
    assert "moderation-service sites add-key courier --kind publishable" in result.stderr


def test_no_secret_key_goes_into_a_snippet(served: Served) -> None:
    assert cli(served, "snippet", "courier", "--key", served.door.newsroom.secret_key).exit_code == 2


def test_no_snippet_for_a_site_that_is_not_there(served: Served) -> None:
    assert cli(served, "snippet", "herald").stderr == "Error: There is no site 'herald'\n"
