"""The door to an OpenID Connect provider: the authorization code flow with PKCE, and the checks of what comes back.

https://openid.net/specs/openid-connect-core-1_0.html, section 3.1; RFC 7636; RFC 9207.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, cast
from urllib.parse import urlsplit

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

from moderation_service.config import ConfigError, Settings
from moderation_service.errors import Unauthenticated, Unavailable
from moderation_service.sites import id_token
from moderation_service.sites.identities import Identity

log = structlog.get_logger()

RETURN_PATH = "/console/sign-in/openid/return"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
TIMEOUT = (3.0, 5.0)  # seconds to get through, and for each wait after that
KEPT = 3600.0  # seconds that the provider's document and keys are used without asking again
RENEWED = 60.0  # seconds after which a key that is not among them may be a new one
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in under way: three secrets that only the browser it began in knows."""

    state: str
    nonce: str
    verifier: str


def provider_of(settings: Settings) -> Provider | None:
    """The provider that the settings name, if they name one.

    Raises:
        ConfigError: what they say cannot work.
    """
    if not settings.oidc_issuer:
        if not settings.password_sign_in:
            raise ConfigError("PASSWORD_SIGN_IN is off and OIDC_ISSUER is not set: nobody could sign in")
        return None
    settings.require("oidc_client_id")
    if not _is_safe(settings.oidc_issuer, insecure=False):
        raise ConfigError("OIDC_ISSUER is no https:// address")
    return Provider(settings)


class Provider:
    """One provider, as one process knows it; opens no connection before it is needed."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.label = settings.oidc_label or urlsplit(self.issuer).hostname or self.issuer
        self._settings = settings
        self._document = _Kept(self._fetch_document)
        self._keys = _Kept(self._fetch_keys)

    def start(self) -> tuple[str, Attempt]:
        """Where to send a browser for a sign-in, and what it has to bring back.

        Raises:
            Unavailable: the provider does not answer, or not as it should.
        """
        attempt = Attempt(*(secrets.token_urlsafe(48) for _ in range(3)))
        endpoint = self._document.get()["authorization_endpoint"]
        with self._client() as client:
            address, _ = client.create_authorization_url(
                endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return address, attempt

    def finish(self, attempt: Attempt, code: str, *, said_by: str | None) -> Identity:
        """Who has signed in at the provider, for the code that it gave the browser; `said_by` is the answer's `iss`.

        Raises:
            Unavailable: the provider does not answer, or not as it should.
            Unauthenticated: the answer is not this provider's, the code is worth nothing, or the ID token is not one
                for this sign-in.
        """
        self._require_own(said_by)
        token = self._exchange(attempt, code)
        try:
            claims = self._checked(token, attempt)
        except Unauthenticated as error:
            log.warning("openid.refused", error=error.message)
            raise
        return Identity(self.issuer, claims["sub"], claims)

    def _require_own(self, said_by: str | None) -> None:
        """Nothing, where an answer names this provider, or none and this one does not announce that it will (RFC 9207).

        Raises:
            Unauthenticated: it may be another one's.
        """
        announced = self._document.get().get("authorization_response_iss_parameter_supported") is True
        if said_by != self.issuer and (said_by is not None or announced):
            log.warning("openid.refused", error="the answer is not the provider's")
            raise Unauthenticated("Nobody has signed in at the provider")

    def _client(self, method: str | None = None) -> Any:
        settings = self._settings
        return OAuth2Session(
            settings.oidc_client_id,
            settings.oidc_client_secret or None,
            token_endpoint_auth_method=method,
            scope=" ".join(dict.fromkeys(["openid", *settings.oidc_scopes.split()])),
            redirect_uri=settings.public_url.rstrip("/") + RETURN_PATH,
            code_challenge_method="S256",
            default_timeout=TIMEOUT,
        )

    def _exchange(self, attempt: Attempt, code: str) -> Mapping[str, Any]:
        document = self._document.get()
        try:
            with self._client(self._method(document)) as client:
                found = client.fetch_token(
                    document["token_endpoint"], code=code, code_verifier=attempt.verifier, allow_redirects=False
                )
        except AuthlibBaseError as error:
            log.warning("openid.refused", error=str(error))
            raise Unauthenticated("The provider does not take this code") from error
        except (RequestException, ValueError) as error:
            raise _away(error) from error
        return cast(Mapping[str, Any], found)

    def _method(self, document: Mapping[str, Any]) -> str:
        """How to show the secret: in the form where it may be, for of a header not all read special letters alike."""
        if not self._settings.oidc_client_secret:
            return "none"
        offered = document.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_post" if "client_secret_post" in offered else "client_secret_basic"

    def _checked(self, token: Mapping[str, Any], attempt: Attempt) -> Mapping[str, Any]:
        check = partial(
            id_token.claims_of,
            token,
            issuer=self.issuer,
            client_id=self._settings.oidc_client_id,
            nonce=attempt.nonce,
        )
        try:
            return check(self._keys.get())
        except id_token.UnknownKey:
            return check(self._keys.get(younger_than=RENEWED))

    def _fetch_document(self) -> Any:
        found = self._fetch(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise _away(f"OIDC_ISSUER is {self.issuer}, but its document says {found.get('issuer')}")
        insecure = not self.issuer.startswith("https://")
        wrong = [name for name in ENDPOINTS if not _is_safe(found.get(name), insecure=insecure)]
        if wrong:
            raise _away(f"its document has no safe address as {', '.join(wrong)}")
        return found

    def _fetch_keys(self) -> Any:
        keys = id_token.usable(self._fetch(self._document.get()["jwks_uri"]).get("keys"))
        if not keys:
            raise _away("it shows no key that an ID token can be checked with")
        return keys

    def _fetch(self, address: str) -> dict[str, Any]:
        try:
            with self._client() as client:
                answer = client.get(address, withhold_token=True, allow_redirects=False)
            found = answer.json() if answer.status_code == 200 else None
        except (RequestException, ValueError) as error:
            raise _away(error) from error
        if not isinstance(found, dict):
            raise _away(f"{address} answers {answer.status_code}, or no JSON object")
        return found


class _Kept:
    """Something of the provider's that is fetched when it is first needed, and again when it is old."""

    def __init__(self, fetch: Callable[[], Any]) -> None:
        self._fetch = fetch
        self._fetched: tuple[float, Any] | None = None

    def get(self, *, younger_than: float = KEPT) -> Any:
        """It, fetched less than so many seconds ago."""
        fetched = self._fetched
        if fetched is None or time.monotonic() - fetched[0] >= younger_than:
            # Two threads that find it old both fetch it, which does no harm.
            fetched = self._fetched = (time.monotonic(), self._fetch())
        return fetched[1]


def _is_safe(address: object, *, insecure: bool) -> bool:
    """Whether what is said to this address stays between us and the provider."""
    try:
        parts = urlsplit(address if isinstance(address, str) else "")
    except ValueError:
        return False
    if not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and (insecure or parts.hostname in LOOPBACK))


def _away(why: object) -> Unavailable:
    log.warning("openid.away", error=str(why))
    return Unavailable("The provider does not answer as it should")
