"""Decentralised identifiers, as far as the AT Protocol has them: did:plc and did:web, and the key in their documents.

https://atproto.com/specs/did, https://atproto.com/specs/cryptography
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP256R1, EllipticCurve, EllipticCurvePublicKey

from moderation_service.articles.content import url_fault
from moderation_service.doors.fetching import Keys, fetch_object
from moderation_service.doors.report import is_name
from moderation_service.errors import Unauthenticated

KINDS = dict.fromkeys(("application/did+ld+json", "application/did+json", "application/ld+json", "application/json"))
PLC = re.compile(r"did:plc:[a-z2-7]{24}")
WEB = re.compile(r"did:web:([a-zA-Z0-9.-]{1,253}(?:%3A[0-9]{1,5})?)")
SIGNING = "atproto"  # the name of the key that an account's server signs with
_LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_CURVES: dict[bytes, EllipticCurve] = {b"\xe7\x01": SECP256K1(), b"\x80\x24": SECP256R1()}
LONGEST_KEY = 100  # characters; those there are have 49


def is_did(value: object) -> bool:
    """Whether this is a DID of one of the two methods."""
    if not isinstance(value, str):
        return False
    web = WEB.fullmatch(value)
    return bool(PLC.fullmatch(value)) if web is None else url_fault(f"https://{unquote(web[1])}") is None


def fetch_keys(did: str, *, directory: str, allow_private: bool) -> Keys:
    """The key that an account signs with, as a multikey; `directory` is that of did:plc.

    Raises:
        Unavailable: as `fetch_object`.
        Unauthenticated: as `fetch_object`, or the document is another's or shows no key.
    """
    document = fetch_object(_address(did, directory, local=allow_private), KINDS, allow_private=allow_private)
    if document.get("id") != did:
        raise Unauthenticated("The DID's document names another DID")
    keys = dict(_signing_key(document, did))
    if not keys:
        raise Unauthenticated("The DID's document shows no key to sign with")
    return Keys(_home(document) or did, keys)


def _address(did: str, directory: str, *, local: bool) -> str:
    web = WEB.fullmatch(did)
    if web is None:
        return f"{directory.rstrip('/')}/{did}"
    host = unquote(web[1])
    scheme = "http" if local and host.partition(":")[0] == "localhost" else "https"
    return f"{scheme}://{host}/.well-known/did.json"


def _members(document: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    told = document.get(name)
    return (each for each in told if isinstance(each, dict)) if isinstance(told, list) else iter(())


def _signing_key(document: Mapping[str, Any], did: str) -> Iterator[tuple[str, str]]:
    for key in _members(document, "verificationMethod"):
        is_it = key.get("id") in (f"#{SIGNING}", f"{did}#{SIGNING}") and key.get("controller") == did
        told = key.get("publicKeyMultibase")
        if is_it and key.get("type") == "Multikey" and is_name(told) and len(told) <= LONGEST_KEY:
            yield SIGNING, told


def _home(document: Mapping[str, Any]) -> str | None:
    """The host that keeps the account."""
    for service in _members(document, "service"):
        endpoint = service.get("serviceEndpoint")
        if service.get("type") == "AtprotoPersonalDataServer" and is_name(endpoint) and url_fault(endpoint) is None:
            return urlsplit(endpoint).netloc.lower()
    return None


def public_key(multikey: str) -> EllipticCurvePublicKey:
    """The key in a multikey: base58btc of a prefix that names the curve, and the point in its short form.

    Raises:
        Unauthenticated: it is none, or on another curve than secp256k1 and P-256.
    """
    try:
        data = _base58(multikey.removeprefix("z")) if multikey.startswith("z") else b""
        return EllipticCurvePublicKey.from_encoded_point(_CURVES[data[:2]], data[2:])
    except (ValueError, KeyError) as error:
        raise Unauthenticated("The DID's key is no multikey of secp256k1 or P-256") from error


def _base58(told: str) -> bytes:
    value = 0
    for letter in told:
        value = value * 58 + _LETTERS.index(letter)
    return value.to_bytes((value.bit_length() + 7) // 8, "big")
