"""A part is taken out: its words are sent to nobody, and the rest stays."""

from __future__ import annotations

import pytest

from tests.live import Service, article_of, until

SECRET = "Her address is 7 Mill Lane."


@pytest.fixture
def article(live: Service, request: pytest.FixtureRequest) -> str:
    """An article whose second paragraph and headline were taken out, and its id."""
    name = str(request.node.name)
    live.put_article(name, article_of("A name that must go", ["The council met.", SECRET, "It rained."]))
    live.decide(live.flagged_case(name, "reader-1", reason="privacy"), parts=["p2", "headline"])
    until(lambda: any(part.get("removed") for part in live.shown(name).json()["parts"]))
    return name


def test_redacted_text_is_never_sent(live: Service, article: str) -> None:
    answer = live.shown(article)
    assert answer.status_code == 200
    assert SECRET not in answer.text
    assert "A name that must go" not in answer.text


def test_redacted_part_is_marked_and_the_others_stay(live: Service, article: str) -> None:
    parts = {part["id"]: part for part in live.shown(article).json()["parts"]}
    assert parts["p2"] == {"id": "p2", "kind": "paragraph", "removed": True}
    assert [parts["p1"]["text"], parts["p3"]["text"]] == ["The council met.", "It rained."]


def test_redaction_follows_its_part_into_the_next_revision(live: Service, article: str) -> None:
    live.put_article(article, article_of("A name that must go", ["New first.", "The council met.", SECRET]))
    answer = live.shown(article)
    assert answer.json()["revision"] == 2
    assert SECRET not in answer.text


def test_old_etag_is_worth_nothing_after_a_redaction(live: Service, request: pytest.FixtureRequest) -> None:
    name = str(request.node.name)
    live.put_article(name)
    etag = live.shown(name).headers["ETag"]
    live.decide(live.flagged_case(name, "reader-1"), parts=["p1"])
    until(lambda: live.site.get(f"/v1/articles/{name}", **{"If-None-Match": etag}).status_code == 200)
    assert live.shown(name).json()["parts"][1]["removed"]
