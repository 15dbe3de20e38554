"""A page as a browser would first see it: what of it matters to the button, read from its HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from ipaddress import ip_address
from urllib.parse import SplitResult, urljoin, urlsplit

NAME = "flag-content"
VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])
DEFAULT_PORTS = {"http": 80, "https": 443}

Attributes = Mapping[str, str]


@dataclass(slots=True)
class Element:
    """A `<flag-content>`: its attributes, where the links inside of it lead, and whether its own end tag ends it."""

    attributes: Attributes
    links: list[str] = field(default_factory=list)
    closed: bool = False


@dataclass(slots=True)
class Mark:
    """An element that says which part of an article it shows; `text` is what stands in it and in no mark within it."""

    part: str
    text: str = ""


@dataclass(slots=True)
class Markup:
    """What of a page matters here, in the order in which it stands there."""

    scripts: list[Attributes] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)
    base: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was answered, under the address at which it was in the end, with its headers in lower case."""

    url: str
    headers: Mapping[str, str]
    html: str
    markup: Markup

    @classmethod
    def of(cls, url: str, headers: Mapping[str, str], html: str) -> Page:
        """A page from its HTML."""
        reader = _Reader()
        reader.feed(html)
        reader.close()
        return cls(url, headers, html, reader.markup)

    @property
    def origin(self) -> str:
        """The origin that browsers name when this page calls the service."""
        return origin_of(self.url)

    def address(self, reference: str) -> str:
        """Where a link of this page leads; empty when that is no address."""
        try:
            return urljoin(urljoin(self.url, self.markup.base), reference.strip())
        except ValueError:
            return ""


def origin_of(url: str) -> str:
    """Scheme, host and port as browsers write them: in lower case, the port left out where it is the scheme's own."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", port_of(parts)
    name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    return f"{parts.scheme}://{name}" + ("" if port == DEFAULT_PORTS.get(parts.scheme) else f":{port}")


def is_local(host: str | None) -> bool:
    """Whether this host is the machine that asks, whichever that is."""
    if host is None or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def port_of(parts: SplitResult) -> int | None:
    """The port of an address, said or not; None where it is none."""
    try:
        return parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None


class _Reader(HTMLParser):
    """Collects the markup; what stands in a template is not on the page."""

    def __init__(self) -> None:
        super().__init__()
        self.markup = Markup()
        self._templates = 0
        self._open: Element | None = None
        self._within: list[str] = []
        # The tags that are open, each with the mark that text in it belongs to.
        self._path: list[tuple[str, Mark | None]] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        # Of an attribute that stands twice the first one counts.
        told = {name: value or "" for name, value in reversed(attrs)}
        if tag == "template":
            self._templates += 1
        elif not self._templates:
            self._meet(tag, told)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        # In HTML the slash of `<flag-content/>` says nothing: the element stays open.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._templates = max(0, self._templates - 1)
        elif not self._templates:
            if self._open:
                self._leave(self._open, tag)
            self._end(tag)

    def handle_data(self, data: str) -> None:
        # A button within a part is none of its words.
        mark = self._path[-1][1] if self._path else None
        if mark and not self._open and not self._templates:
            mark.text += data

    def _meet(self, tag: str, told: Attributes) -> None:
        markup = self.markup
        self._begin(tag, told)
        match tag:
            case "script":
                markup.scripts.append(told)
            case "base":
                markup.base = markup.base or told.get("href", "")
            case "meta" if told.get("http-equiv", "").lower() == "content-security-policy":
                markup.policies.append(told.get("content", ""))
            case "a" if self._open and "href" in told:
                self._open.links.append(told["href"])
            case "flag-content":
                self._open, self._within = Element(told), []
                markup.elements.append(self._open)
                return
        if self._open and tag not in VOID:
            self._within.append(tag)

    def _leave(self, element: Element, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass
        elif tag not in VOID:
            # Its own end tag, or that of something around it, which ends it too.
            element.closed = tag == NAME
            self._open = None

    def _begin(self, tag: str, told: Attributes) -> None:
        """Enter an element; a paragraph ends where the next one begins, whether it was closed or not."""
        if tag == "p" and self._path and self._path[-1][0] == "p":
            self._path.pop()
        mark = self._path[-1][1] if self._path else None
        if "data-flag-part" in told:
            mark = Mark(told["data-flag-part"])
            self.markup.marks.append(mark)
        if tag not in VOID:
            self._path.append((tag, mark))

    def _end(self, tag: str) -> None:
        """Leave an element, and with it what was not closed inside of it."""
        if any(name == tag for name, _ in self._path):
            while self._path.pop()[0] != tag:
                pass
