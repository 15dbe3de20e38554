"""Whether readers' browsers get to the service from this page, and hear its answers."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from moderation_service.inspection.finding import Finding, good, wrong
from moderation_service.inspection.page import is_local
from moderation_service.inspection.seen import Seen
from moderation_service.inspection.trying import ASKED_HEADERS
from moderation_service.outbound import Answer

ABOUT = "service"


def findings(seen: Seen) -> Iterator[Finding]:
    """The address of the service, and its answer to the browser's question before a flag."""
    yield from _address(seen)
    answer = seen.tries.preflight
    if isinstance(answer, str):
        yield wrong(ABOUT, f"The service does not answer at {seen.service}: {answer}", "Start it, or set PUBLIC_URL.")
    elif answer.status >= 500:
        yield wrong(ABOUT, f"The service answers {answer.status}", "Look into its log, and try again.")
    else:
        yield _preflight(seen, answer)
        yield from _form(seen)


def _address(seen: Seen) -> Iterator[Finding]:
    page, service = urlsplit(seen.page.url), urlsplit(seen.service)
    if is_local(service.hostname) and not is_local(page.hostname):
        words = f"PUBLIC_URL is {seen.service}, which for a reader is his own machine"
        yield wrong(ABOUT, words, "Set PUBLIC_URL to the address that readers reach the service at.")
    elif page.scheme == "https" and service.scheme == "http" and not is_local(service.hostname):
        words = "The page is https and the service http: browsers neither load the script nor send a flag"
        yield wrong(ABOUT, words, "Give the service a certificate, and set PUBLIC_URL to its https address.")


def _form(seen: Seen) -> Iterator[Finding]:
    """That the form for readers without JavaScript is not there; nothing where it is."""
    answer = seen.tries.form
    if isinstance(answer, Answer) and answer.status != 200:
        words = f"The form for readers without JavaScript is not there: {seen.service}/flag/{seen.known.site} answers"
        yield wrong(
            "link", f"{words} {answer.status}", "A proxy in front has to pass /flag/ and /r/ on to the service."
        )


def _preflight(seen: Seen, answer: Answer) -> Finding:
    origin, headers = seen.page.origin, answer.headers
    allowed = headers.get("access-control-allow-origin", "")
    missing = [name for name in ASKED_HEADERS if name not in headers.get("access-control-allow-headers", "").lower()]
    if answer.status in range(200, 300) and allowed in {origin, "*"} and not missing:
        return good("cors", f"The service lets scripts from {origin} send flags")
    if origin not in seen.known.origins:
        return wrong("cors", f"The service lets no script from {origin} send flags", "Mend the origins first.")
    words = f"{origin} is allowed, and yet {seen.service} answers the browser's question (OPTIONS) without saying so"
    remedy = (
        "Changed origins are known everywhere within seconds. If it stays so, a proxy in front answers OPTIONS itself "
        "or takes the Access-Control headers away: let it pass both on."
    )
    return wrong("cors", words, remedy)
