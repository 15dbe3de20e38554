"""`Flag` activities, signed as other servers sign them, become flags; the actor that takes them can be found."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select, text, update
from werkzeug.test import TestResponse

from moderation_service import upkeep
from moderation_service.doors.models import RemoteKeys
from moderation_service.intake.models import Flag, FlagOrigin
from moderation_service.sites import service as sites
from tests.api.conftest import open_for_file
from tests.api.door import PROBLEM, Door, assert_problem
from tests.api.hostile import TOKENS
from tests.doors.remote import ACTIVITY, HOST, Actor, RemoteServer, remote_server, rsa_key
from tests.factories import ACTOR, make_site
from tests.live import article_of, until
from tests.servers import TestServers

INBOX = "/activitypub/courier/inbox"
ENDLESS_DATES = ("Mon, 01 Jan 2024 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999999999999999999 00:00:00 +0000")


@pytest.fixture(scope="module")
def door(servers: TestServers, worker_id: str) -> Iterator[Door]:
    with open_for_file(servers, worker_id, webhook_allow_private=True) as door:
        with door.services.database.transaction() as session:
            doors, url = ["activitypub", "atproto"], "https://www.courier.example"
            sites.adjust(session, "courier", doors=doors, url=url, actor=ACTOR)
            sites.add_key(session, make_site(session, "herald"), kind="secret", name="s", actor=ACTOR)
        yield door


@pytest.fixture
def remote() -> Iterator[RemoteServer]:
    with remote_server() as server:
        yield server


@pytest.fixture
def anna(remote: RemoteServer) -> Actor:
    """Somebody with an account on another server."""
    return Actor(remote, "anna").move_in()


def url_of(article: str) -> str:
    return f"https://courier.example/{article}"


def flag_by(actor: Actor, *objects: Any, **changes: Any) -> dict[str, Any]:
    """A report as Mastodon sends it."""
    told = {"@context": "https://www.w3.org/ns/activitystreams", "type": "Flag", "actor": actor.uri}
    told |= {"id": f"http://{actor.server.host}/{len(objects)}/{hash(objects)}", "content": "This is not true."}
    return told | {"object": ["https://courier.example/users/desk", *objects]} | changes


def send(door: Door, actor: Actor, activity: Any, *, inbox: str = INBOX, **changes: Any) -> TestResponse:
    """Post an activity that the actor signs."""
    body = json.dumps(activity).encode()
    return door.call("POST", inbox, actor.signed(inbox, body, **changes), body)


def flags_on(door: Door, article: str) -> list[tuple[Flag, FlagOrigin | None]]:
    query = (
        select(Flag, FlagOrigin)
        .outerjoin(FlagOrigin, FlagOrigin.flag_id == Flag.id)
        .where(text("article_id = (SELECT id FROM articles WHERE external_id = :article OR url = :article)"))
        .order_by(Flag.id)
    )
    with door.services.database.transaction() as session:
        return [(flag, origin) for flag, origin in session.execute(query, {"article": article})]


@pytest.fixture
def article(door: Door, request: pytest.FixtureRequest) -> str:
    """An article of the test's own, which has an address, and one more."""
    name = f"a{abs(hash(request.node.name))}"
    also = {"also_known_as": [f"https://social.example/{name}"]}
    door.put_article(name, article_of() | {"url": url_of(name)} | also)
    return name


# What becomes of it.


def test_a_report_of_mastodon_is_a_flag(door: Door, remote: RemoteServer, anna: Actor, article: str) -> None:
    answer = send(door, anna, flag_by(anna, url_of(article)))
    assert answer.status_code == 202, answer.text
    ((flag, origin),) = flags_on(door, article)
    assert [f["receipt"] for f in answer.get_json()["flags"]] == [str(flag.receipt)]
    assert (flag.channel, flag.reason, flag.comment, flag.part) == ("activitypub", "other", "This is not true.", None)
    assert origin is not None
    assert origin.host == remote.host


def test_a_report_of_lemmy_is_a_flag(door: Door, anna: Actor, article: str) -> None:
    told = {"type": "Flag", "id": f"http://{anna.server.host}/f", "actor": anna.uri, "to": ["https://l.example/c/news"]}
    told |= {"object": url_of(article), "summary": "Spam", "audience": "https://l.example/c/news"}
    assert send(door, anna, told).status_code == 202
    assert [flag.reason for flag, _ in flags_on(door, article)] == ["spam"]


def test_an_article_is_known_by_its_other_addresses_and_flagged_once(door: Door, anna: Actor, article: str) -> None:
    names = [f"https://social.example/{article}", url_of(article), f"{url_of(article)}#p2"]
    assert len(send(door, anna, flag_by(anna, *names)).get_json()["flags"]) == 1


def test_an_article_not_told_yet_is_noted_but_no_account_and_nothing_elsewhere(door: Door, anna: Actor) -> None:
    answer = send(door, anna, flag_by(anna, "https://courier.example/new", "https://elsewhere.example/x", "at://x/y"))
    assert len(answer.get_json()["flags"]) == 1
    assert len(flags_on(door, "https://courier.example/new")) == 1
    assert flags_on(door, "https://courier.example/users/desk") == []


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://courier.example:443/port", "https://courier.example/port"),
        ("HTTPS://Courier.Example/case", "https://courier.example/case"),
        ("https://www.courier.example/own-address#top", "https://www.courier.example/own-address"),
    ],
)
def test_whose_an_article_is_that_was_not_told_yet_browsers_would_say(
    door: Door, anna: Actor, address: str, kept: str
) -> None:
    answer = send(door, anna, flag_by(anna, address))
    assert answer.status_code == 202, answer.text
    assert len(flags_on(door, kept)) == 1


def test_a_report_about_nothing_of_ours_is_refused(door: Door, anna: Actor) -> None:
    assert_problem(send(door, anna, flag_by(anna, "https://elsewhere.example/x")), 422, "#/object")


def test_an_activity_delivered_twice_is_one_flag(door: Door, anna: Actor, article: str) -> None:
    first, again = (send(door, anna, flag_by(anna, url_of(article))) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert len(flags_on(door, article)) == 1


def test_an_activity_without_an_id_delivered_twice_is_one_flag(door: Door, anna: Actor, article: str) -> None:
    told = flag_by(anna, url_of(article))
    told.pop("id")
    body = json.dumps(told).encode()
    headers = anna.signed(INBOX, body)
    first = door.call("POST", INBOX, headers, body)
    door.put_article(article, article_of("Ferry stopped") | {"url": url_of(article)})
    assert door.call("POST", INBOX, headers, body).get_json() == first.get_json()
    assert len(flags_on(door, article)) == 1


def test_the_id_of_anothers_activity_gives_no_receipt_of_his(
    door: Door, remote: RemoteServer, anna: Actor, article: str
) -> None:
    eve = Actor(remote, "eve", rsa_key(1)).move_in()
    told = flag_by(anna, url_of(article))
    first, other = send(door, anna, told), send(door, eve, told | {"actor": eve.uri})
    assert (first.status_code, other.status_code) == (202, 202)
    assert first.get_json()["flags"][0]["receipt"] != other.get_json()["flags"][0]["receipt"]


def test_two_reports_passed_on_by_one_server_are_two_flags_of_one_voice(
    door: Door, remote: RemoteServer, anna: Actor, article: str
) -> None:
    for number in range(2):
        send(door, anna, flag_by(anna, url_of(article), id=f"http://{remote.host}/{article}/{number}"))
    flags = [flag for flag, _ in flags_on(door, article)]
    assert (len(flags), len({flag.reporter for flag in flags})) == (2, 1)


def test_the_trail_and_the_case_tell_where_it_came_from(door: Door, anna: Actor, article: str) -> None:
    send(door, anna, flag_by(anna, url_of(article)))
    door.work()
    ((flag, _),) = flags_on(door, article)
    (told,) = door.get(f"/v1/cases/{flag.case_id}/flags", door.moderator).get_json()["flags"]
    assert (told["channel"], told["via"]["host"]) == ("activitypub", anna.server.host)
    entries = text("SELECT count(*) FROM audit_entries WHERE subject = :subject")
    with door.services.database.transaction() as session:
        count = session.execute(entries, {"subject": f"flags:{flag.id}-{flag.id}"}).scalar_one()
    assert count == 1


# Who may send it.


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "hs2019", None])
def test_rsa_signatures(door: Door, anna: Actor, article: str, algorithm: str | None) -> None:
    assert send(door, anna, flag_by(anna, url_of(article)), algorithm=algorithm).status_code == 202


@pytest.mark.parametrize("algorithm", ["ed25519", "hs2019"])
def test_ed25519_signatures(door: Door, remote: RemoteServer, article: str, algorithm: str) -> None:
    ben = Actor(remote, "ben", Ed25519PrivateKey.generate()).move_in()
    assert send(door, ben, flag_by(ben, url_of(article)), algorithm=algorithm).status_code == 202


def test_signatures_of_rfc_9421(door: Door, remote: RemoteServer, anna: Actor, article: str) -> None:
    ben = Actor(remote, "ben", Ed25519PrivateKey.generate()).move_in()
    for actor in (anna, ben):
        body = json.dumps(flag_by(actor, url_of(article))).encode()
        assert door.call("POST", INBOX, actor.signed_by_rfc_9421(INBOX, body), body).status_code == 202


@pytest.mark.parametrize("changes", [{"age": 14 * 3600}, {"age": -7300}, {"sent": b"{}"}])
def test_signatures_of_rfc_9421_that_do_not_hold(
    door: Door, anna: Actor, article: str, changes: dict[str, Any]
) -> None:
    body = json.dumps(flag_by(anna, url_of(article))).encode()
    assert_problem(door.call("POST", INBOX, anna.signed_by_rfc_9421(INBOX, body, **changes), body), 401)


@pytest.mark.parametrize(
    "changes",
    [
        {"age": 12 * 3600 + 60},
        {"age": -3700},
        {"host": "elsewhere.example"},
        {"digest": "SHA-256=" + "A" * 43 + "="},
        {"digest": "MD5=1B2M2Y8AsgTpgAmY7PhCfg=="},
        {"algorithm": "rsa-md5"},
        {"algorithm": "ed25519"},
        {"covered": "(request-target) host date"},
        {"covered": "host date digest"},
        {"key_id": "http://elsewhere.example/users/anna#main-key"},
        {"key_id": "main-key"},
    ],
    ids=str,
)
def test_signatures_that_do_not_hold(door: Door, anna: Actor, article: str, changes: dict[str, Any]) -> None:
    answer = send(door, anna, flag_by(anna, url_of(article)), **changes)
    assert_problem(answer, 401)
    assert flags_on(door, article) == []


def test_another_key_of_the_same_server_is_not_the_actors(door: Door, remote: RemoteServer, anna: Actor) -> None:
    eve = Actor(remote, "eve", rsa_key(1)).move_in()
    activity = flag_by(anna, url_of("ferry"))
    assert_problem(send(door, eve, activity), 401)
    assert_problem(send(door, eve, activity, key_id=anna.key_id), 401)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "http://127.0.0.1/users/other"},
        {"publicKey": None},
        {"publicKey": {"id": "x#main-key", "owner": "x", "publicKeyPem": "x"}},
        {"publicKey": [7, {"id": "\0"}]},
    ],
    ids=str,
)
def test_documents_that_show_no_key_of_the_actor(door: Door, remote: RemoteServer, changes: dict[str, Any]) -> None:
    ben = Actor(remote, "ben").move_in(**changes)
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), 401)


def test_a_good_key_that_is_said_to_be_anothers(door: Door, remote: RemoteServer) -> None:
    ben = Actor(remote, "ben")
    ben.move_in(publicKey=ben.document()["publicKey"] | {"owner": f"http://{remote.host}/users/other"})
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), 401)


def test_nobody_is_asked_for_a_key_of_another_host(door: Door, remote: RemoteServer) -> None:
    ben = Actor(remote, "ben").move_in()
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry")), key_id="http://elsewhere.example/ben#key"), 401)
    assert remote.asked == []


@pytest.mark.parametrize("pem", ["", "\0", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"])
def test_keys_that_are_none(door: Door, remote: RemoteServer, pem: str) -> None:
    ben = Actor(remote, f"ben{len(pem)}")
    ben.move_in(publicKey={"id": ben.key_id, "owner": ben.uri, "publicKeyPem": pem})
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), 401)


def test_an_actor_has_so_many_keys_of_such_a_length_at_most(door: Door, remote: RemoteServer) -> None:
    ben = Actor(remote, "ben")
    own: Any = ben.document()["publicKey"]
    ben.move_in(publicKey=own | {"publicKeyPem": "\n" * 4000 + own["publicKeyPem"]})
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), 401)
    ben.move_in(publicKey=[*(own | {"id": f"{own['id']}-{n}"} for n in range(20)), own])
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), 401)


def test_a_key_that_is_too_short(door: Door, remote: RemoteServer) -> None:
    ben = Actor(remote, "ben", rsa_key(bits=1024)).move_in()
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), 401)


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ({"status": 404}, 401),
        ({"status": 302}, 401),
        ({"status": 503}, 503),
        ({"kind": "text/html"}, 401),
        ({"kind": "application/json"}, 401),
        ({"kind": "application/ld+json"}, 401),
        ({"kind": 'application/ld+json; profile="https://www.w3.org/ns/anno"'}, 401),
        ({"document": b"[" * 5000}, 401),
        ({"document": b"[]"}, 401),
        ({"document": b'{"a": "' + b"x" * 70_000 + b'"}'}, 401),
    ],
    ids=str,
)
def test_servers_that_show_something_else(door: Door, remote: RemoteServer, shown: dict[str, Any], status: int) -> None:
    ben = Actor(remote, "ben")
    remote.show("/users/ben", **({"document": ben.document()} | shown))
    assert_problem(send(door, ben, flag_by(ben, url_of("ferry"))), status)


@pytest.mark.parametrize(
    "kind",
    [
        "application/activity+json; charset=utf-8",
        'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        'Application/LD+JSON;profile="https://w3id.org/x https://www.w3.org/ns/activitystreams"; charset=utf-8',
    ],
)
def test_an_actor_is_told_by_the_media_type_of_its_document(
    door: Door, remote: RemoteServer, article: str, kind: str
) -> None:
    ben = Actor(remote, "ben")
    remote.show("/users/ben", ben.document(), kind=kind)
    assert send(door, ben, flag_by(ben, url_of(article))).status_code == 202


def test_a_server_that_is_away_is_asked_another_time(door: Door) -> None:
    with remote_server() as gone:
        ben = Actor(gone, "ben")
    answer = send(door, ben, flag_by(ben, url_of("ferry")))
    assert_problem(answer, 503)
    assert answer.headers["Retry-After"]


def test_keys_are_kept_and_asked_for_anew_when_they_do_not_fit(door: Door, remote: RemoteServer, article: str) -> None:
    ben = Actor(remote, "ben").move_in()
    statuses = [send(door, ben, flag_by(ben, url_of(article))).status_code for _ in range(2)]
    ben.key = rsa_key(1)
    ben.move_in()
    statuses.append(send(door, ben, flag_by(ben, url_of(article))).status_code)  # too soon to ask again
    with door.services.database.transaction() as session:
        session.execute(update(RemoteKeys).values(fetched_at=text("now() - interval '2 minutes'")))
    statuses.append(send(door, ben, flag_by(ben, url_of(article))).status_code)
    assert statuses == [202, 202, 401, 202]
    assert remote.asked == ["/users/ben"] * 2


def test_only_so_many_servers_are_waited_for_at_once(door: Door, remote: RemoteServer, anna: Actor) -> None:
    remote.silent.set()
    asking = [threading.Thread(target=send, args=(door, anna, flag_by(anna, url_of("ferry")))) for _ in range(4)]
    for thread in asking:
        thread.start()
    until(lambda: len(remote.asked) == 4)
    assert_problem(send(door, anna, flag_by(anna, url_of("ferry"))), 503)
    remote.silent.clear()
    for thread in asking:
        thread.join()
    assert len(remote.asked) == 4


def test_keys_are_asked_for_once_a_day(door: Door, anna: Actor, article: str) -> None:
    for _ in range(2):
        assert send(door, anna, flag_by(anna, url_of(article))).status_code == 202
        with door.services.database.transaction() as session:
            session.execute(update(RemoteKeys).values(fetched_at=text("now() - interval '25 hours'")))
    assert len(anna.server.asked) == 2


def test_old_keys_are_forgotten(door: Door, anna: Actor, article: str) -> None:
    send(door, anna, flag_by(anna, url_of(article)))
    with door.services.database.transaction() as session:
        session.execute(update(RemoteKeys).values(fetched_at=text("now() - interval '25 hours'")))
        upkeep.tidy(session, door.settings)
        assert session.scalars(select(RemoteKeys.owner)).all() == []


def test_private_addresses_are_not_asked(make_door: Any, anna: Actor) -> None:
    door = make_door()
    with door.services.database.transaction() as session:
        sites.adjust(session, "courier", doors=["activitypub"], actor=ACTOR)
    answer = send(door, anna, flag_by(anna, url_of("ferry")))
    assert_problem(answer, 401)
    assert anna.server.asked == []


def test_the_site_may_pass_on_what_it_has_checked_itself(door: Door, anna: Actor, article: str) -> None:
    body = flag_by(anna, url_of(article))
    sent = {"Content-Type": ACTIVITY}
    assert door.post(INBOX, door.site, body, **sent).status_code == 202
    assert_problem(door.post(INBOX, door.site | {"Authorization": "Bearer sk_none"}, body, **sent), 401)
    assert_problem(door.post(INBOX, door.nobody, body, **sent), 401)
    assert anna.server.asked == []


def test_a_key_is_for_its_own_site(door: Door, anna: Actor) -> None:
    with door.services.database.transaction() as session:
        sites.adjust(session, "herald", doors=["activitypub"], actor=ACTOR)
    answer = door.post("/activitypub/herald/inbox", door.site, flag_by(anna), **{"Content-Type": ACTIVITY})
    assert_problem(answer, 403)


# What else comes.


@pytest.mark.parametrize("kind", ["Delete", "Update"])
def test_housekeeping_of_other_servers_is_passed_by(door: Door, anna: Actor, kind: str) -> None:
    assert send(door, anna, {"type": kind, "actor": anna.uri, "object": anna.uri}).status_code == 202


def test_other_activities_are_refused(door: Door, anna: Actor) -> None:
    assert_problem(send(door, anna, flag_by(anna, type="Follow")), 422, "#/type")


def test_a_shut_door_is_as_none(make_door: Any, anna: Actor) -> None:
    door = make_door()
    assert_problem(send(door, anna, flag_by(anna, url_of("ferry"))), 404)
    for path in (INBOX.removesuffix("/inbox"), f"/.well-known/webfinger?resource=acct:courier@{HOST}"):
        assert_problem(door.get(path, door.nobody), 404)


def test_the_actor_can_be_found(door: Door) -> None:
    found = door.get(f"/.well-known/webfinger?resource=acct:courier@{HOST}", door.nobody).get_json()
    (link,) = found["links"]
    actor = door.get(link["href"].removeprefix(f"http://{HOST}"), door.nobody)
    told = actor.get_json()
    assert (actor.content_type, told["id"], told["inbox"]) == (ACTIVITY, link["href"], f"http://{HOST}{INBOX}")
    outbox = door.get(told["outbox"].removeprefix(f"http://{HOST}"), door.nobody)
    assert outbox.get_json()["totalItems"] == 0


@pytest.mark.parametrize(
    "account", ["", "acct:courier@elsewhere.example", f"acct:nobody@{HOST}", f"acct:a/../b@{HOST}"]
)
def test_other_accounts_are_not_found(door: Door, account: str) -> None:
    assert_problem(door.get(f"/.well-known/webfinger?resource={account}", door.nobody), 404)


def test_other_media_types_are_refused(door: Door, anna: Actor) -> None:
    answer = door.post(INBOX, door.site, flag_by(anna), **{"Content-Type": "application/json"})
    assert_problem(answer, 415)


@pytest.mark.parametrize("limit", ["rate_limit_network", "rate_limit_site", "rate_limit_reporter"])
def test_limits_hold(make_door: Any, anna: Actor, limit: str) -> None:
    door = make_door(webhook_allow_private=True, **{limit: "2/day"})
    with door.services.database.transaction() as session:
        sites.adjust(session, "courier", doors=["activitypub"], actor=ACTOR)
    answers = [send(door, anna, flag_by(anna, url_of(f"x{number}"))) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2].headers["Retry-After"]


def test_hostile_activities_are_refused_in_words(door: Door, anna: Actor, article: str) -> None:
    told = {"id": "x", "type": "Flag", "actor": "x", "object": "x", "content": "x", "summary": "x", "@context": "x"}
    for name in told:
        good = flag_by(anna, url_of(article)) | {name: "\u25cc"}
        for token in TOKENS:
            body = json.dumps(good, ensure_ascii=False).encode().replace('"\u25cc"'.encode(), token)
            answer = door.call("POST", INBOX, door.site, body, **{"Content-Type": ACTIVITY})
            assert answer.status_code < 500, (name, token[:60], answer.text)
            assert answer.status_code == 202 or answer.content_type == PROBLEM
    for token in TOKENS:
        answer = door.call("POST", INBOX, door.site, token, **{"Content-Type": ACTIVITY})
        assert 400 <= answer.status_code < 500, token[:60]


def test_hostile_signatures_are_refused_in_words(door: Door, anna: Actor, article: str) -> None:
    body = json.dumps(flag_by(anna, url_of(article))).encode()
    signed = anna.signed(INBOX, body)
    value = signed["Signature"]
    for name in ("Signature", "Date", "Digest", "Host", "Signature-Input"):
        for hostile in (
            *ENDLESS_DATES,
            "",
            "x" * 4000,
            '"',
            "=,=",
            "keyId=,",
            value * 2,
            value[:-9],
            'sig1=();keyid="a"',
            "\xff",
            "0",
        ):
            answer = door.call("POST", INBOX, signed | {name: hostile}, body)
            assert answer.status_code in {400, 401}, (name, hostile, answer.text)


def test_keys_that_proved_nothing_are_not_kept(door: Door, remote: RemoteServer) -> None:
    mallory = Actor(remote, "mallory")
    mallory.move_in()
    body = json.dumps(flag_by(mallory)).encode()
    headers = mallory.signed(INBOX, body)
    headers["Signature"] = re.sub('signature="[^"]*"', 'signature="AAAA"', headers["Signature"])
    assert_problem(door.call("POST", INBOX, headers, body), 401)
    with door.services.database.transaction() as session:
        kept = select(func.count()).select_from(RemoteKeys).where(RemoteKeys.owner == mallory.uri)
        assert session.scalar(kept) == 0
