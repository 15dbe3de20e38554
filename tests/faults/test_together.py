"""Many do the same at the same moment: it happens once."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation_service.config import Settings
from tests.faults.books import post_at_once, select
from tests.live import Service, flag_of, service, verdict_on

pytestmark = pytest.mark.fault


_numbers = itertools.count()


@pytest.fixture(scope="module")
def live(impatient_for_file: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all of them, as nothing here harms it; with eight moderators."""
    folder: Path = tmp_path_factory.mktemp("together")
    with service(impatient_for_file, folder, moderators=8) as live:
        live.start_worker()
        live.start_api()
        yield live


@pytest.fixture
def ferry(live: Service) -> str:
    """An article of the test's own, published; its id."""
    external_id = f"ferry-{next(_numbers)}"
    live.put_article(external_id)
    return external_id


def count(live: Service, table: str, external_id: str) -> int:
    """How many rows of a table are about an article."""
    about = f"JOIN articles ON articles.id = article_id WHERE external_id = '{external_id}'"
    ((found,),) = select(live, f"SELECT count(*) FROM {table} {about}")
    return int(found)


def test_twenty_identical_posts_are_one_flag(live: Service, ferry: str) -> None:
    answers = post_at_once([live.reader] * 20, "/v1/flags", flag_of(ferry, "reader-1"))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 200: 19}
    assert len({answer.json()["receipt"] for answer in answers}) == 1
    assert count(live, "flags", ferry) == 1


def test_same_idempotency_key_from_many_at_once_is_one_flag(live: Service, ferry: str) -> None:
    key = {"Idempotency-Key": '"the-same"'}
    answers = post_at_once([live.reader] * 20, "/v1/flags", flag_of(ferry, "reader-1"), **key)
    # Who comes while the first still runs is told so.
    assert {answer.status_code for answer in answers} <= {202, 409}
    assert len({a.json()["receipt"] for a in answers if a.status_code == 202}) == 1
    assert count(live, "flags", ferry) == 1


def test_eight_moderators_claim_one_case_and_one_gets_it(live: Service, ferry: str) -> None:
    case = live.flagged_case(ferry, "reader-1")
    answers = post_at_once(live.moderators, f"/v1/cases/{case['id']}/claim")
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 7}


def test_eight_moderators_decide_one_case_and_one_does(live: Service, ferry: str) -> None:
    case = live.flagged_case(ferry, "reader-1")
    verdict = verdict_on(case)
    seen = {"case_id": case["id"], **{n: verdict.pop(n) for n in ("case_version", "article_revision")}}
    answers = post_at_once(live.moderators, "/v1/decisions:bulk", {**verdict, "cases": [seen]})
    results = [answer.json()["results"][0] for answer in answers]
    assert Counter(result["status"] for result in results) == {201: 1, 409: 7}
    assert count(live, "decisions", ferry) == 1


def test_the_seven_are_told_who_decided_what(live: Service, ferry: str) -> None:
    case = live.flagged_case(ferry, "reader-1")
    live.decide(case)
    late = live.moderators[1].post(f"/v1/cases/{case['id']}/decisions", verdict_on(case))
    assert late.status_code == 409
    assert late.json()["detail"] == "M1 decided this case: takedown"
