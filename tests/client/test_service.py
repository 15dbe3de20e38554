"""The client against the service: each answer as its type, and what it does when there is none."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pytest
import requests
from werkzeug import Response

from moderation_service.client import (
    Answer,
    Hidden,
    ModerationService,
    Refused,
    Removed,
    RemovedLegally,
    ServiceAway,
    TooOften,
    Unknown,
    Visible,
)
from moderation_service.client.service import PAGE
from moderation_service.intake.idempotency import recall
from moderation_service.intake.submission import fingerprint
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.at_once import LONGEST
from tests.factories import make_submission
from tests.live import article_of, flag_of
from tests.served import Served

DATED = article_of() | {"dateline": {"place": "Tarnbeck", "published_on": "2026-03-06"}}


def test_an_article_that_was_sent_is_visible(client: ModerationService) -> None:
    assert client.put_article("sent", DATED).outcome == "created"
    seen = client.get_article("sent")
    assert isinstance(seen, Visible)
    assert (seen.headline, seen.place, seen.published_on) == ("Ferry runs again", "Tarnbeck", date(2026, 3, 6))
    assert [part.text for part in seen.parts if part.kind == "paragraph"] == ["First.", "Second."]


def test_what_is_remembered_is_asked_about_and_not_sent_again(served: Served, article: str) -> None:
    client = served.client()
    first = client.get_article(article)
    assert client.get_article(article) is first
    assert "If-None-Match" in served.asked[-1].headers


def test_a_part_that_was_removed_has_no_text(client: ModerationService, door: Door) -> None:
    door.put_article("part-removed")
    client.get_article("part-removed")
    door.decided("part-removed", parts=["p2"])
    seen = client.get_article("part-removed")
    assert isinstance(seen, Visible)
    assert [(part.id, part.text) for part in seen.parts if part.kind == "paragraph"] == [("p1", "First."), ("p2", None)]


def test_what_was_taken_down_is_removed_for_who_has_a_copy(client: ModerationService, door: Door) -> None:
    door.put_article("client-removed")
    client.get_article("client-removed")
    door.decided("client-removed")
    assert client.get_article("client-removed") == Removed("client-removed")
    assert client.last_answer("client-removed") == Removed("client-removed")


def test_of_what_the_law_forbids_it_is_told_who_blocks_it(client: ModerationService, door: Door) -> None:
    door.decided("client-legal", ground="law")
    assert client.get_article("client-legal") == RemovedLegally("client-legal", "https://courier.example")


def test_what_waits_for_its_review_is_hidden(client: ModerationService, door: Door) -> None:
    door.hidden("client-hidden")
    assert client.get_article("client-hidden") == Hidden("client-hidden", 60)


def test_what_was_never_sent_is_unknown(client: ModerationService) -> None:
    assert client.get_article("never-sent") == Unknown("never-sent")


def test_the_list_goes_over_all_pages(client: ModerationService, door: Door) -> None:
    before = len(list(client.list_articles()))
    for number in range(PAGE + 1):
        door.put_article(f"listed-{number}")
    listed = list(client.list_articles())
    assert len(listed) == before + PAGE + 1
    assert [row.external_id for row in client.list_articles(changed_since=listed[-1].changed_at)] == [f"listed-{PAGE}"]


def test_a_flag_is_recorded_told_of_and_taken_back(client: ModerationService, article: str) -> None:
    receipt = client.flag(flag_of(article, "client-reader"))
    assert client.flag_standing(receipt.receipt).status == receipt.status == "received"
    assert client.withdraw(receipt.receipt).status == "withdrawn"


def test_a_flag_whose_answer_was_lost_is_sent_again_under_its_key(served: Served, article: str) -> None:
    served.instead = [503]
    receipt = served.client().flag(flag_of(article, "unlucky"))
    keys = {asked.headers["Idempotency-Key"] for asked in served.asked if asked.path == "/v1/flags"}
    assert (len(served.asked), len(keys)) == (2, 1)
    assert receipt.status == "received"


def test_a_flag_whose_first_try_still_runs_is_not_refused(served: Served, door: Door, article: str) -> None:
    flag, key = flag_of(article, "impatient"), fingerprint(str(door.newsroom.site_id).encode(), b"mine")
    with door.services.database.transaction() as running:
        recall(running, make_submission(running.get_one(Site, door.newsroom.site_id), idempotency_key=key))
        with pytest.raises(ServiceAway, match="409"):
            served.client(tries=1).flag(flag, idempotency_key="mine")

        def ending_it() -> requests.Session:
            session = requests.Session()
            session.hooks["response"].append(lambda *_, **__: running.rollback())
            return session

        assert served.client(session=ending_it).flag(flag, idempotency_key="mine").status == "received"
    assert len(served.asked) == 3


@pytest.mark.parametrize(("status", "asked"), [(408, 2), (409, 1)])
def test_a_request_that_did_not_come_through_is_sent_again_and_a_conflict_is_not(
    served: Served, article: str, status: int, asked: int
) -> None:
    served.instead = [status]
    with suppress(Refused):
        served.client().get_article(article)
    assert len(served.asked) == asked


def test_each_report_of_views_has_its_result(client: ModerationService, article: str) -> None:
    results = client.report_reach({article: 3, "unheard-of": 1})
    assert {name: result.status for name, result in results.items()} == {article: 200, "unheard-of": 404}


def test_a_report_of_views_is_not_sent_twice(served: Served, article: str) -> None:
    served.instead = [503]
    with pytest.raises(ServiceAway):
        served.client().report_reach({article: 3})
    assert len(served.asked) == 1


def test_a_refusal_names_the_field(client: ModerationService) -> None:
    with pytest.raises(Refused, match="headline") as refusal:
        client.put_article("wrong", article_of(headline=""))
    assert (refusal.value.status, refusal.value.errors[0]["pointer"]) == (422, "#/headline")


def test_a_limit_says_when_it_ends(served: Served) -> None:
    served.instead = [429]
    with pytest.raises(TooOften) as refusal:
        list(served.client().list_articles())
    assert refusal.value.retry_after == 60


def test_the_key_is_taken_nowhere_else(served: Served) -> None:
    served.instead = [307]
    with pytest.raises(Refused, match="307"):
        list(served.client().list_articles())
    assert [asked.path for asked in served.asked] == ["/v1/articles"]


def test_a_gateway_that_does_not_find_the_service_says_nothing_of_an_article(served: Served, article: str) -> None:
    client = served.client()
    seen = client.get_article(article)
    served.instead = [404]
    with pytest.raises(ServiceAway, match="404"):
        client.get_article(article)
    assert client.last_answer(article) == seen


@pytest.mark.parametrize("body", [b"<p>Please sign in", b"{}", b"[]", b'{"articles": [{}]}'])
def test_what_answers_in_the_services_place_is_not_believed(
    served: Served, monkeypatch: pytest.MonkeyPatch, body: bytes
) -> None:
    monkeypatch.setattr(served.door.app, "wsgi_app", Response(body))
    with pytest.raises(ServiceAway, match="not the moderation service"):
        list(served.client().list_articles())


def test_a_service_that_stays_ill_is_away(served: Served) -> None:
    served.instead = [502, 503, 504]
    with pytest.raises(ServiceAway, match="504"):
        served.client().get_article("any")


def test_a_service_that_is_gone_is_away_and_what_it_said_last_is_known(served: Served, article: str) -> None:
    client = served.client(tries=1)
    seen = client.get_article(article)
    served.close()
    with pytest.raises(ServiceAway):
        client.get_article(article)
    assert client.last_answer(article) == seen


def test_the_copies_that_are_asked_about_are_kept(served: Served, door: Door) -> None:
    client = served.client(copies=2)
    for name in ("busy", "quiet", "busy", "third"):
        door.put_article(name)
        client.get_article(name)
    assert isinstance(client.last_answer("busy"), Visible)
    assert client.last_answer("quiet") is None


@contextmanager
def _on_its_way(served: Served, client: ModerationService, name: str) -> Iterator[Future[Answer]]:
    """An answer about an article that is made before what is done meanwhile, and arrives after it."""
    with ThreadPoolExecutor(1) as pool:
        with served.late(f"/v1/articles/{name}") as made:
            slow = pool.submit(client.get_article, name)
            assert made.wait(LONGEST)
            yield slow
        slow.result()


def test_an_answer_that_comes_late_brings_nothing_back(served: Served, door: Door) -> None:
    client = served.client()
    door.put_article("late-answer")
    with _on_its_way(served, client, "late-answer") as slow:
        door.decided("late-answer")
        assert client.get_article("late-answer") == Removed("late-answer")
    assert isinstance(slow.result(), Visible)
    assert client.last_answer("late-answer") == Removed("late-answer")


def test_of_two_versions_that_were_on_their_way_at_once_none_is_said_to_be_the_last(served: Served, door: Door) -> None:
    client = served.client()
    door.put_article("two-versions")
    with _on_its_way(served, client, "two-versions"):
        door.put_article("two-versions", article_of("Another headline"))
        client.get_article("two-versions")
    assert client.last_answer("two-versions") is None
    assert client.get_article("two-versions") == client.last_answer("two-versions")


def test_a_netrc_of_the_machine_does_not_take_the_keys_place(
    served: Served, article: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    assert isinstance(served.client().get_article(article), Visible)
