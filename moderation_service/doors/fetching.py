"""Documents that other servers show to everybody: JSON, from an address that somebody else chose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.parse import urlsplit

from moderation_service.errors import Unauthenticated, Unavailable
from moderation_service.outbound import NotReached, Refused, call

Kinds = Mapping[str, str | None]  # media types, each with the profile that it has to name, if any


@dataclass(frozen=True, slots=True)
class Keys:
    """The public keys of an actor or a DID by their names, and the server he is at home on."""

    host: str
    keys: Mapping[str, str]


def fetch_object(url: str, kinds: Kinds, *, allow_private: bool) -> Mapping[str, Any]:
    """The JSON object at an address, which its server has to show as one of these kinds.

    What went wrong is told in few words: who asks chose the address, and is to learn nothing of our network.

    Raises:
        Unavailable: its server does not answer at present.
        Unauthenticated: it has no such document for us.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc or (parts.scheme != "https" and not allow_private):
        raise Unauthenticated("The keys of who sends this are at no https address")
    headers = {"Accept": _accept(kinds), "User-Agent": "moderation-service"}
    try:
        answer = call("GET", url, headers=headers, allow_private=allow_private)
    except NotReached as error:
        raise Unavailable(f"{parts.hostname} does not answer and has to be asked for keys; try again") from error
    except Refused as error:
        raise Unauthenticated(f"{parts.hostname} may not be asked for keys") from error
    if answer.status >= 500:
        raise Unavailable(f"{parts.hostname} answers {answer.status} and has to be asked for keys; try again")
    if answer.status != 200 or not _is_of(answer.headers.get("content-type", ""), kinds):
        raise Unauthenticated(f"{parts.hostname} shows no document with keys there (status {answer.status})")
    return _object(answer.body, parts.hostname)


def _accept(kinds: Kinds) -> str:
    return ", ".join(kind if profile is None else f'{kind}; profile="{profile}"' for kind, profile in kinds.items())


def _is_of(content_type: str, kinds: Kinds) -> bool:
    """Whether a document is of one of these kinds; a profile may stand among others (RFC 6906)."""
    told = Message()
    told["Content-Type"] = content_type
    kind = told.get_content_type()
    return kind in kinds and (kinds[kind] is None or kinds[kind] in str(told.get_param("profile", "")).split())


def _object(body: bytes, host: str | None) -> Mapping[str, Any]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unauthenticated(f"The document with keys of {host} is no JSON, or too long") from error
    if not isinstance(found, dict):
        raise Unauthenticated(f"The document with keys of {host} is no JSON object")
    return found
