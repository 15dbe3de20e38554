"""Going to a page as a browser would, without its scripts."""

from __future__ import annotations

import re
import zlib
from urllib.parse import urljoin, urlsplit

from moderation_service import outbound
from moderation_service.inspection.finding import Finding, wrong
from moderation_service.inspection.page import DEFAULT_PORTS, Page

READ_MOST = 4 * 1024 * 1024  # bytes of a page
REDIRECTS_MOST = 5
HEADERS = {"Accept": "text/html", "Accept-Encoding": "gzip", "User-Agent": "moderation-service site check"}
CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]+)", re.IGNORECASE)
GZIP = 16 + zlib.MAX_WBITS


class Unseen(Exception):
    """There is no page to look at; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.words)
        self.finding = finding


def visit(url: str) -> Page:
    """The page at an address, or where that leads to.

    Raises:
        Unseen: nobody answered, or not with a page.
    """
    for _ in range(REDIRECTS_MOST + 1):
        answer = _asked(url)
        if not 300 <= answer.status < 400 or "location" not in answer.headers:
            return Page.of(url, answer.headers, _html(url, answer))
        url = urljoin(url, answer.headers["location"])
    raise _unseen(
        f"The address leads on and on, last to {url}", "Check the page's own address, at which it answers 200."
    )


def _asked(url: str) -> outbound.Answer:
    if not is_web_address(url):
        raise _unseen(f"{url} is no address of a page", "Name a page as readers open it: https://news.example/article")
    try:
        return outbound.call("GET", url, headers=HEADERS, allow_private=True, read_most=READ_MOST)
    except (outbound.NotReached, outbound.Refused) as error:
        raise _unseen(str(error), "Open the page in a browser on this machine; it has 10 seconds to answer.") from error


def is_web_address(url: str) -> bool:
    """Whether something can be asked for at this address by HTTP."""
    try:
        parts = urlsplit(url)
        return parts.scheme in DEFAULT_PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _html(url: str, answer: outbound.Answer) -> str:
    kind = answer.headers.get("content-type", "")
    if answer.status != 200:
        raise _unseen(f"{url} answers {answer.status}", "Check a page that readers can open without signing in.")
    if kind.partition(";")[0].strip().lower() not in {"text/html", "application/xhtml+xml"}:
        raise _unseen(f"{url} is {kind or 'of no kind that it tells'}", "Check a page: something that is text/html.")
    body = _unpacked(answer)
    if not answer.whole:
        raise _unseen(f"{url} did not come whole", "A page has 10 seconds, and 4 MiB, to be looked at.")
    told = CHARSET.search(kind) or CHARSET.search(body[:1024].decode("latin-1"))
    return _decoded(body, told[1] if told else "utf-8")


def _unpacked(answer: outbound.Answer) -> bytes:
    coding = answer.headers.get("content-encoding", "identity").strip().lower()
    if coding in {"", "identity"}:
        return answer.body
    try:
        if coding == "gzip":
            return zlib.decompressobj(GZIP).decompress(answer.body, READ_MOST)
    except zlib.error:
        pass
    raise _unseen(
        f"The page is packed as {coding!r}, which cannot be read", "Send it plain to who accepts nothing else."
    )


def _decoded(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset, "replace")
    except LookupError:
        return body.decode("utf-8", "replace")


def _unseen(words: str, remedy: str) -> Unseen:
    return Unseen(wrong("page", words, remedy))
