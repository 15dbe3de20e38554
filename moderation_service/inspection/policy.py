"""What a page's Content-Security-Policy lets it load and call (W3C CSP Level 3, sections 2.2 and 6.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from moderation_service.inspection.page import DEFAULT_PORTS, Attributes, Page, port_of

HOST_SOURCE = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.-]*)://)?(?P<host>\*|(?:\*\.)?[a-z0-9_-]+(?:\.[a-z0-9_-]+)*)"
    r"(?::(?P<port>[0-9]+|\*))?(?P<path>/[^?#]*)?",
    re.IGNORECASE,
)
SCHEME_SOURCE = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
# In place of a directive that a policy does not have stands the next of these that it has.
DEFAULT = "default-src"
SCRIPT = ("script-src-elem", "script-src", DEFAULT)
CONNECT = ("connect-src", DEFAULT)
UPGRADES = {("http", "https")}
URL_SAFE = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy of a page, with where it was said; each of several has to allow a thing."""

    said_in: str
    directives: dict[str, list[str]]

    def directive(self, names: Sequence[str]) -> str | None:
        """The first of these directives that it has; None for none, which allows everything."""
        return next((name for name in names if name in self.directives), None)

    def allows_script(self, url: str, tag: Attributes, page: Page) -> bool:
        """Whether it lets the page load a script that stands in the page's HTML."""
        directive = self.directive(SCRIPT)
        if directive is None:
            return True
        sources = self.directives[directive]
        lowered = [source.lower() for source in sources]
        if _has_nonce(sources, tag.get("nonce", "")) or _has_hash(sources, tag.get("integrity", "")):
            return True
        return "'strict-dynamic'" not in lowered and _any_matches(sources, url, page)

    def allows_call(self, url: str, page: Page) -> bool:
        """Whether it lets a script of the page call this address."""
        directive = self.directive(CONNECT)
        return directive is None or _any_matches(self.directives[directive], url, page)


def policies_of(page: Page) -> list[Policy]:
    """The policies in force on a page: those of its header, and those in its HTML."""
    told = [("The header Content-Security-Policy", one) for one in _said_in_header(page)]
    told += [('A <meta http-equiv="Content-Security-Policy">', one) for one in page.markup.policies]
    return [Policy(where, directives) for where, said in told if (directives := _parsed(said))]


def _said_in_header(page: Page) -> Iterator[str]:
    return iter(page.headers.get("content-security-policy", "").split(","))


def _parsed(said: str) -> dict[str, list[str]]:
    directives: dict[str, list[str]] = {}
    for directive in said.split(";"):
        name, *sources = directive.split() or [""]
        if name:
            directives.setdefault(name.lower(), sources)  # of two, the first counts
    return directives


def _has_nonce(sources: Sequence[str], nonce: str) -> bool:
    return bool(nonce) and f"'nonce-{nonce}'" in sources


def _has_hash(sources: Sequence[str], integrity: str) -> bool:
    """Whether every hash of the tag's `integrity` is allowed; it may be written in either alphabet of base64."""
    hashes = [token.partition("?")[0] for token in integrity.split()]
    allowed = {source.strip("'").partition("-") for source in sources if source.lower().startswith("'sha")}
    written = {f"{name}-{digest.translate(URL_SAFE)}" for name, _, digest in allowed}
    return bool(hashes) and set(hashes) <= written


def _any_matches(sources: Sequence[str], url: str, page: Page) -> bool:
    target, own = urlsplit(url), urlsplit(page.url)
    return any(_matches(source, target, own) for source in sources)


def _matches(source: str, url: SplitResult, page: SplitResult) -> bool:
    if source == "*":
        return url.scheme in DEFAULT_PORTS
    if source.lower() == "'self'":
        return url.hostname == page.hostname and _same_door(url, page)
    if SCHEME_SOURCE.fullmatch(source):
        return _scheme_fits(source[:-1].lower(), url.scheme)
    found = HOST_SOURCE.fullmatch(source)
    return found is not None and _host_source_matches(found, url, page)


def _same_door(url: SplitResult, page: SplitResult) -> bool:
    """The same scheme and port, or those of the same host with TLS."""
    if url.scheme == page.scheme:
        return port_of(url) == port_of(page)
    both_default = port_of(url) == DEFAULT_PORTS.get(url.scheme) and port_of(page) == DEFAULT_PORTS.get(page.scheme)
    return _scheme_fits(page.scheme, url.scheme) and both_default


def _host_source_matches(source: re.Match[str], url: SplitResult, page: SplitResult) -> bool:
    return (
        _scheme_fits((source["scheme"] or page.scheme).lower(), url.scheme)
        and _host_fits(source["host"].lower(), url.hostname or "")
        and _port_fits(source["port"], url)
        and _path_fits(source["path"], url.path)
    )


def _scheme_fits(allowed: str, scheme: str) -> bool:
    return allowed == scheme or (allowed, scheme) in UPGRADES


def _host_fits(allowed: str, host: str) -> bool:
    return allowed in {"*", host} or (allowed.startswith("*.") and host.endswith(allowed[1:]))


def _port_fits(allowed: str | None, url: SplitResult) -> bool:
    port = port_of(url)
    if allowed is None:
        return port == DEFAULT_PORTS.get(url.scheme)
    return allowed == "*" or int(allowed) == port or (allowed == "80" and port == 443)


def _path_fits(allowed: str | None, path: str) -> bool:
    if not allowed:
        return True
    wanted, given = unquote(allowed), unquote(path)
    return given.startswith(wanted) if wanted.endswith("/") else given == wanted
