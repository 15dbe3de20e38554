"""ActivityPub actors: the keys that they sign with, from the document that each is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from moderation_service.articles.content import text_fault, url_fault
from moderation_service.doors.fetching import Keys, fetch_object
from moderation_service.doors.report import is_name
from moderation_service.errors import Unauthenticated

# No plain JSON: on many hosts readers may leave files of that kind, and would be actors there.
KINDS = {"application/activity+json": None, "application/ld+json": "https://www.w3.org/ns/activitystreams"}
KEYS_MOST = 10  # of one actor; mostly it is one
PEM_LONGEST = 3_000  # characters; an RSA key of 8,192 bits has 1,450


def fetch_keys(actor: str, *, allow_private: bool) -> Keys:
    """The keys that an actor shows as his own, in PEM by their ids.

    Raises:
        Unavailable: as `fetch_object`.
        Unauthenticated: as `fetch_object`, or he shows none that is his.
    """
    document = fetch_object(actor, KINDS, allow_private=allow_private)
    if document.get("id") != actor:
        raise Unauthenticated("The actor's document names another actor")
    keys = dict(_own_keys(document, actor))
    if not keys:
        raise Unauthenticated("The actor shows no key of his own")
    return Keys(host_of(actor), keys)


def require_own(key_id: str, actor: str) -> None:
    """Refuse a key that another host than the actor's could have made up.

    Raises:
        Unauthenticated: it is one.
    """
    if url_fault(key_id) or host_of(key_id) != host_of(actor):
        raise Unauthenticated("The signature's key is on another host than the activity's actor")


def host_of(uri: str) -> str:
    """The host of a URI, with its port if it has one, in lower case."""
    return urlsplit(uri).netloc.lower()


def _own_keys(document: Mapping[str, Any], actor: str) -> Iterator[tuple[str, str]]:
    told = document.get("publicKey")
    for key in told[:KEYS_MOST] if isinstance(told, list) else [told]:
        if not isinstance(key, dict):
            continue
        key_id, pem = key.get("id"), key.get("publicKeyPem")
        if not (isinstance(pem, str) and len(pem) <= PEM_LONGEST and pem.isascii() and text_fault(pem) is None):
            continue
        if is_name(key_id) and key.get("owner") == actor:
            yield key_id, pem
