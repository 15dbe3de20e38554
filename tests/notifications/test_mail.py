"""Mail to a real server, in each of its moods."""

from __future__ import annotations

import base64
import ssl
import time
from collections.abc import Callable
from typing import Any

import pytest

from moderation_service.config import Settings
from moderation_service.notifications.channels import FatalChannelError, RetryableChannelError, mail
from moderation_service.notifications.channels.mail import server_of
from tests.factories import UNMAILABLE
from tests.notifications.conftest import make_message
from tests.notifications.sinks import Letter, MailSink, serving

SENDER = "The Courier's desk <desk@courier.example>"
ADA = "ada@courier.example"


def through(sink: MailSink, **changes: Any) -> Settings:
    fields: dict[str, Any] = {"smtp_url": sink.url, "mail_from": SENDER}
    return Settings(**(fields | changes))


def sent(sink: MailSink, recipient: str = ADA, **changes: Any) -> Letter:
    mail.send(make_message(recipient, **changes), through(sink))
    return sink.letters[-1]


def test_envelope_and_headers(sink: MailSink) -> None:
    letter = sent(sink)
    assert (letter.sender, letter.recipients) == ("desk@courier.example", [ADA])
    told = letter.mail
    assert (told["From"], told["To"]) == (SENDER, ADA)
    assert told["Subject"] == "Politics repeat fired on case 7"
    assert told["Date"].datetime.isoformat() == "2026-11-22T18:00:00+00:00"
    assert told["Auto-Submitted"] == "auto-generated"


def test_it_is_said_in_plain_text_and_in_html(sink: MailSink) -> None:
    letter = sent(sink, facts={"rule": "<b>", "version": 1, "case_id": 7})
    assert letter.text().splitlines() == ["The rule <b>, version 1, fired on case 7."]
    assert "<p>The rule &lt;b&gt;, version 1, fired on case 7.</p>" in letter.text("html")


def test_a_repeat_has_the_same_message_id(sink: MailSink) -> None:
    assert {sent(sink).mail["Message-ID"] for _ in range(2)} == {"<0123456789ab4def8123456789abcdef@courier.example>"}


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x00"])
def test_a_subject_starts_no_header_of_its_own(sink: MailSink, end: str) -> None:
    letter = sent(sink, subject=f"Ferry{end}Bcc: eve@evil.example")
    assert letter.mail["Bcc"] is None
    assert letter.recipients == [ADA]
    assert letter.mail["Subject"].replace(" ", "") == "FerryBcc:eve@evil.example"


@pytest.mark.parametrize("hidden", ["", "\u202e"])
def test_an_encoded_word_in_a_subject_is_no_other_words(sink: MailSink, hidden: str) -> None:
    letter = sent(sink, subject=f"=?utf-8?q?Ferry=0D=0ABcc=3A_eve=40evil.example=0D=0A=0D=0APay_here?= {hidden}=?x")
    assert letter.mail["Bcc"] is None
    assert "Pay here" not in letter.mail.as_string()
    assert "Ferry=0D=0ABcc" in letter.mail["Subject"]


def test_letters_beyond_ascii(sink: MailSink) -> None:
    letter = sent(sink, subject="Fähre zurück 渡", facts={"rule": "Fähre", "version": 1, "case_id": 1})
    assert letter.mail["Subject"] == "Fähre zurück 渡"
    assert "Fähre" in letter.text()


@pytest.mark.parametrize(
    "recipient",
    [
        *("", "ada", "ada@", "@courier.example", "a da@courier.example", "ada@courier.example\r\nRCPT TO:<eve@x>"),
        *("=?utf-8?q?ada=2Ceve?=@courier.example", "=?us-ascii?q??=@courier.example"),
        *("ada@courier.example, eve@x", "Ada <ada@courier.example>", "ada@a@b", '"a b"@c', "a" * 250 + "@b.example"),
        *UNMAILABLE,
    ],
)
def test_what_is_no_plain_address_gets_nothing(sink: MailSink, recipient: str) -> None:
    with pytest.raises(FatalChannelError, match="not a plain mail address"):
        sent(sink, recipient)
    assert sink.letters == []


def test_domains_beyond_ascii_travel_in_their_a_labels(sink: MailSink) -> None:
    letter = sent(sink, "ada@bücher.example")
    assert letter.recipients == ["ada@xn--bcher-kva.example"]
    assert letter.mail["To"] == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize("step", ["CONNECT", "MAIL", "RCPT", "DATA", "END"])
def test_refused_for_now_is_tried_again(sink: MailSink, step: str) -> None:
    sink.answers[step] = "451 4.7.1 come back later"
    with pytest.raises(RetryableChannelError, match="451"):
        sent(sink)
    assert sink.letters == []


@pytest.mark.parametrize("step", ["CONNECT", "MAIL", "RCPT", "DATA", "END"])
def test_refused_for_good_is_for_a_person(sink: MailSink, step: str) -> None:
    sink.answers[step] = "550 5.1.1 no such mailbox"
    with pytest.raises(FatalChannelError, match="550"):
        sent(sink)
    assert sink.letters == []


@pytest.mark.parametrize("answer", ["421 too late", "garbage"])
def test_once_taken_it_is_sent_however_the_farewell_goes(sink: MailSink, answer: str) -> None:
    sink.answers["QUIT"] = answer
    assert sent(sink).recipients == [ADA]


@pytest.mark.parametrize("step", ["CONNECT", "RCPT", "END"])
def test_a_server_that_falls_silent_is_tried_again(sink: MailSink, step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.2)
    sink.silent = {step}
    started = time.monotonic()
    with pytest.raises(RetryableChannelError, match="did not answer"):
        sent(sink)
    assert time.monotonic() - started < 3


def test_nobody_there(sink: MailSink) -> None:
    nowhere = Settings(smtp_url="smtp://127.0.0.1:1", mail_from=SENDER)
    with pytest.raises(RetryableChannelError, match="did not answer"):
        mail.send(make_message(ADA), nowhere)


# Settings.


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"smtp_url": ""}, "SMTP_URL is not set"),
        ({"mail_from": ""}, "MAIL_FROM is not set"),
        ({"smtp_url": "http://localhost"}, "SMTP_URL is not like"),
        ({"smtp_url": "smtp://"}, "SMTP_URL is not like"),
        ({"smtp_url": "smtp://localhost:port"}, "SMTP_URL is not a URL"),
        ({"mail_from": "desk"}, "MAIL_FROM is not like"),
    ],
)
def test_settings_that_lack_something_are_named(sink: MailSink, changes: dict[str, Any], words: str) -> None:
    with pytest.raises(FatalChannelError, match=words):
        mail.send(make_message(ADA), through(sink, **changes))


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp://mail.example:587?starttls=1", 587, False, True),
        ("smtps://mail.example", 465, True, False),
    ],
)
def test_what_the_url_says(url: str, port: int, tls: bool, starttls: bool) -> None:
    server = server_of(url)
    assert (server.host, server.port, server.tls, server.starttls) == ("mail.example", port, tls, starttls)


def test_name_and_password(sink: MailSink) -> None:
    url = f"smtp://desk%40courier:p%3Aw@localhost:{sink.port}"
    mail.send(make_message(ADA), through(sink, smtp_url=url))
    (line,) = sink.logins
    assert base64.b64decode(line.split(" ")[2]) == b"\x00desk@courier\x00p:w"


def test_wrong_password_is_for_a_person(sink: MailSink) -> None:
    sink.answers["AUTH"] = "535 5.7.8 no"
    url = f"smtp://desk:wrong@localhost:{sink.port}"
    with pytest.raises(FatalChannelError, match="535"):
        mail.send(make_message(ADA), through(sink, smtp_url=url))


# TLS.


@pytest.mark.parametrize(("scheme", "query"), [("smtp", "?starttls=1"), ("smtps", "")])
def test_encrypted(tls: ssl.SSLContext, trust: Callable[[], None], scheme: str, query: str) -> None:
    trust()
    sink = MailSink(tls, tls=scheme == "smtps")
    with serving(sink):
        mail.send(make_message(ADA), through(sink, smtp_url=f"{scheme}://localhost:{sink.port}{query}"))
    assert sink.encrypted == [True]


def test_a_server_without_the_encryption_that_was_asked_for_gets_nothing(sink: MailSink) -> None:
    with pytest.raises(FatalChannelError, match="STARTTLS"):
        mail.send(make_message(ADA), through(sink, smtp_url=f"{sink.url}?starttls=1"))
    assert sink.letters == []


def test_a_server_with_a_certificate_that_nobody_trusts_gets_nothing(tls: ssl.SSLContext) -> None:
    sink = MailSink(tls)
    with serving(sink), pytest.raises(RetryableChannelError, match="certificate"):
        mail.send(make_message(ADA), through(sink, smtp_url=f"{sink.url}?starttls=1"))
    assert sink.letters == []


@pytest.mark.parametrize(
    "words",
    [
        "Schüler müssen über die Brücke: Der Artikel im Stadtwald bleibt, wie er ist, und die Entscheidung gilt",
        "Der Artikel „Im Stadtwald streitet man über die Mühle und über das Wehr“ bleibt, wie er ist",
        "A long headline of plain words that goes on for longer than the one line which a header has at first",
        "W" * 120,
        "渡し船が戻った" * 12,
    ],
)
def test_a_long_subject_is_read_as_it_was_written(sink: MailSink, words: str) -> None:
    letter = sent(sink, subject=words)
    assert str(letter.mail["Subject"]) == words
    raw = letter.mail.as_bytes().partition(b"Subject: ")[2].splitlines()[0]
    assert raw.strip()
