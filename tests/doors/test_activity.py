"""What a `Flag` says, in the shapes that Mastodon, Lemmy and others send."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from moderation_service.doors.activity import report_of
from moderation_service.doors.labels import reason_in
from moderation_service.doors.plain_text import plain_text
from moderation_service.doors.report import Named, Report
from moderation_service.errors import Invalid
from moderation_service.policy.vocabulary import Reason

MASTODON = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": "https://social.example/b7c3",
    "type": "Flag",
    "actor": "https://social.example/actor",
    "content": "This is not true.",
    "object": ["https://courier.example/users/desk", "https://courier.example/ferry", "https://courier.example/mill"],
}
LEMMY = {
    "id": "https://lemmy.example/activities/flag/98b0",
    "type": "Flag",
    "actor": "https://lemmy.example/u/anna",
    "to": ["https://lemmy.example/c/news"],
    "object": "https://courier.example/ferry",
    "summary": "spam",
    "audience": "https://lemmy.example/c/news",
}
NO_FLAG: list[Any] = ["Create", ["Flag", "Note"], None, {}, 7]
NO_ACTOR: list[Any] = [None, "", "anna", "acct:a@b", "https://a b", [], {"id": 1}]


def read(activity: dict[str, Any]) -> Report:
    """What an activity says, as it was sent."""
    return report_of(activity, sent=json.dumps(activity).encode())


def test_mastodon_names_the_account_first() -> None:
    report = read(MASTODON)
    account, *articles = MASTODON["object"]
    assert report.objects == (Named(account, doubtful=True), *(Named(uri) for uri in articles))
    assert (report.reason, report.comment, report.host) == (Reason.OTHER, "This is not true.", "social.example")


def test_lemmy_names_one_object_and_sums_up_why() -> None:
    report = read(LEMMY)
    assert report.objects == (Named("https://courier.example/ferry"),)
    assert (report.reason, report.comment, report.uid) == (Reason.SPAM, "spam", LEMMY["id"])


def test_objects_may_be_told_whole_and_accounts_among_them_are_left_out() -> None:
    told = [
        {"id": "https://courier.example/x", "type": "Person"},
        {"id": "https://courier.example/ferry", "type": "Note"},
    ]
    assert read(MASTODON | {"object": told}).objects == (Named("https://courier.example/ferry"),)
    assert read(MASTODON | {"object": told[1]}).objects == (Named("https://courier.example/ferry"),)


@pytest.mark.parametrize("content", ["", None])
def test_a_comment_may_be_missing(content: str | None) -> None:
    assert read(MASTODON | {"content": content}).comment is None


@pytest.mark.parametrize("uid", ["https://other.example/1", "urn:uuid:1", "", None, 7, ["https://social.example/1"]])
def test_an_id_of_another_server_is_not_the_senders_to_give(uid: Any) -> None:
    told = MASTODON | {"id": uid}
    assert uid != read(told).uid == read(told).uid != read(told | {"content": "Nor is this."}).uid


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        *(({"type": kind}, "type") for kind in NO_FLAG),
        *(({"actor": actor}, "actor") for actor in NO_ACTOR),
        *(({"content": words}, "content") for words in (7, ["a"], {"en": "a"})),
        ({"object": ["https://courier.example/ferry"] * 101}, "object"),
    ],
)
def test_what_has_no_known_form_is_refused_by_name(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(MASTODON | changes)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("Spam", Reason.SPAM),
        ("Hate-Speech: see the last paragraph", Reason.HATE),
        ("spam everywhere", Reason.OTHER),
        ("", Reason.OTHER),
        ("…", Reason.OTHER),
    ],
)
def test_a_label_at_the_beginning_is_the_reason(words: str, reason: Reason) -> None:
    assert reason_in(words) is reason


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>One &amp; <b>two</b></p><p>three<br>four</p>", "One & two\nthree\nfour"),
        ("<script>alert(1)</script>a<style>b</style>", "a"),
        ("1 < 2 &lt; 3", "1 < 2 < 3"),
        ("a\x00b\x1b[31m\ud800", "ab[31m"),
        ("x" * 30, "x" * 19 + "…"),
        ("<a title='1 > 0' href=\"x\">a</a><!-- b -->c", "ac"),
        ("<p>it's <3, isn't <", "it's <3, isn't <"),
        ("<![x]]>a<?b?>", "a"),
        ("a&#" + "9" * 5000 + ";b&#0;", "ab\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_html_is_read_as_text(markup: str, words: str) -> None:
    assert plain_text(markup, longest=20) == words


@pytest.mark.parametrize(
    "piece", ["<a ", "<a '", "<a \"'", "<", "</", "<!", "<!--", "<![x", "<?", "<script>", "&#", "\n "]
)
def test_no_html_takes_long_to_read(piece: str) -> None:
    began = time.process_time()
    plain_text(piece * (64_000 // len(piece)), longest=20)
    assert time.process_time() - began < 2
