"""What a site puts into its pages, and what their Content-Security-Policy has to allow for it."""

from __future__ import annotations

from html import escape
from urllib.parse import quote, urlencode, urlsplit

from moderation_service.widget import script

# Where an article is not named yet: an engineer sees what is to go there.
ARTICLE = "YOUR-ARTICLE-ID"
KEY = "pk_…"


def head(public_url: str, key: str = KEY) -> str:
    """The tag that loads the script."""
    return script.tag(public_url, key)


def element(public_url: str, slug: str, article: str = ARTICLE) -> str:
    """The button of an article, with the link that readers without JavaScript have."""
    link = form_address(public_url, slug, article)
    return f'<flag-content article="{escape(article)}">\n  <a href="{escape(link)}">Flag content</a>\n</flag-content>'


def form_address(public_url: str, slug: str, article: str) -> str:
    """Where the form is that works without a script."""
    return f"{public_url.rstrip('/')}/flag/{quote(slug)}?{urlencode({'article': article})}"


def policy(public_url: str) -> str:
    """What a page's Content-Security-Policy has to allow, where it has one."""
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(public_url))
    return f"script-src {origin}; connect-src {origin}"
