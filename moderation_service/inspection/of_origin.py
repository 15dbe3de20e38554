"""Whether the page's origin is one of its site's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from moderation_service.inspection.finding import Finding, good, wrong
from moderation_service.inspection.page import is_local
from moderation_service.inspection.seen import Seen

ABOUT = "origin"


def findings(seen: Seen) -> Iterator[Finding]:
    """That it is, or what is nearly the same and is listed."""
    site, origin, origins = seen.known.site, seen.page.origin, seen.known.origins
    if site is None:
        words = "It is not known of which site this page is: no key, no link and no origin tells"
        yield wrong(ABOUT, words, "Name the site: --site SLUG (moderation-service sites list).")
    elif origin in origins:
        yield good(ABOUT, f"{origin} is an origin of {site}")
    else:
        listed = " and ".join(origins) or "none at all"
        words = f"{origin} is no origin of {site}, so that its keys do not work here; there is {listed}"
        remedy = f"moderation-service sites origins {site} {' '.join([*origins, origin])}"
        yield wrong(ABOUT, words + _slip(origin, origins), remedy)


def _slip(origin: str, origins: Sequence[str]) -> str:
    """How one of them nearly is this one, in words; empty when none is near."""
    page = urlsplit(origin)
    for listed in origins:
        other = urlsplit(listed)
        if page.hostname != other.hostname:
            if _bare(page.hostname) == _bare(other.hostname):
                return ". With and without www. are two origins"
            if is_local(page.hostname) and is_local(other.hostname):
                return ". Both are this machine, and yet two origins"
        elif page.scheme != other.scheme:
            return ". http and https are two origins"
        else:
            return ". The port belongs to an origin"
    return ""


def _bare(host: str | None) -> str:
    return (host or "").removeprefix("www.")
