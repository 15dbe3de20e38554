"""What readers may do more than once, and what many of them bring about."""

from __future__ import annotations

import pytest

from tests.live import Service, article_of, flag_of, until


@pytest.fixture
def article(live: Service, request: pytest.FixtureRequest) -> str:
    """An article of the test's own."""
    name = str(request.node.name)
    live.put_article(name)
    return name


def test_repeat_is_answered_with_the_first_receipt(live: Service, article: str) -> None:
    first, again = (live.reader.post("/v1/flags", flag_of(article, "reader-1")) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json()["receipt"] == again.json()["receipt"]


def test_withdrawn_flag_counts_no_more(live: Service, article: str) -> None:
    case = live.flagged_case(article, "reader-1", "reader-2")
    receipt = live.reader.post("/v1/flags", flag_of(article, "reader-1")).json()["receipt"]
    withdrawn = live.reader.call("DELETE", f"/v1/flags/{receipt}")
    assert withdrawn.json()["status"] == "withdrawn"
    assert live.moderator.get(f"/v1/cases/{case['id']}").json()["flags"]["total"] == 1


def test_withdrawn_flag_can_be_sent_again(live: Service, article: str) -> None:
    receipt = live.reader.post("/v1/flags", flag_of(article, "reader-1")).json()["receipt"]
    live.reader.call("DELETE", f"/v1/flags/{receipt}")
    again = live.reader.post("/v1/flags", flag_of(article, "reader-1"))
    assert (again.status_code, again.json()["receipt"]) == (200, receipt)
    assert live.reader.get(f"/v1/flags/{receipt}").json()["status"] != "withdrawn"


def test_three_readers_escalate(live: Service, article: str) -> None:
    live.flagged_case(article, "reader-1", "reader-2")
    assert until(lambda: live.open_case(article))["priority"]["escalation"]["level"] == 0  # type: ignore[index]
    live.reader.post("/v1/flags", flag_of(article, "reader-3"))
    until(lambda: (live.open_case(article) or {})["priority"]["escalation"]["level"] == 1)


def test_danger_to_life_goes_before_everything(live: Service, article: str) -> None:
    case = live.flagged_case(article, "reader-1", reason="danger_to_life")
    first = live.moderator.get("/v1/cases?limit=1").json()["cases"][0]
    assert (first["id"], first["priority"]["escalation"]["level"]) == (case["id"], 3)


def test_flag_on_a_cleared_revision_does_not_reopen(live: Service, article: str) -> None:
    case = live.flagged_case(article, "reader-1")
    live.decide(case, "clear")
    receipt = live.reader.post("/v1/flags", flag_of(article, "reader-2")).json()["receipt"]
    until(lambda: live.reader.get(f"/v1/flags/{receipt}").json()["status"] == "not upheld")
    assert live.open_case(article) is None


def test_flag_on_the_next_revision_opens_a_new_case(live: Service, article: str) -> None:
    live.decide(live.flagged_case(article, "reader-1"), "clear")
    live.put_article(article, article_of("Ferry runs no more"))
    live.reader.post("/v1/flags", flag_of(article, "reader-2"))
    assert until(lambda: live.open_case(article))


def test_bulk_decision_answers_each_case_on_its_own(live: Service, article: str) -> None:
    names = [article, f"{article}-2"]
    live.put_article(names[1])
    seen = [live.flagged_case(name, "reader-1") for name in names]
    live.decide(seen[1], "clear")
    cases = [{"case_id": c["id"], "case_version": c["version"], "article_revision": 1} for c in seen]
    verdict = {"action": "takedown", "clause": "3.4", "ground": "terms"}
    answer = live.moderator.post("/v1/decisions:bulk", {**verdict, "cases": [*cases, cases[0] | {"case_id": 999_999}]})
    assert [result["status"] for result in answer.json()["results"]] == [201, 409, 404]
    live.shown_as(names[0], 410)
    assert live.shown(names[1]).status_code == 200


def test_unknown_article_is_flagged_by_url_and_completed_later(live: Service, article: str) -> None:
    address = f"https://courier.example/{article}"
    body = {"article": {"url": address, "title": "Not sent yet"}, "reason": "spam", "reporter": "reader-1"}
    receipt = live.reader.post("/v1/flags", body).json()["receipt"]
    live.put_article(f"{article}-new", article_of() | {"url": address})
    until(lambda: live.open_case(f"{article}-new"))
    assert live.reader.get(f"/v1/flags/{receipt}").json()["status"] == "in review"
