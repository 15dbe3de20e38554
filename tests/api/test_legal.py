"""POST /v1/legal-notices: several items under one receipt, taken with what they lack, and only about the site's own."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation_service import letters
from moderation_service.audit.models import AuditEntry
from moderation_service.intake.models import Flag, FlagContact, LegalNotice, LegalNoticeName
from tests.api.door import Door, assert_problem
from tests.live import ORIGIN

WHOLE: dict[str, Any] = {
    "reason": "defamation",
    "explanation": "It names him a thief; no court has.",
    "name": "Ada Reader",
    "email": "ada@reader.example",
    "good_faith": True,
}
ELSEWHERE = {"article": {"url": "https://elsewhere.example/a"}}


def notice_of(*items: str | dict[str, Any], **words: Any) -> dict[str, Any]:
    """The body of a complete notice about these articles, but for what is None."""
    told = WHOLE | words | {"items": [{"article": {"external_id": i}} if isinstance(i, str) else i for i in items]}
    return {name: value for name, value in told.items() if value is not None}


def give(door: Door, *items: str | dict[str, Any], key: str = "", **words: Any) -> TestResponse:
    headers = {"Idempotency-Key": f'"{key}"'} if key else {}
    return door.post("/v1/legal-notices", door.reader, notice_of(*items, **words), **headers)


def flags_of(door: Door, answer: TestResponse) -> list[Flag]:
    """The flags whose receipts an answer tells."""
    receipts = [result["flag"]["receipt"] for result in answer.get_json()["results"] if "flag" in result]
    with door.services.database.transaction() as session:
        return list(session.scalars(select(Flag).where(Flag.receipt.in_(receipts)).order_by(Flag.id)))


def rows_of(door: Door, article: str, who: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The flags of an article's case, as a moderator sees them."""
    door.work()
    cases = door.get("/v1/cases?limit=100", door.moderator).get_json()["cases"]
    case = next(case for case in cases if case["article"]["external_id"] == article)
    rows: list[dict[str, Any]] = door.get(f"/v1/cases/{case['id']}/flags", who or door.moderator).get_json()["flags"]
    return rows


def test_a_notice_gets_a_receipt_and_so_does_each_item(door: Door, article: str) -> None:
    answer = give(door, article, {"article": {"url": f"{ORIGIN}/new"}, "target": {"kind": "part", "part": "p2"}})
    told = answer.get_json()
    assert (answer.status_code, told["missing"]) == (202, [])
    assert [result["status"] for result in told["results"]] == [202, 202]
    assert told["links"] == {
        "self": f"{door.settings.public_url}/v1/legal-notices/{told['receipt']}",
        "receipt": f"{door.settings.public_url}/r/{told['receipt']}",
    }
    assert len({told["receipt"], *(result["flag"]["receipt"] for result in told["results"])}) == 3


def test_each_item_is_a_flag_with_the_explanation_and_the_address(door: Door, article: str) -> None:
    (flag,) = flags_of(door, give(door, article, locale="de"))
    assert (flag.channel, flag.notifier, flag.reason) == ("legal", "user", "defamation")
    assert (flag.comment, flag.locale) == (WHOLE["explanation"], "de")
    with door.services.database.transaction() as session:
        assert session.get_one(FlagContact, flag.id).email == WHOLE["email"]


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (
            {"explanation": None, "name": None, "email": None, "good_faith": None},
            ["explanation", "name", "email", "good_faith"],
        ),
        ({"name": " ", "explanation": ""}, ["explanation", "name"]),
        ({"good_faith": False}, ["good_faith"]),
        ({"reason": "child_safety", "name": None, "email": None}, []),
    ],
)
def test_what_a_notice_lacks_is_told_and_it_is_taken(
    door: Door, article: str, words: dict[str, Any], missing: list[str]
) -> None:
    answer = give(door, article, **words)
    assert (answer.status_code, answer.get_json()["missing"]) == (202, missing)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"items": []}, "#/items"),
        ({"items": [{"article": {"external_id": "a"}}] * 51}, "#/items"),
        ({"items": [{"article": {}}]}, "#/items/0/article/external_id"),
        ({"reason": "misleading"}, "#/reason"),
        ({"reason": None}, "#/reason"),
        ({"explanation": "x" * 5001}, "#/explanation"),
        ({"name": "a\x00b"}, "#/name"),
        ({"name": "x" * 201}, "#/name"),
        ({"email": "nobody"}, "#/email"),
        ({"good_faith": "perhaps"}, "#/good_faith"),
    ],
)
def test_refusal_names_the_field(door: Door, article: str, wrong: dict[str, Any], pointer: str) -> None:
    assert_problem(door.post("/v1/legal-notices", door.reader, notice_of(article) | wrong), 422, pointer)


def test_pages_of_others_are_refused_one_by_one(door: Door, article: str) -> None:
    answer = give(door, ELSEWHERE, article)
    foreign, own = answer.get_json()["results"]
    assert (answer.status_code, foreign["status"], own["status"]) == (202, 422, 202)
    assert foreign["problem"]["errors"][0]["pointer"] == "#/article/url"
    assert "This is no page of Courier" in foreign["problem"]["detail"]


def test_a_notice_of_nothing_that_can_be_taken_is_refused_as_a_whole(door: Door) -> None:
    with door.services.database.transaction() as session:
        before = session.scalar(select(func.count()).select_from(LegalNotice))
    answer = give(door, ELSEWHERE, "unknown")
    members = assert_problem(answer, 422)
    assert [error["pointer"] for error in members["errors"]] == ["#/items/0/article/url", "#/items/1/article/url"]
    with door.services.database.transaction() as session:
        assert session.scalar(select(func.count()).select_from(LegalNotice)) == before


def test_sent_again_under_its_key_it_is_the_same_notice(door: Door, article: str) -> None:
    first, again = (give(door, article, ELSEWHERE, key=article) for _ in range(2))
    assert (again.status_code, again.get_json()) == (202, first.get_json())
    assert_problem(give(door, article, key=article), 422)


def test_its_key_is_used_whatever_was_taken_of_it(door: Door, article: str) -> None:
    first = give(door, ELSEWHERE, article, key=article)
    members = assert_problem(give(door, article, key=article, explanation="Something else."), 422)
    assert "was used with another request" in members["detail"]
    again = give(door, ELSEWHERE, article, key=article)
    assert again.get_json() == first.get_json()


def test_a_flag_and_a_notice_do_not_share_a_key(door: Door, article: str) -> None:
    give(door, article, key=article)
    flag = {"article": {"external_id": article}, "reason": "misleading"}
    members = assert_problem(door.post("/v1/flags", door.reader, flag, **{"Idempotency-Key": article}), 422)
    assert "errors" not in members  # by which the readers' script tells it from what its reader can mend


def test_it_stands_beside_what_the_same_reader_flagged_before(door: Door, article: str) -> None:
    ordinary = door.flag(article, comment="It is false.").get_json()["receipt"]
    answers = [give(door, article, reporter="reader-1") for _ in range(2)]
    receipts = {ordinary, *(str(flag.receipt) for answer in answers for flag in flags_of(door, answer))}
    assert len(receipts) == 3
    assert len({flag.reporter for answer in answers for flag in flags_of(door, answer)}) == 1


def test_one_place_named_twice_is_one_item(door: Door, article: str) -> None:
    answer = give(door, article, article)
    first, again = (result["flag"]["receipt"] for result in answer.get_json()["results"])
    assert first == again


def test_its_standing_tells_that_of_each_item(door: Door, article: str) -> None:
    told = give(door, article, name=None).get_json()
    answer = door.get(f"/v1/legal-notices/{told['receipt']}", door.site).get_json()
    assert answer["missing"] == ["name"]
    (item,) = answer["items"]
    assert (item["receipt"], item["status"]) == (told["results"][0]["flag"]["receipt"], "received")
    assert_problem(door.get(f"/v1/legal-notices/{uuid.uuid4()}", door.reader), 404)


def test_moderators_of_the_site_see_who_gave_it_and_what_it_lacks(door: Door, article: str) -> None:
    door.flag(article)
    receipt = give(door, article, email=None).get_json()["receipt"]
    ordinary, legal = rows_of(door, article)
    assert ordinary["legal"] is None
    assert legal["legal"] | {"notice": 0} == {
        "notice": 0,
        "name": "Ada Reader",
        "name_erased_at": None,
        "good_faith": True,
        "missing": ["email"],
    }
    assert receipt not in str(legal)


def test_its_case_counts_it_among_its_flags(door: Door, article: str) -> None:
    door.flag(article)
    give(door, article)
    door.work()
    cases = door.get("/v1/cases?limit=100", door.moderator).get_json()["cases"]
    case_id = next(case["id"] for case in cases if case["article"]["external_id"] == article)
    assert door.get(f"/v1/cases/{case_id}", door.moderator).get_json()["flags"]["legal"] == 1


def test_the_trail_tells_of_it_and_names_nobody(door: Door, article: str) -> None:
    (flag,) = flags_of(door, give(door, article, good_faith=None))
    with door.services.database.transaction() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "legal_notice.received").order_by(AuditEntry.id.desc())
        ).first()
        assert entry is not None
        assert entry.detail == {"good_faith": False, "missing": ["good_faith"], "flags": [flag.id]}


def test_who_gave_it_can_have_himself_forgotten(door: Door, article: str) -> None:
    answer = give(door, article, {"article": {"url": f"{ORIGIN}/other"}})
    flags = flags_of(door, answer)
    with door.services.database.transaction() as session:
        letters.erase_email(session, flags[0].receipt)
    with door.services.database.transaction() as session:
        assert {session.get_one(FlagContact, flag.id).email for flag in flags} == {None}
        notice = session.scalars(select(LegalNotice).where(LegalNotice.receipt == answer.get_json()["receipt"])).one()
        assert session.get_one(LegalNoticeName, notice.id).name is None
    (row,) = rows_of(door, article)
    assert row["legal"]["name"] is None
    assert row["legal"]["name_erased_at"] is not None


def test_a_page_of_the_site_may_ask_from_a_browser(door: Door) -> None:
    asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    answer = door.call("OPTIONS", "/v1/legal-notices", door.nobody, **asked)
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN


def test_secret_key_must_name_the_reporter(door: Door, article: str) -> None:
    assert_problem(door.post("/v1/legal-notices", door.site, notice_of(article)), 422, "#/reporter")
