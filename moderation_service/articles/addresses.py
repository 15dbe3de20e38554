"""One page, one address: the form in which pages are told apart, whatever way to write their addresses somebody took.

What RFC 3986 calls the same (section 6.2) is the same here, and so is what browsers make the same before they ask for a
page. What a server may take for another page stays: a slash at the end, the order of parameters, all of them but those
that only say by which link somebody came.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote_plus, urlsplit

from moderation_service.articles.content import url_fault
from moderation_service.sites.addresses import origin_of

LONGEST = 2_600  # characters of the normal form, which are bytes: an index takes no more than some 2,700
# Of advertisers, social networks and newsletters; all that begin with `utm_` besides.
TRACKERS = frozenset(
    {
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "dclid",
        "fbclid",
        "gbraid",
        "gclid",
        "gclsrc",
        "igshid",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "ttclid",
        "twclid",
        "wbraid",
        "yclid",
    }
)

_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = re.compile("[A-Za-z0-9._~-]")  # RFC 3986, section 2.3
_TO_ESCAPE = re.compile('[^!-~]|["<>`{}]')  # beyond ASCII (RFC 3987, section 3.1), and what browsers escape besides


@lru_cache(maxsize=512)  # the pages that are flagged now are flagged again and again, each time by their address
def normal(url: str) -> str:
    """The normal form of a page's address; what is no address on the web is left as it is.

    The fragment, a user's name and the scheme's own port go: they say where on the page, who asks, and nothing.
    """
    if url_fault(url) is not None:
        return url
    parts = urlsplit(url)
    path = _without_dots(_escaped(parts.path.replace("\\", "/")))
    query = "&".join(field for field in _escaped(parts.query).split("&") if not _tracks(field))
    return f"{origin_of(url)}{path}{query and '?'}{query}"


def spellings(url: str) -> list[str]:
    """How an address may be kept: in its normal form, or as it was sent, in rows of before there was one."""
    return list(dict.fromkeys((normal(url), url)))


def address_fault(url: str) -> str | None:
    """Why `url` is no address of a page that we keep, as words that follow a field's name; None when it is."""
    fault = url_fault(url)
    if fault is None and len(normal(url)) > LONGEST:
        return f"is longer than {LONGEST:,} characters, once all beyond ASCII is written as %-escapes"
    return fault


def _escaped(text: str) -> str:
    """Escapes where they are needed, and only there, in capital letters."""
    return _TO_ESCAPE.sub(lambda found: quote(found[0]), _ESCAPE.sub(_unescaped, text))


def _unescaped(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if _UNRESERVED.fullmatch(char) else escape[0].upper()


def _without_dots(path: str) -> str:
    """The path with its `.` and `..` gone, as browsers resolve them; no path is `/`."""
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def _tracks(field: str) -> bool:
    """Whether a parameter only says by which link somebody came."""
    name = unquote_plus(field.partition("=")[0]).lower()
    return name in TRACKERS or name.startswith("utm_")
