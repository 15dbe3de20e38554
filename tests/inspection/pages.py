"""Small pages, and what is known of them, to be looked at without a service."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from moderation_service.inspection import Level, Page, Seen, Tries, findings_on, named_by
from moderation_service.outbound import Answer
from moderation_service.queries import Embedding, PageArticle, PageKey
from moderation_service.widget import script, snippet

SERVICE = "https://flags.example"
ORIGIN = "https://courier.example"
KEY = "pk_" + "k" * 43
SECRET = "sk_" + "s" * 43
TAG = script.tag(SERVICE, KEY)
BUTTON = snippet.element(SERVICE, "courier", "ferry")
TEXT = "<h1 data-flag-part=headline>Ferry</h1><p data-flag-part=p1>It runs.</p>"
HTML = f"<!doctype html><title>Ferry</title>{TAG}{TEXT}{BUTTON}"
LETTING = {
    "access-control-allow-origin": ORIGIN,
    "access-control-allow-headers": "Authorization, Content-Type, Idempotency-Key",
}


def key(**words: Any) -> PageKey:
    """A key of the courier's."""
    known: dict[str, Any] = {"id": 7, "kind": "publishable", "site": "courier", "expires_at": None, "ended": False}
    return PageKey(**known | words)


def article(**words: Any) -> PageArticle:
    """An article as the page has it."""
    known: dict[str, Any] = {"state": "visible", "is_sent": True, "shown": ["headline", "p1"], "removed": {}}
    return PageArticle(**known | words)


def seen(
    html: str = HTML,
    *,
    url: str = f"{ORIGIN}/ferry",
    service: str = SERVICE,
    headers: Mapping[str, str] | None = None,
    site: str | None = "courier",
    origins: Sequence[str] = (ORIGIN,),
    keys: Mapping[str, PageKey] | None = None,
    articles: Mapping[str, PageArticle] | None = None,
    served: Answer | str | None = None,
    preflight: Answer | str | None = None,
    form: Answer | None = None,
) -> Seen:
    """A page where all is well, but for what is said here."""
    page = Page.of(url, headers or {}, html)
    known = Embedding(
        site,
        origins,
        {KEY: key()} if keys is None else keys,
        {"ferry": article()} if articles is None else articles,
    )
    tries = Tries(served or Answer(200, {}, script.content()), preflight or Answer(204, LETTING, b""), form)
    return Seen(page, named_by(page), known, tries, service)


def faults(html: str = HTML, **words: Any) -> list[tuple[str, str]]:
    """What is wrong with a page, or could be better: about what, and in what words, with the remedy."""
    found = findings_on(seen(html, **words))
    return [(f.about, f"{f.words} | {f.remedy}") for f in found if f.level is not Level.GOOD]


def fault(html: str = HTML, **words: Any) -> tuple[str, str]:
    """The one thing that is not as it should be."""
    (found,) = faults(html, **words)
    return found


def without(pattern: str, *, html: str = HTML) -> str:
    """The page without what fits a pattern."""
    changed = re.sub(pattern, "", html, flags=re.DOTALL)
    assert changed != html
    return changed
