"""Whose an address of the web is: the part of it that says so, and whether it is a site's."""

from __future__ import annotations

from urllib.parse import urlsplit

from moderation_service.sites.models import Site

DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """The origin of a web address (RFC 6454), as browsers write it."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    port = "" if parts.port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def own_origins(site: Site) -> frozenset[str]:
    """Where a site's pages stand: under the site's address, or one of the origins of its keys."""
    return frozenset({*site.origins, origin_of(site.url)})


def is_own(site: Site, url: str) -> bool:
    """Whether a page belongs to a site."""
    return origin_of(url) in own_origins(site)
