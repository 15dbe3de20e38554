"""The checks of an ID token: whose signature it has, for whom it is, until when, and for which sign-in.

https://openid.net/specs/openid-connect-core-1_0.html, section 3.1.3.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import Key, KeySet, import_key
from joserfc.jws import JWSRegistry

from moderation_service.errors import Unauthenticated
from moderation_service.sites.identities import names_somebody

LEEWAY = 120  # seconds by which the two clocks may differ
# Signed with a key of the provider's own: with a shared secret, whoever knows that could sign.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
KEY_TYPES = frozenset({"RSA", "EC", "OKP"})


class UnknownKey(Unauthenticated):
    """The token is signed with a key that is not among these: it may be a new one."""


def usable(published: object) -> KeySet:
    """Those of a provider's published keys that a token can be checked with; others hinder none."""
    return KeySet([key for each in (published if isinstance(published, list) else []) if (key := _key(each))])


def _key(published: object) -> Key | None:
    if not isinstance(published, dict) or published.get("use", "sig") != "sig" or published.get("kty") not in KEY_TYPES:
        return None
    try:
        return import_key(published)
    except (JoseError, LookupError, ValueError):
        return None


def claims_of(token: Mapping[str, Any], keys: KeySet, *, issuer: str, client_id: str, nonce: str) -> Mapping[str, Any]:
    """What the ID token in a provider's answer says; its signature, issuer, audience, time and nonce are right.

    Raises:
        UnknownKey: it is signed with none of these keys.
        Unauthenticated: something about it is wrong.
    """
    options = {
        "iss": {"essential": True, "value": issuer},
        "aud": {"essential": True, "value": client_id},
        "sub": {"essential": True},
        "exp": {"essential": True},
    }
    expected = {"nonce": nonce, "client_id": client_id, "access_token": token.get("access_token")}
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    try:
        signed = jwt.decode(str(token.get("id_token", "")), keys, registry=registry)
        claims = CodeIDToken(signed.claims, signed.header, options, expected)
        claims.validate(leeway=LEEWAY)
    except InvalidKeyIdError as error:
        raise UnknownKey("The ID token is signed with no key that the provider shows") from error
    except (JoseError, ValueError) as error:
        raise Unauthenticated(f"The ID token is not one for this sign-in: {type(error).__name__}: {error}") from error
    if not names_somebody(claims["sub"]):
        raise Unauthenticated("The ID token's subject is no text of 1 to 255 printable characters")
    return dict(claims)
