"""An ID token is taken only when everything about it is right; each other one differs in one thing."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from moderation_service.errors import Unauthenticated
from moderation_service.sites.id_token import UnknownKey, claims_of, usable

ISSUER, CLIENT, NONCE = "https://login.example", "moderation", "a nonce"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": kid}) for kid in ("one", "two"))
PUBLISHED = usable([KEY.as_dict(private=False)])


def token(key: RSAKey = KEY, **changes: Any) -> dict[str, Any]:
    """A provider's answer with an ID token that is right but for these claims; None leaves one out."""
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "ada", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": NONCE} | changes
    said = {name: value for name, value in claims.items() if value is not None}
    return {"id_token": jwt.encode({"alg": "RS256", "kid": "one"}, said, key), "access_token": "any"}


def checked(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    return claims_of(answer, PUBLISHED, issuer=ISSUER, client_id=CLIENT, nonce=NONCE)


def test_one_that_is_right_says_who_it_is() -> None:
    assert checked(token())["sub"] == "ada"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": ISSUER + "/"},
        {"aud": "another"},
        {"aud": "another", "azp": CLIENT},
        {"aud": [CLIENT, "another"]},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"azp": "another"},
        {"exp": int(time.time()) - 300},
        {"exp": "tomorrow"},
        {"nbf": int(time.time()) + 3000},
        {"nonce": "another"},
        {"at_hash": "another"},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 256},
        {"sub": "a\nb"},
        *({name: None} for name in ("iss", "sub", "aud", "exp", "iat", "nonce")),
    ],
)
def test_one_with_a_wrong_claim_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        checked(token(**changes))


@pytest.mark.parametrize("text", ["", "x", "x.y.z", "e30.e30.", "null"])
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(Unauthenticated):
        checked({"id_token": text})


@pytest.mark.parametrize(("alg", "secret"), [("none", None), ("HS256", KEY.as_pem(private=False))])
def test_one_that_anybody_could_have_signed_is_refused(alg: str, secret: bytes | None) -> None:
    _, claims, _ = token()["id_token"].split(".")
    signed = ".".join([_base64(json.dumps({"alg": alg, "kid": "one"}).encode()), claims])
    mark = hmac.digest(secret, signed.encode(), "sha256") if secret else b""
    with pytest.raises(Unauthenticated):
        checked({"id_token": f"{signed}.{_base64(mark)}"})


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def test_one_signed_with_another_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        checked(token(OTHER))


def test_a_key_that_is_not_published_may_be_a_new_one() -> None:
    answer = {"id_token": jwt.encode({"alg": "RS256", "kid": "two"}, {}, OTHER)}
    with pytest.raises(UnknownKey):
        checked(answer)


@pytest.mark.parametrize(
    "other",
    [
        {"kty": "AKP", "kid": "a kind of tomorrow"},
        {"kty": "EC", "crv": "a curve of tomorrow", "x": "AA", "y": "AA"},
        {"kty": "RSA", "kid": "broken"},
        {"kty": "oct", "k": "c2VjcmV0"},
        OTHER.as_dict(private=False, use="enc"),
        "nonsense",
    ],
)
def test_a_key_that_is_of_no_use_hinders_no_other(other: object) -> None:
    assert [key.kid for key in usable([other, KEY.as_dict(private=False)])] == ["one"]


def test_what_is_no_list_of_keys_has_none() -> None:
    assert not usable({"keys": []})
