"""What is asked of a provider, how often, and what becomes of one that answers nonsense: by a stand-in that counts."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from moderation_service.config import ConfigError, Settings
from moderation_service.errors import Unauthenticated, Unavailable
from moderation_service.sites import provider as door
from moderation_service.sites.provider import Provider, provider_of

KEYS = {kid: RSAKey.generate_key(2048, {"kid": kid}) for kid in ("first", "second")}


class StandIn(ThreadingHTTPServer):
    """Says what it is told to say, and counts who asks for what; its ID tokens are signed with the key `kid`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.kid, self.nonce = "first", ""
        self.asked: list[str] = []
        self.shown: list[str | None] = []
        self.document: dict[str, Any] = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/auth",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def answer(self, path: str) -> dict[str, Any]:
        """What is at a path."""
        self.asked.append(path)
        if path == "/keys":
            return {"keys": [KEYS[self.kid].as_dict(private=False)]}
        return self.document if path.startswith("/.well-known/") else {"id_token": self._token(), "access_token": "x"}

    def _token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "ada", "aud": "us", "exp": now + 60, "iat": now, "nonce": self.nonce}
        return jwt.encode({"alg": "RS256", "kid": self.kid}, claims, KEYS[self.kid])


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        self.server.shown.append(self.headers["Authorization"])
        body = json.dumps(self.server.answer(self.path)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (as http.server calls it)

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def knowing(stand_in: StandIn, **changes: Any) -> Provider:
    """The stand-in as a service knows it."""
    found = provider_of(Settings(oidc_issuer=stand_in.issuer, oidc_client_id="us", **changes))
    assert found is not None
    return found


def sign_in(provider: Provider, stand_in: StandIn) -> str:
    """Sign in once; who that was."""
    _, attempt = provider.start()
    stand_in.nonce = attempt.nonce
    return provider.finish(attempt, "a code", said_by=None).subject


def test_document_and_keys_are_fetched_once(stand_in: StandIn) -> None:
    provider = knowing(stand_in)
    assert [sign_in(provider, stand_in) for _ in range(3)] == ["ada"] * 3
    assert sorted(set(stand_in.asked)) == ["/.well-known/openid-configuration", "/keys", "/token"]
    assert len(stand_in.asked) == 5


def test_they_are_fetched_again_when_they_are_old(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = knowing(stand_in)
    sign_in(provider, stand_in)
    later = time.monotonic() + door.KEPT
    monkeypatch.setattr(time, "monotonic", lambda: later)
    sign_in(provider, stand_in)
    assert stand_in.asked.count("/keys") == 2


def test_a_key_that_is_new_is_fetched_but_not_again_and_again(
    stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider = knowing(stand_in)
    sign_in(provider, stand_in)
    stand_in.kid = "second"
    with pytest.raises(Unauthenticated):
        sign_in(provider, stand_in)
    soon = time.monotonic() + door.RENEWED
    monkeypatch.setattr(time, "monotonic", lambda: soon)
    assert sign_in(provider, stand_in) == "ada"
    assert stand_in.asked.count("/keys") == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://evil.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"jwks_uri": "ftp://login.example/keys"},
        {"authorization_endpoint": ["x"]},
    ],
)
def test_a_document_that_cannot_be_trusted_is_none(stand_in: StandIn, changes: dict[str, Any]) -> None:
    stand_in.document |= changes
    with pytest.raises(Unavailable):
        knowing(stand_in).start()


@contextmanager
def silence() -> Iterator[str]:
    """An address where somebody listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_nobody_is_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TIMEOUT", (0.1, 0.1))
    with silence() as issuer:
        provider = provider_of(Settings(oidc_issuer=issuer, oidc_client_id="us"))
        assert provider is not None
        with pytest.raises(Unavailable):
            provider.start()


@pytest.mark.parametrize(("secret", "shown"), [("", None), ("a-secret", "Basic dXM6YS1zZWNyZXQ=")])
def test_the_secret_is_shown_for_a_code_and_nowhere_else(stand_in: StandIn, secret: str, shown: str | None) -> None:
    sign_in(knowing(stand_in, oidc_client_secret=secret), stand_in)
    assert dict(zip(stand_in.asked, stand_in.shown, strict=True)) == {
        "/.well-known/openid-configuration": None,
        "/token": shown,
        "/keys": None,
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"password_sign_in": False},
        {"oidc_issuer": "https://login.example"},
        {"oidc_issuer": "http://login.example", "oidc_client_id": "us"},
        {"oidc_issuer": "login.example", "oidc_client_id": "us"},
        {"oidc_issuer": "https://", "oidc_client_id": "us"},
        {"oidc_issuer": "https://[login.example", "oidc_client_id": "us"},
    ],
)
def test_settings_that_cannot_work_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        provider_of(Settings(**changes))


def test_without_an_issuer_there_is_no_provider() -> None:
    assert provider_of(Settings()) is None
