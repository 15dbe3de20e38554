"""`com.atproto.moderation.createReport`: reports of accounts, in whose name their servers sign, become flags."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, text, update
from werkzeug.test import TestResponse

from moderation_service.doors.models import RemoteKeys
from moderation_service.intake.models import Flag, FlagOrigin
from moderation_service.sites import service as sites
from tests.api.conftest import open_for_file
from tests.api.door import Door, bearer
from tests.api.hostile import TOKENS, fill, with_holes
from tests.doors.remote import Account, RemoteServer, remote_server
from tests.factories import ACTOR, make_site
from tests.live import article_of
from tests.servers import TestServers

PATH = "/xrpc/com.atproto.moderation.createReport"
DID = "did:plc:ewvi7nxzyoun6zhxrhs64oiz"


@pytest.fixture(scope="module")
def remote() -> Iterator[RemoteServer]:
    """The directory of did:plc, which also shows a did:web of its own."""
    with remote_server() as server:
        yield server


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str, remote: RemoteServer) -> Iterator[Door]:
    changes = {"webhook_allow_private": True, "plc_directory": f"http://{remote.host}"}
    with open_for_file(servers, worker_id, **changes) as door:
        with door.services.database.transaction() as session:
            sites.adjust(session, "courier", doors=["atproto"], actor=ACTOR)
        yield door


@pytest.fixture
def anna(remote: RemoteServer, door: Door) -> Account:
    """An account that nobody was asked about yet."""
    with door.services.database.transaction() as session:
        session.execute(text("DELETE FROM remote_keys"))
    remote.asked.clear()
    return Account(remote, DID).move_in()


@pytest.fixture
def article(door: Door, request: pytest.FixtureRequest) -> str:
    """An article of the test's own, also known as a record."""
    name = f"a{abs(hash(request.node.name))}"
    also = {"also_known_as": [f"at://{DID}/site.standard.document/{name}"]}
    door.put_article(name, article_of() | {"url": f"https://courier.example/{name}"} | also)
    return name


def report_on(article: str, **changes: Any) -> dict[str, Any]:
    """A report as the Bluesky app sends it."""
    uri = f"at://{DID}/site.standard.document/{article}"
    subject = {"$type": "com.atproto.repo.strongRef", "uri": uri, "cid": "bafyreib2rxk3rh6kzwq"}
    told = {"reasonType": "tools.ozone.report.defs#reasonMisleadingElections", "reason": "Not on that day."}
    return told | {"subject": subject, "modTool": {"name": "app/1.2", "meta": {"a": [1]}}, "other": 1} | changes


def send(door: Door, token: str, body: Any) -> TestResponse:
    return door.post(PATH, bearer(token), body)


def assert_error(answer: TestResponse, status: int, name: str) -> str:
    """The answer is an error as XRPC has it; its words."""
    assert (answer.status_code, answer.get_json().get("error")) == (status, name), answer.text
    assert set(answer.get_json()) == {"error", "message"}
    return str(answer.get_json()["message"])


def flags(door: Door, article: str) -> list[tuple[Flag, FlagOrigin]]:
    query = select(Flag, FlagOrigin).join(FlagOrigin, FlagOrigin.flag_id == Flag.id)
    of_article = query.where(text("article_id = (SELECT id FROM articles WHERE external_id = :article)"))
    with door.services.database.transaction() as session:
        return [(flag, origin) for flag, origin in session.execute(of_article, {"article": article})]


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP256R1()], ids=lambda curve: curve.name)
def test_a_report_is_a_flag(door: Door, anna: Account, article: str, curve: ec.EllipticCurve) -> None:
    anna.key = ec.generate_private_key(curve)
    answer = send(door, anna.move_in().token(), report_on(article))
    assert answer.status_code == 200, answer.text
    ((flag, origin),) = flags(door, article)
    assert (flag.channel, flag.reason, flag.comment) == ("atproto", "misleading", "Not on that day.")
    told = {"reasonType": report_on(article)["reasonType"], "cid": "bafyreib2rxk3rh6kzwq"}
    assert origin.detail == told | {"modTool": {"name": "app/1.2", "meta": {"a": [1]}}}
    assert origin.host == "pds.example"


def test_the_answer_is_what_the_lexicon_says(door: Door, anna: Account, article: str) -> None:
    told = send(door, anna.token(), report_on(article)).get_json()
    sent = report_on(article)
    assert {name: told[name] for name in ("reasonType", "reason", "subject")} == {
        name: sent[name] for name in ("reasonType", "reason", "subject")
    }
    assert told["reportedBy"] == DID
    assert 0 < told["id"] < 2**53
    assert told["createdAt"].endswith("Z")
    assert told["links"]["receipt"].endswith(str(flags(door, article)[0][0].receipt))


def test_a_web_address_names_an_article_too(door: Door, anna: Account, article: str) -> None:
    subject = {"$type": "com.atproto.repo.strongRef", "uri": f"https://courier.example/{article}", "cid": "b"}
    assert send(door, anna.token(), report_on(article, subject=subject)).status_code == 200
    assert len(flags(door, article)) == 1


def test_the_same_account_reports_an_article_once(door: Door, anna: Account, article: str) -> None:
    first, again = (send(door, anna.token(), report_on(article)).get_json() for _ in range(2))
    assert first["id"] == again["id"]
    assert len(flags(door, article)) == 1


def test_who_reports_an_article_once_more_is_told_what_is_kept(door: Door, anna: Account, article: str) -> None:
    first = send(door, anna.token(), report_on(article)).get_json()
    subject = {"$type": "com.atproto.repo.strongRef", "uri": f"https://courier.example/{article}", "cid": "other"}
    changes = {"reasonType": "tools.ozone.report.defs#reasonViolenceThreats", "reason": "new facts"}
    again = send(door, anna.token(), report_on(article, **changes, subject=subject)).get_json()
    assert again == first | {"subject": subject | {"cid": first["subject"]["cid"]}}


def test_a_report_without_words_is_told_without_them(door: Door, anna: Account, article: str) -> None:
    sent = report_on(article)
    del sent["reason"], sent["subject"]["cid"]
    first = send(door, anna.token(), sent).get_json()
    assert "reason" not in first
    assert send(door, anna.token(), report_on(article)).get_json() == first


def test_an_account_of_did_web(door: Door, remote: RemoteServer, article: str) -> None:
    ben = Account(remote, f"did:web:localhost%3A{remote.server_address[1]}").move_in()
    assert send(door, ben.token(), report_on(article)).status_code == 200


def test_a_bare_audience_means_the_only_site(door: Door, anna: Account, article: str) -> None:
    token = anna.token(aud="did:web:127.0.0.1%3A8000")
    assert send(door, token, report_on(article)).status_code == 200
    with door.services.database.transaction() as session:
        make_site(session, "herald")
        sites.adjust(session, "herald", doors=["atproto"], actor=ACTOR)
    assert "#SLUG" in assert_error(send(door, token, report_on(article)), 401, "AuthenticationRequired")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "did:web:elsewhere.example"},
        {"aud": "did:web:elsewhere.example#courier"},
        {"aud": None},
        {"aud": ["did:web:127.0.0.1%3A8000"]},
        {"lxm": None},
        {"lxm": "com.atproto.repo.createRecord"},
        {"exp": None},
        {"exp": 0},
        {"exp": 10**400},
        {"exp": int(time.time()) + 86_400},
        {"iss": "did:key:z6Mk"},
        {"iss": DID + "#atproto_labeler"},
        {"iss": None},
        {"iss": "did:web:../x"},
        {"iss": "did:web:anna.example%3A99999"},
        {"aud": "did:web:127.0.0.1%3A8000#\0"},
        {"aud": "did:web:127.0.0.1%3A8000#\ud800"},
        {"kind": "at+jwt"},
    ],
    ids=str,
)
def test_tokens_that_are_none_for_this(door: Door, anna: Account, article: str, claims: dict[str, Any]) -> None:
    assert_error(send(door, anna.token(**claims), report_on(article)), 401, "AuthenticationRequired")
    assert anna.server.asked == []


def test_a_token_that_another_key_has_signed(door: Door, anna: Account, article: str) -> None:
    eve = Account(anna.server, "did:plc:" + "e" * 24)
    assert_error(send(door, anna.token(signer=eve), report_on(article)), 401, "AuthenticationRequired")
    assert flags(door, article) == []


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "e30.e30.", "sk_none", "pk_none", "\xff", "x" * 5000])
def test_what_is_no_token(door: Door, article: str, token: str) -> None:
    assert_error(send(door, token, report_on(article)), 401, "AuthenticationRequired")


def test_a_token_without_a_signature(door: Door, anna: Account, article: str) -> None:
    head, claims, _ = anna.token().split(".")
    for first in (head, "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"):
        assert_error(send(door, f"{first}.{claims}.", report_on(article)), 401, "AuthenticationRequired")


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "did:plc:" + "e" * 24},
        {"verificationMethod": None},
        {"verificationMethod": [7, {"id": "#atproto"}]},
        *(
            {
                "verificationMethod": [
                    {"id": "#atproto", "type": "Multikey", "controller": DID, "publicKeyMultibase": key}
                ]
            }
            for key in ("", "z", "x1", "zQ3sh", "z0", "\0", "z" + "1" * 48, 7)
        ),
    ],
    ids=str,
)
def test_documents_that_show_no_key(door: Door, anna: Account, article: str, changes: dict[str, Any]) -> None:
    anna.move_in(**changes)
    assert_error(send(door, anna.token(), report_on(article)), 401, "AuthenticationRequired")


@pytest.mark.parametrize(
    "changes", [{"id": f"{DID}#other"}, {"controller": "did:web:other.example"}, {"type": "JsonWebKey2020"}]
)
def test_a_good_key_that_is_not_the_accounts_to_sign_with(
    door: Door, anna: Account, article: str, changes: dict[str, str]
) -> None:
    (key,) = anna.document()["verificationMethod"]
    anna.move_in(verificationMethod=[key | changes])
    assert_error(send(door, anna.token(), report_on(article)), 401, "AuthenticationRequired")


@pytest.mark.parametrize(
    "service", [None, [7], [{"type": "AtprotoPersonalDataServer", "serviceEndpoint": "http://[\0"}]]
)
def test_an_account_whose_server_is_not_told(door: Door, anna: Account, article: str, service: Any) -> None:
    anna.move_in(service=service)
    assert send(door, anna.token(), report_on(article)).status_code == 200
    assert [origin.host for _, origin in flags(door, article)] == [DID]


def test_an_account_that_the_directory_does_not_know(door: Door, remote: RemoteServer, article: str) -> None:
    ben = Account(remote, "did:plc:" + "b" * 24)
    assert_error(send(door, ben.token(), report_on(article)), 401, "AuthenticationRequired")
    remote.show(f"/{ben.did}", {}, status=500)
    answer = send(door, ben.token(), report_on(article))
    assert_error(answer, 503, "UpstreamFailure")
    assert answer.headers["Retry-After"]


def test_a_new_key_is_asked_for(door: Door, anna: Account, article: str) -> None:
    assert send(door, anna.token(), report_on(article)).status_code == 200
    anna.key = ec.generate_private_key(ec.SECP256K1())
    anna.move_in()
    with door.services.database.transaction() as session:
        session.execute(update(RemoteKeys).values(fetched_at=text("now() - interval '2 minutes'")))
    assert [send(door, anna.token(), report_on(article)).status_code for _ in range(2)] == [200, 200]
    assert len(anna.server.asked) == 2


def test_a_site_passes_on_what_others_report(door: Door, article: str) -> None:
    body = report_on(article, reportedBy="did:web:anna.example")
    told = door.post(PATH, door.site, body)
    assert (told.status_code, told.get_json()["reportedBy"]) == (200, "did:web:anna.example")
    words = assert_error(door.post(PATH, door.site, report_on(article)), 400, "InvalidRequest")
    assert "who reports" in words
    assert_error(door.post(PATH, door.reader, body), 401, "AuthenticationRequired")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"subject": {"$type": "com.atproto.admin.defs#repoRef", "did": DID}}, "account"),
        ({"subject": {"$type": "com.atproto.repo.strongRef"}}, "uri"),
        ({"subject": {"$type": "other"}}, "$type"),
        ({"subject": {"$type": "com.atproto.repo.strongRef", "uri": "at://x/y/z"}}, "Nothing"),
        ({"reasonType": None}, "reasonType"),
        ({"reason": "x" * 2001}, "graphemes"),
        ({"modTool": {"meta": {}}}, "modTool"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_in_words(door: Door, anna: Account, article: str, changes: Any, word: str) -> None:
    answer = send(door, anna.token(), report_on(article, **changes))
    assert word in assert_error(answer, 400, "InvalidRequest")


def test_a_shut_door(make_door: Any, anna: Account) -> None:
    door = make_door()
    assert_error(send(door, anna.token(), report_on("ferry")), 404, "NotFound")
    assert_error(door.get("/.well-known/did.json", door.nobody), 404, "NotFound")
    assert anna.server.asked == []


def test_each_site_is_a_service_of_this_host(door: Door) -> None:
    document = door.get("/.well-known/did.json", door.nobody).get_json()
    assert document["id"] == "did:web:127.0.0.1%3A8000"
    assert {"#courier"} <= {service["id"] for service in document["service"]}
    assert {service["serviceEndpoint"] for service in document["service"]} == {"http://127.0.0.1:8000"}


def test_limits_hold(make_door: Any, anna: Account) -> None:
    door = make_door(rate_limit_network="1/day")
    answers = [send(door, anna.token(), report_on("ferry")) for _ in range(2)]
    assert answers[0].status_code == 404
    assert_error(answers[1], 429, "RateLimitExceeded")
    assert answers[1].headers["Retry-After"]


def test_other_media_types_and_huge_bodies(door: Door, anna: Account) -> None:
    token = bearer(anna.token())
    assert_error(door.post(PATH, token, {}, **{"Content-Type": "text/plain"}), 415, "UnsupportedMediaType")
    assert_error(door.post(PATH, token, b" " * 70_000), 413, "PayloadTooLarge")


def test_hostile_reports_are_refused_in_words(door: Door, article: str) -> None:
    body = report_on(article, reportedBy="did:web:anna.example")
    for pointer, holed in with_holes(body):
        for token in TOKENS:
            answer = door.post(PATH, door.site, fill(holed, token))
            assert answer.status_code < 500, (pointer, token[:60], answer.text)
            assert answer.status_code == 200 or set(answer.get_json()) == {"error", "message"}
    for token in TOKENS:
        assert_error(door.post(PATH, door.site, token), 400, "InvalidRequest")


def test_hostile_claims_are_refused_in_words(door: Door, anna: Account, article: str) -> None:
    hostile: list[Any] = [[], {}, True, -1, 1.5, "\0", "\ud800", "x" * 2000, [[[1]]], 2**70]
    for name in ("iss", "aud", "exp", "lxm"):
        for value in hostile:
            token = anna.token(**{name: value})
            assert_error(send(door, token, report_on(article)), 401, "AuthenticationRequired")
