"""Webhooks to a real receiver, in each of its moods."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from moderation_service.config import Settings
from moderation_service.notifications.channels import (
    FatalChannelError,
    RetryableChannelError,
    signing,
    webhook,
)
from moderation_service.outbound import calling
from tests.notifications.conftest import OPEN, make_message
from tests.notifications.sinks import Receiver, serving
from tests.notifications.test_signing import expected

Names = Callable[..., list[str]]


def send(url: str, settings: Settings = OPEN, **changes: Any) -> None:
    webhook.send(make_message(url, **changes), settings)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Lets a name resolve to these addresses; the list it answers holds the names that were asked for."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolves(name: str, *addresses: str) -> list[str]:
        def fake(host: str, port: int, *rest: Any, **options: Any) -> Any:
            if host != name:
                return real(host, port, *rest, **options)
            asked.append(host)
            return [entry for address in addresses for entry in real(address, port, *rest, **options)]

        monkeypatch.setattr(socket, "getaddrinfo", fake)
        return asked

    return resolves


def test_what_is_posted(receiver: Receiver) -> None:
    send(receiver.url())
    (post,) = receiver.received
    assert json.loads(post.body) == {
        "type": "rule.fired",
        "timestamp": "2026-11-22T18:00:00+00:00",
        "data": {"rule": "politics-repeat", "version": 3, "case_id": 7},
    }
    assert (post.path, post.headers["Content-Type"]) == ("/hook", "application/json")


def test_it_is_signed_with_each_secret_at_the_time_of_the_try(receiver: Receiver) -> None:
    new, old = b"n" * 32, b"o" * 32
    send(receiver.url(), secrets=(new, old))
    (post,) = receiver.received
    told = post.headers
    assert abs(int(told["webhook-timestamp"]) - time.time()) < 5
    assert told["webhook-signature"].split(" ") == [
        expected(signing.serialised(secret), told["webhook-id"], told["webhook-timestamp"], post.body)
        for secret in (new, old)
    ]


def test_a_repeat_has_the_same_id(receiver: Receiver) -> None:
    send(receiver.url())
    send(receiver.url())
    assert [post.headers["webhook-id"] for post in receiver.received] == ["msg_0123456789ab4def8123456789abcdef"] * 2


@pytest.mark.parametrize("path", ["/a?b=c&d=%20", "/%C3%BC/x;y=1", ""])
def test_path_and_query_arrive_as_they_are(receiver: Receiver, path: str) -> None:
    send(receiver.url(path=path))
    assert receiver.received[0].path == (path or "/")


def test_letters_beyond_ascii_are_escaped(receiver: Receiver) -> None:
    send(receiver.url(path="/ü?q=ß#part"))
    assert receiver.received[0].path == "/%C3%BC?q=%C3%9F"


@pytest.mark.parametrize("mode", ["200", "201", "202", "299", "huge"])
def test_what_takes_it(receiver: Receiver, mode: str) -> None:
    receiver.mode = mode
    send(receiver.url())
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    "mode", ["400", "404", "429", "500", "503", "redirect", "closed", "garbage", "slow", "dripping"]
)
def test_what_is_tried_again(receiver: Receiver, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "TIMEOUT", 0.3)
    receiver.mode = mode
    started = time.monotonic()
    with pytest.raises(RetryableChannelError):
        send(receiver.url())
    assert time.monotonic() - started < 3
    assert [post.path for post in receiver.received] == ["/hook"]


def test_410_ends_it(receiver: Receiver) -> None:
    receiver.mode = "410"
    with pytest.raises(FatalChannelError, match="410"):
        send(receiver.url())


def test_a_receiver_may_ask_for_patience(receiver: Receiver) -> None:
    receiver.mode = "later"
    with pytest.raises(RetryableChannelError) as error:
        send(receiver.url())
    assert error.value.after == timedelta(hours=1)


def test_a_time_that_never_comes_is_no_time(receiver: Receiver) -> None:
    receiver.mode = "never"
    with pytest.raises(RetryableChannelError) as error:
        send(receiver.url())
    assert error.value.after == timedelta()
    assert error.value.answered is not None


def test_nobody_there() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(RetryableChannelError, match="did not answer"):
            send(f"http://127.0.0.1:{bound.getsockname()[1]}/")


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.1/",
        "http:///path",
        "http://user:pass@127.0.0.1/",
        "http://a b/",
        "http://x:99999/",
        "javascript:1",
    ],
)
def test_what_is_no_address_of_a_receiver(address: str) -> None:
    with pytest.raises(FatalChannelError, match="The address"):
        send(address)


# Addresses that only we can reach.


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "017700000001", "0"),
        *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "127。0。0。1", "LOCALHOST"),
    ],
)
def test_this_machine_is_not_called_however_it_is_written(receiver: Receiver, host: str) -> None:
    with pytest.raises(FatalChannelError, match="where nothing may be sent"):
        send(receiver.url(host), Settings())
    assert receiver.received == []


@pytest.mark.parametrize("others", [[], ["93.184.216.34"]])
def test_a_name_that_leads_to_this_machine_is_not_called(receiver: Receiver, names: Names, others: list[str]) -> None:
    names("news.example", *others, "127.0.0.1")
    with pytest.raises(FatalChannelError, match=r"news\.example is at 127\.0\.0\.1"):
        send(receiver.url("news.example"), Settings())
    assert receiver.received == []


def test_a_name_is_resolved_once_and_keeps_its_place_in_the_host_header(receiver: Receiver, names: Names) -> None:
    asked = names("news.example", "127.0.0.1")
    send(receiver.url("news.example"))
    assert asked == ["news.example"]
    assert receiver.received[0].headers["Host"] == f"news.example:{receiver.port}"


def test_the_next_address_is_tried_where_one_is_closed(receiver: Receiver, names: Names) -> None:
    names("news.example", "127.0.0.2", "127.0.0.1")
    send(receiver.url("news.example"))
    assert len(receiver.received) == 1


# TLS.


def test_https(tls: ssl.SSLContext, trust: Callable[[], None]) -> None:
    trust()
    receiver = Receiver(tls)
    with serving(receiver):
        send(receiver.url("localhost"))
    assert len(receiver.received) == 1


@pytest.mark.parametrize(("trusted", "host"), [(False, "localhost"), (True, "127.0.0.1")])
def test_a_certificate_that_does_not_hold(
    tls: ssl.SSLContext, trust: Callable[[], None], trusted: bool, host: str
) -> None:
    if trusted:
        trust()
    receiver = Receiver(tls)
    with serving(receiver), pytest.raises(RetryableChannelError, match="certificate"):
        send(receiver.url(host))
    assert receiver.received == []
