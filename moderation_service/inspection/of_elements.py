"""Whether there are buttons, each about an article, and each with the link for readers without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator

from moderation_service.articles.content import EXTERNAL_ID
from moderation_service.inspection.finding import Finding, good, hint, wrong
from moderation_service.inspection.page import NAME, Element
from moderation_service.inspection.seen import FormLink, Seen, article_of, form_link
from moderation_service.widget import snippet

ABOUT = "button"
# What the service answers for an article that is not to be shown.
GONE = {
    "hidden": "is hidden until a person has reviewed it (404)",
    "removed": "was taken down (410)",
    "removed_legal": "was taken down for legal reasons (451)",
}


def findings(seen: Seen) -> Iterator[Finding]:
    """About each of them; the same about several is said once."""
    elements = seen.page.markup.elements
    if not elements:
        remedy = "Put this where the button is to be; buttons that a script of yours makes are not seen here:"
        yield wrong(ABOUT, f"There is no <{NAME}> on the page", f"{remedy}\n{_example(seen)}")
    found = dict.fromkeys(finding for element in elements for finding in _of(seen, element))
    yield from found


def _of(seen: Seen, element: Element) -> Iterator[Finding]:
    if not element.closed:
        words = f"A <{NAME}> is not closed: the button takes the place of all that follows in the same box"
        yield wrong(ABOUT, words, f"Write </{NAME}> after its link; a slash as in <{NAME}/> closes nothing.")
    yield from _article(seen, element)
    yield from _server(seen, element)
    yield from _link(seen, element)


def _article(seen: Seen, element: Element) -> Iterator[Finding]:
    article, url = article_of(element), element.attributes.get("url")
    if not article and not url:
        yield wrong(ABOUT, "A button does not say which article it is about", 'Write article="…", with your id of it.')
    elif article and not EXTERNAL_ID.fullmatch(article):
        words = f"{article!r} cannot be an article's id, and the service takes no flag about it"
        yield wrong(ABOUT, words, "Letters, digits, '.', '_' and '-', 200 at most, as in PUT /v1/articles/{id}.")
    elif seen.known.site and article:
        yield _known(seen, article, url)


def _known(seen: Seen, article: str, url: str | None) -> Finding:
    remedy = f"Send it: PUT {seen.service}/v1/articles/{article}, with a secret key of {seen.known.site}."
    known = seen.known.articles.get(article)
    if known is not None and known.is_gone:
        words = f"The page shows the article {article}, which {GONE[known.state]}"
        ask = f"Ask GET {seen.service}/v1/articles/{article} before you show it, and obey the answer."
        return wrong(ABOUT, words, ask)
    if known is not None and known.is_sent:
        return good(ABOUT, f"The article {article} is known")
    if known is not None:
        return hint(ABOUT, f"The article {article} was flagged but never sent; is the id right?", remedy)
    if url is None and len(seen.named.articles) > 1:
        words = f"The article {article} is not known; of several on a page the service does not learn where they are"
        return wrong(ABOUT, words, f"{remedy} Or give the button url and headline.")
    where = "the button's" if url else "the page's"
    words = f"The article {article} is not known yet; a flag names it by {where} address, without its text"
    return hint(ABOUT, words, remedy)


def _server(seen: Seen, element: Element) -> Iterator[Finding]:
    server = element.attributes.get("server", seen.service).rstrip("/")
    if server != seen.service:
        yield wrong(
            ABOUT, f"A button sends its flags to {server}, and this service is {seen.service}", "Leave server out."
        )


def _link(seen: Seen, element: Element) -> Iterator[Finding]:
    """About the link inside; of several, one that is right is enough."""
    links = [form_link(seen.page, href) for href in element.links]
    slips = [_slip(seen, element, link) for link in links]
    if not links:
        yield wrong(
            "link", "A button has no link inside: without JavaScript readers have nothing", _right(seen, element)
        )
    elif all(slips):
        yield wrong("link", f"The link inside of a button {slips[0]}", _right(seen, element))
    else:
        yield good("link", "Without JavaScript the link inside leads to the form")


def _slip(seen: Seen, element: Element, link: FormLink | None) -> str | None:
    """What is wrong with a link; None for nothing."""
    if link is None:
        return "leads to no form of the service"
    if link.service != seen.service:
        return f"leads to {link.service}, and this service is {seen.service}"
    if seen.known.site and link.slug != seen.known.site:
        return f"is for {link.slug}, and this page is of {seen.known.site}"
    if not link.article and not link.url:
        return "does not say which article it is about"
    if link.article and article_of(element) and link.article != article_of(element):
        return f"is about {link.article}, and the button about {article_of(element)}"
    return None


def _right(seen: Seen, element: Element) -> str:
    return f"Write:\n{snippet.element(seen.service, seen.known.site or 'SLUG', article_of(element) or snippet.ARTICLE)}"


def _example(seen: Seen) -> str:
    return snippet.element(seen.service, seen.known.site or "SLUG")
