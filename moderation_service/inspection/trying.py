"""Asking the service what a browser on the page would ask it."""

from __future__ import annotations

from collections.abc import Mapping

from moderation_service import outbound
from moderation_service.inspection.page import Page
from moderation_service.inspection.seen import Named, Tries
from moderation_service.inspection.visiting import is_web_address

READ_MOST = 256 * 1024  # bytes of a script
# What the script sends with a flag that browsers ask about first.
ASKED_HEADERS = ("authorization", "content-type", "idempotency-key")


def tried(page: Page, named: Named, service: str, site: str | None) -> Tries:
    """The script asked for, if it is this service's; the question before a flag is sent; and the form of the site."""
    src = next((page.address(tag["src"]) for tag in named.scripts), "")
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": ",".join(ASKED_HEADERS)}
    return Tries(
        script=_answer("GET", src, page.origin) if src.startswith(f"{service}/") else None,
        preflight=_answer("OPTIONS", f"{service}/v1/flags", page.origin, preflight),
        form=_answer("GET", f"{service}/flag/{site}", page.origin) if site else None,
    )


def _answer(method: str, url: str, origin: str, headers: Mapping[str, str] | None = None) -> outbound.Answer | str:
    if not is_web_address(url):
        return f"{url} is no address"
    told = {"Origin": origin, "Accept-Encoding": "identity", **(headers or {})}
    try:
        return outbound.call(method, url, headers=told, allow_private=True, read_most=READ_MOST)
    except (outbound.NotReached, outbound.Refused) as error:
        return str(error)
