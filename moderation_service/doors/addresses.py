"""What this service and its sites are called in other networks; `public_url` is where the service is reached."""

from __future__ import annotations

from urllib.parse import quote, urlsplit


def actor_of(public_url: str, slug: str) -> str:
    """The actor that stands for a site in the Fediverse."""
    return f"{public_url}/activitypub/{slug}"


def inbox_of(public_url: str, slug: str) -> str:
    """Where it takes reports."""
    return f"{actor_of(public_url, slug)}/inbox"


def did_of(public_url: str) -> str:
    """The service's DID; each of its sites is a service of it, by its slug."""
    return "did:web:" + quote(urlsplit(public_url).netloc, safe="")
