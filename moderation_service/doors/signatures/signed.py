"""Which of the two ways a request is signed in."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from moderation_service.doors.signatures import cavage, structured
from moderation_service.doors.signatures.message import Message, Signed
from moderation_service.errors import Unauthenticated


def signed(message: Message, now: datetime) -> Signed:
    """The signature of a request that was sent to us: one made for another host could be an old one, sent on.

    Raises:
        Unauthenticated: it has none, or none that can be one for this request.
    """
    if message.headers.get("host", "").lower() != urlsplit(message.url).netloc.lower():
        raise Unauthenticated(f"The request is for another host than {urlsplit(message.url).netloc}")
    if "signature-input" in message.headers:
        return structured.read(message)
    if "signature" not in message.headers:
        raise Unauthenticated("Sign the request (HTTP signatures), or send a secret key of the site")
    return cavage.read(message, now)
