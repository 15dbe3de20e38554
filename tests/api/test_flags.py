"""POST /v1/flags, its batch, and its receipts."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from moderation_service import pipeline
from moderation_service.articles.models import Article
from moderation_service.intake.models import Flag, IdempotencyKey
from tests.api.door import Door, assert_problem
from tests.factories import UNMAILABLE
from tests.live import article_of, flag_of


def test_new_flag_is_202_with_a_receipt(door: Door, article: str) -> None:
    answer = door.flag(article)
    flag = answer.get_json()
    assert (answer.status_code, flag["status"]) == (202, "received")
    assert uuid.UUID(flag["receipt"]).version == 7
    assert flag["links"]["self"].endswith(f"/v1/flags/{flag['receipt']}")
    assert flag["links"]["receipt"] == f"{door.settings.public_url}/r/{flag['receipt']}"


def test_repeat_is_200_with_the_first_receipt(door: Door, article: str) -> None:
    first, again = door.flag(article), door.flag(article)
    assert again.status_code == 200
    assert again.get_json()["receipt"] == first.get_json()["receipt"]


def test_answer_tells_what_is_left_of_the_limit(door: Door, article: str) -> None:
    headers = door.flag(article, "one who never flagged before").headers
    assert headers["RateLimit-Policy"] == '"reporter";q=1000000;w=60'
    assert headers["RateLimit"].startswith('"reporter";r=999999;t=')


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"article": None}, "#/article"),
    ({"article": {}}, "#/article/external_id"),
    ({"article": {"external_id": "a b"}}, "#/article/external_id"),
    ({"article": {"external_id": "ok\n"}}, "#/article/external_id"),
    ({"article": {"external_id": "ok<script>"}}, "#/article/external_id"),
    ({"article": {"external_id": "x" * 201}}, "#/article/external_id"),
    ({"article": {"external_id": 7}}, "#/article/external_id"),
    ({"article": {"url": "javascript:alert(1)"}}, "#/article/url"),
    ({"article": {"url": "https://courier.example/\x00"}}, "#/article/url"),
    ({"article": {"external_id": "unknown"}}, "#/article/url"),
    ({"article": {"external_id": "{article}", "revision": 9}}, "#/article/revision"),
    ({"article": {"external_id": "{article}", "revision": "1"}}, "#/article/revision"),
    ({"article": {"external_id": "{article}", "revision": -1}}, "#/article/revision"),
    ({"article": {"external_id": "{article}", "revision": 2**31}}, "#/article/revision"),
    ({"article": {"external_id": "{article}", "revision": 1.5}}, "#/article/revision"),
    ({"article": {"external_id": "{article}", "revision": True}}, "#/article/revision"),
    ({"target": {"kind": "part"}}, "#/target/part"),
    ({"target": {"kind": "part", "part": "p99"}}, "#/target/part"),
    ({"target": {"kind": "part", "part": "p0"}}, "#/target/part"),
    ({"target": {"kind": "article", "part": "p1"}}, "#/target/part"),
    ({"target": {"kind": "quotation", "part": "p1"}}, "#/target/selector"),
    ({"target": {"kind": "quotation", "part": "p1", "selector": {"exact": ""}}}, "#/target/selector/exact"),
    ({"target": {"kind": "quotation"}}, "#/target/selector"),
    ({"target": {"kind": "moon"}}, "#/target/kind"),
    ({"target": {}}, "#/target/kind"),
    ({"target": {"kind": None}}, "#/target/kind"),
    ({"reason": "because"}, "#/reason"),
    ({"reason": None}, "#/reason"),
    ({"comment": "a\x00b"}, "#/comment"),
    ({"comment": "a\ud800b"}, "#/comment"),
    ({"comment": "x" * 5001}, "#/comment"),
    ({"comment": ["x"]}, "#/comment"),
    ({"locale": "English!"}, "#/locale"),
    ({"locale": "en and more"}, "#/locale"),
    ({"email": "nobody"}, "#/email"),
    ({"email": "a@b.example\nBcc: c@d.example"}, "#/email"),
    *(({"email": address}, "#/email") for address in UNMAILABLE),
    ({"reporter": ""}, "#/reporter"),
    ({"reporter": 5}, "#/reporter"),
    ({"reporter": None}, "#/reporter"),
    ({"reporter": []}, "#/reporter"),
    ({"reporter": "x" * 201}, "#/reporter"),
    ({"reporter": {}}, "#/reporter/id"),
    ({"reporter": {"id": ""}}, "#/reporter/id"),
    ({"reporter": {"id": "a\x00b"}}, "#/reporter/id"),
    ({"reporter": {"id": "r", "karma": 9}}, "#/reporter/karma"),
    ({"reporter": {"id": "r", "first_seen_at": None}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": "2026-11-01"}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": "2026-11-01T00:00:00"}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": 1_700_000_000}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": "1989-12-31T23:59:59Z"}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": "0001-01-01T00:00:00+23:59"}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": "9999-12-31T23:59:59-23:59"}}, "#/reporter/first_seen_at"),
    ({"reporter": {"id": "r", "first_seen_at": "2999-01-01T00:00:00Z"}}, "#/reporter/first_seen_at"),
    ({"visitor": ""}, "#/visitor"),
    ({"visitor": "x" * 65}, "#/visitor"),
    ({"visitor": "a b"}, "#/visitor"),
    ({"visitor": "é"}, "#/visitor"),
    ({"visitor": 7}, "#/visitor"),
    ({"admin": True}, "#/admin"),
]


def _filled(value: Any, article: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(inner, article) for key, inner in value.items()}
    return article if value == "{article}" else value


@pytest.mark.parametrize(("wrong", "pointer"), WRONG)
def test_refusal_names_the_field(door: Door, article: str, wrong: dict[str, Any], pointer: str) -> None:
    body = flag_of(article, "reader-1") | _filled(wrong, article)
    assert_problem(door.post("/v1/flags", door.reader, body), 422, pointer)


@pytest.mark.parametrize("missing", ["article", "reason"])
def test_missing_field_is_named(door: Door, article: str, missing: str) -> None:
    body = flag_of(article, "reader-1")
    del body[missing]
    assert_problem(door.post("/v1/flags", door.reader, body), 422, f"#/{missing}")


def _nameless(door: Door, article: str, visitor: str | None = None, **words: Any) -> TestResponse:
    """Flag an article from the tests' network, in nobody's name."""
    known = {} if visitor is None else {"visitor": visitor}
    return door.post("/v1/flags", door.reader, {"article": {"external_id": article}, "reason": "spam"} | known | words)


def test_two_visitors_of_one_network_each_have_a_flag_and_a_receipt(door: Door, article: str) -> None:
    answers = [_nameless(door, article, visitor, comment=visitor) for visitor in ("ann", "ben")]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert len({answer.get_json()["receipt"] for answer in answers}) == 2


def test_the_same_visitor_again_repeats_himself(door: Door, article: str) -> None:
    first, again = (_nameless(door, article, "ann") for _ in range(2))
    assert (again.status_code, again.get_json()["receipt"]) == (200, first.get_json()["receipt"])


def test_a_network_without_visitors_gets_no_strangers_receipt_and_loses_no_comment(door: Door, article: str) -> None:
    answers = [_nameless(door, article, comment=words) for words in ("mine", "yours")]
    assert len({answer.get_json()["receipt"] for answer in answers}) == 2
    receipts = [answer.get_json()["receipt"] for answer in answers]
    with door.services.database.transaction() as session:
        kept = session.scalars(select(Flag.comment).where(Flag.receipt.in_(receipts))).all()
    assert set(kept) == {"mine", "yours"}


def test_all_of_a_network_are_one_voice(door: Door, article: str) -> None:
    for visitor in ("ann", "ben", None, None):
        _nameless(door, article, visitor)
    with door.services.database.transaction() as session:
        counted = select(func.count(), func.count(Flag.reporter.distinct())).join(
            Article, Article.id == Flag.article_id
        )
        assert tuple(session.execute(counted.where(Article.external_id == article)).one()) == (4, 1)


def test_who_withdraws_takes_back_his_own_flag_alone(door: Door, article: str) -> None:
    ann, ben = (f"/v1/flags/{_nameless(door, article, visitor).get_json()['receipt']}" for visitor in ("ann", "ben"))
    door.call("DELETE", ben, door.reader)
    assert [door.get(path, door.reader).get_json()["status"] for path in (ann, ben)] == ["received", "withdrawn"]


def test_nameless_flag_under_a_key_is_one_however_often_it_is_sent(door: Door, article: str) -> None:
    body, key = {"article": {"external_id": article}, "reason": "spam"}, {"Idempotency-Key": f'"{article}"'}
    first, again = (door.post("/v1/flags", door.reader, body, **key) for _ in range(2))
    assert first.get_json() == again.get_json()


def test_named_reader_is_the_same_whatever_he_visits_with(door: Door, article: str) -> None:
    answers = [door.flag(article, visitor=visitor) for visitor in ("phone", "laptop")]
    assert [answer.status_code for answer in answers] == [202, 200]


def test_secret_key_must_name_the_reporter(door: Door, article: str) -> None:
    body = {"article": {"external_id": article}, "reason": "spam"}
    assert_problem(door.post("/v1/flags", door.site, body), 422, "#/reporter")


SINCE = {"id": "r", "first_seen_at": "2026-11-01T02:00:00+02:00"}


def _since(door: Door, answer: TestResponse) -> datetime | None:
    """What is kept of the reporter's age with the flag of this answer."""
    with door.services.database.transaction() as session:
        return session.scalars(select(Flag.reporter_since).where(Flag.receipt == answer.get_json()["receipt"])).one()


@pytest.mark.parametrize(
    ("reporter", "since"), [("r", None), ({"id": "r"}, None), (SINCE, datetime(2026, 11, 1, tzinfo=UTC))]
)
def test_reporter_is_an_id_alone_or_with_his_age(
    door: Door, article: str, reporter: Any, since: datetime | None
) -> None:
    answer = door.flag(article, reporter)
    assert answer.status_code == 202
    assert _since(door, answer) == since


def test_reporter_is_the_same_in_either_form(door: Door, article: str) -> None:
    forms: list[Any] = ["r", SINCE]
    assert [door.flag(article, reporter).status_code for reporter in forms] == [202, 200]


def test_future_reporter_of_a_batch_stops_no_other(door: Door, article: str) -> None:
    future = flag_of(article, "r") | {"reporter": SINCE | {"first_seen_at": "2999-01-01T00:00:00Z"}}
    body = {"flags": [future, flag_of(article, "r") | {"reporter": SINCE}]}
    results = door.post("/v1/flags:batch", door.site, body).get_json()["results"]
    assert [result["status"] for result in results] == [422, 202]
    assert results[0]["problem"]["errors"][0]["pointer"] == "#/reporter/first_seen_at"


def test_the_document_offers_both_forms_of_a_reporter(door: Door) -> None:
    schemas = door.app.test_client().get("/openapi.json").get_json()["components"]["schemas"]
    assert [form["type"] for form in schemas["Flag"]["properties"]["reporter"]["oneOf"]] == ["string", "object"]


def test_same_key_and_body_get_the_same_answer(door: Door, article: str) -> None:
    key = {"Idempotency-Key": f'"{article}"'}
    first, again = (door.post("/v1/flags", door.reader, flag_of(article, "r"), **key) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.get_json() == again.get_json()


def test_bare_key_means_the_same_as_a_quoted_one(door: Door, article: str) -> None:
    keys = [f'"{article}"', article]
    answers = [door.post("/v1/flags", door.reader, flag_of(article, "r"), **{"Idempotency-Key": k}) for k in keys]
    assert [answer.status_code for answer in answers] == [202, 202]


def test_same_key_with_another_body_is_422(door: Door, article: str) -> None:
    key = {"Idempotency-Key": f'"{article}"'}
    door.post("/v1/flags", door.reader, flag_of(article, "r"), **key)
    members = assert_problem(door.post("/v1/flags", door.reader, flag_of(article, "r", reason="spam"), **key), 422)
    assert "errors" not in members  # by which the readers' script tells it from what its reader can mend


def test_repeat_under_a_key_stays_a_repeat(door: Door, article: str) -> None:
    door.flag(article, "r")
    key = {"Idempotency-Key": f'"{article}"'}
    answers = [door.post("/v1/flags", door.reader, flag_of(article, "r"), **key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize("key", ['""', '"', '"a', "é", '"' + "x" * 256 + '"', "a\tb", '"\\n"'])
def test_key_that_is_no_string_is_refused_by_name(door: Door, article: str, key: str) -> None:
    answer = door.post("/v1/flags", door.reader, flag_of(article, "r"), **{"Idempotency-Key": key})
    assert_problem(answer, 422, "#/Idempotency-Key")


def test_key_whose_first_request_still_runs_is_409(door: Door, article: str) -> None:
    key = "still-running"
    door.post("/v1/flags", door.reader, flag_of(article, "other"), **{"Idempotency-Key": key})
    with door.services.database.transaction() as session:
        # What the first request holds until it has ended: the lock named by the key's digest.
        latest = select(IdempotencyKey.key_digest).order_by(IdempotencyKey.flag_id.desc()).limit(1)
        digest = session.scalars(latest).one()
        session.execute(select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True))))
        answer = door.post("/v1/flags", door.reader, flag_of(article, "other"), **{"Idempotency-Key": key})
    assert_problem(answer, 409)


def test_batch_answers_each_flag_on_its_own(door: Door, article: str) -> None:
    good, bad = flag_of(article, "r1"), flag_of(article, "r2", reason="because")
    unknown = flag_of("unknown", "r3")
    answer = door.post("/v1/flags:batch", door.site, {"flags": [good, bad, good, unknown, {}, "x", None]})
    results = answer.get_json()["results"]
    assert [result["status"] for result in results] == [202, 422, 200, 422, 422, 422, 422]
    assert results[0]["flag"]["receipt"] == results[2]["flag"]["receipt"]
    assert results[1]["problem"]["errors"][0]["pointer"] == "#/reason"


def test_batch_under_a_key_is_replayed_place_by_place(door: Door, article: str) -> None:
    body = {"flags": [flag_of(article, f"r{n}") for n in range(3)]}
    key = {"Idempotency-Key": f'"{article}"'}
    first, again = (door.post("/v1/flags:batch", door.site, body, **key).get_json() for _ in range(2))
    assert first == again
    assert {result["status"] for result in first["results"]} == {202}


def test_batch_of_500_is_taken_and_one_of_501_is_not(door: Door, article: str) -> None:
    flags = [flag_of(article, f"r{n}", comment="x" * 200) for n in range(501)]
    taken = door.post("/v1/flags:batch", door.site, {"flags": flags[:500]})
    assert {result["status"] for result in taken.get_json()["results"]} == {202}
    assert_problem(door.post("/v1/flags:batch", door.site, {"flags": flags}), 422, "#/flags")


@pytest.mark.parametrize("flags", [[], None, {}, "x"])
def test_batch_that_is_none_is_refused_by_name(door: Door, flags: Any) -> None:
    members = assert_problem(door.post("/v1/flags:batch", door.site, {"flags": flags}), 422)
    assert members["errors"][0]["pointer"].startswith("#/flags")


def test_unknown_article_is_taken_with_its_address(door: Door) -> None:
    body = {"article": {"url": "https://courier.example/new", "title": "New"}, "reason": "spam", "reporter": "r"}
    assert door.post("/v1/flags", door.reader, body).status_code == 202


FOREIGN = "https://evil.example/"


def test_an_address_of_another_site_is_refused_by_its_field_and_never_told_to_the_site(door: Door) -> None:
    named: list[dict[str, str]] = [{"external_id": "to-come", "url": FOREIGN}, {"url": FOREIGN}]
    for article in named:
        body = {"article": article, "reason": "spam", "reporter": "r"}
        assert_problem(door.post("/v1/flags", door.reader, body), 422, "#/article/url")
    door.put_article("to-come")
    assert door.get("/v1/articles/to-come", door.site).get_json()["url"] != FOREIGN


def test_an_address_of_another_site_is_ignored_where_an_id_says_what_is_meant(door: Door, article: str) -> None:
    body = {"article": {"external_id": article, "url": FOREIGN}, "reason": "spam", "reporter": "r"}
    assert door.post("/v1/flags", door.reader, body).status_code == 202
    assert FOREIGN not in door.get(f"/v1/articles/{article}", door.site).text


def test_receipt_of_another_kind_is_404(door: Door) -> None:
    assert_problem(door.get(f"/v1/flags/{uuid.uuid4()}", door.reader), 404)
    assert_problem(door.get("/v1/flags/7", door.reader), 404)


def test_withdrawing_twice_is_the_same_as_once(door: Door, article: str) -> None:
    path = f"/v1/flags/{door.flag(article).get_json()['receipt']}"
    first, again = (door.call("DELETE", path, door.reader) for _ in range(2))
    assert (first.status_code, first.get_json()) == (200, again.get_json())
    assert first.get_json()["status"] == "withdrawn"


def test_flag_on_a_part_stands_alone(door: Door, article: str) -> None:
    whole = door.flag(article).get_json()["receipt"]
    part = door.flag(article, target={"kind": "part", "part": "p1"})
    quoted = {"kind": "quotation", "part": "p1", "selector": {"exact": "First"}}
    quotation = door.flag(article, target=quoted)
    assert [part.status_code, quotation.status_code] == [202, 202]
    assert len({whole, part.get_json()["receipt"], quotation.get_json()["receipt"]}) == 3


@pytest.mark.parametrize(("exact", "part"), [("Second", "p2"), ("First.\n\nSecond.", "p1"), ("drum", None)])
def test_quotation_of_no_part_is_about_the_one_that_has_its_words(
    door: Door, article: str, exact: str, part: str | None
) -> None:
    answer = door.flag(article, target={"kind": "quotation", "selector": {"exact": exact}})
    with door.services.database.transaction() as session:
        flag = session.scalars(select(Flag).where(Flag.receipt == answer.get_json()["receipt"])).one()
        assert (answer.status_code, flag.part) == (202, part)
        assert flag.quotation is not None
        assert exact.startswith(flag.quotation["exact"])


@pytest.mark.parametrize(
    ("exact", "part", "kept"),
    [
        ("the rapist", "p3", "the rapist"),
        ("nothing", None, "nothing"),
        ("the\n list", "p2", "the list"),
    ],
)
def test_words_that_a_reader_quotes_remain_his_words(door: Door, exact: str, part: str | None, kept: str) -> None:
    paragraphs = ["Her therapist said that there is no", "thing on the list.", "They found the rapist."]
    door.put_article("quoted-words", article_of("Trial", paragraphs))
    answer = door.flag("quoted-words", target={"kind": "quotation", "selector": {"exact": exact}})
    with door.services.database.transaction() as session:
        flag = session.scalars(select(Flag).where(Flag.receipt == answer.get_json()["receipt"])).one()
        assert (flag.part, flag.quotation) == (part, {"exact": kept})


def test_quotation_about_an_unknown_article_is_kept_as_it_is(door: Door) -> None:
    article = {"url": "https://courier.example/quoted", "title": "New"}
    body = {"article": article, "target": {"kind": "quotation", "selector": {"exact": "words"}}, "reason": "spam"}
    assert door.post("/v1/flags", door.reader, body).status_code == 202


def test_who_takes_a_flag_back_that_triage_has_in_its_hands_is_told_to_try_again(door: Door, article: str) -> None:
    receipt = door.flag(article).get_json()["receipt"]
    with door.services.database.transaction() as triaging:
        pipeline.triage(triaging, limit=1000)
        answer = door.call("DELETE", f"/v1/flags/{receipt}", door.reader)
    assert_problem(answer, 503)
    assert answer.headers["Retry-After"] == "1"
    assert door.call("DELETE", f"/v1/flags/{receipt}", door.reader).status_code == 200
