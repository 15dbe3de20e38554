"""Messages, real receivers, and certificates that this machine trusts for the length of a test."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from moderation_service.config import Settings
from moderation_service.notifications.channels import Message
from tests.notifications.sinks import MailSink, Receiver, serving

UID = UUID("01234567-89ab-4def-8123-456789abcdef")
OPEN = Settings(webhook_allow_private=True)


def make_message(recipient: str, **changes: Any) -> Message:
    """A message about a rule that fired."""
    fields: dict[str, Any] = {
        "uid": UID,
        "recipient": recipient,
        "kind": "rule.fired",
        "subject": "Politics repeat fired on case 7",
        "facts": {"rule": "politics-repeat", "version": 3, "case_id": 7},
        "created_at": datetime(2026, 11, 22, 18, 0, tzinfo=UTC),
        "secrets": (b"n" * 32,),
    }
    return Message(**(fields | changes))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver):
        yield receiver


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    with serving(sink):
        yield sink


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of `localhost`, with its key in the same file."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate, both = folder / "key.pem", folder / "certificate.pem", folder / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    both.write_text(key.read_text() + certificate.read_text())
    return both


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """What a server on `localhost` needs to speak TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trust(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets clients trust that certificate, once called."""
    return lambda: monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
