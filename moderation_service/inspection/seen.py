"""All that the checks are about: the page, what it names, what is known of that, and what the service answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

from moderation_service.articles.content import EXTERNAL_ID
from moderation_service.inspection.page import Attributes, Element, Page
from moderation_service.outbound import Answer
from moderation_service.queries import Embedding

SCRIPT_PATH = re.compile(r"/widget/v1/(?:(?P<digest>[0-9a-f]{16})/)?flag-content\.js")
FORM_PATH = re.compile(r"/flag/(?P<slug>[a-z0-9][a-z0-9-]{0,62})")


@dataclass(frozen=True, slots=True)
class FormLink:
    """A link to the form that works without a script: at which service, for which site and article."""

    service: str
    slug: str
    article: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Named:
    """What a page names: the tags of the script, the keys, its articles, and the sites that its links lead to."""

    scripts: list[Attributes]
    keys: list[str]
    articles: list[str]
    slugs: list[str]


@dataclass(frozen=True, slots=True)
class Tries:
    """What the service answered when it was asked as a browser would ask; words where it did not answer."""

    script: Answer | str | None
    preflight: Answer | str
    form: Answer | str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that is looked at; `service` is where readers reach the service, without a slash at the end."""

    page: Page
    named: Named
    known: Embedding
    tries: Tries
    service: str


def named_by(page: Page) -> Named:
    """What a page names, each once."""
    scripts = [tag for tag in page.markup.scripts if _is_ours(page.address(tag.get("src", "")))]
    elements = page.markup.elements
    keys = [tag.get("data-key", "") for tag in scripts] + [element.attributes.get("key", "") for element in elements]
    links = (form_link(page, href) for element in elements for href in element.links)
    return Named(
        scripts=scripts,
        keys=_each_once(keys),
        articles=_each_once([a for a in map(article_of, elements) if EXTERNAL_ID.fullmatch(a)]),
        slugs=_each_once([link.slug for link in links if link]),
    )


def article_of(element: Element) -> str:
    """The site's id of the article that a button is for; empty where it has none."""
    return element.attributes.get("article", "")


def form_link(page: Page, href: str) -> FormLink | None:
    """The link, if it leads to a form of such a service."""
    url = urlsplit(page.address(href))
    before, slash, slug = url.path.rpartition("/flag/")
    if FORM_PATH.fullmatch(slash + unquote(slug)) is None:
        return None
    asked = {name: values[0] for name, values in parse_qs(url.query).items()}
    return FormLink(f"{url.scheme}://{url.netloc}{before}", unquote(slug), asked.get("article"), asked.get("url"))


def _is_ours(src: str) -> bool:
    return urlsplit(src).path.endswith("/flag-content.js")


def _each_once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))
