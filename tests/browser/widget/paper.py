"""A newspaper that is not the service: pages of an origin of its own, under as strict a policy as a site may have."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select

from moderation_service.db import Database
from moderation_service.intake.models import Flag, FlagContact
from moderation_service.sites import service as sites
from moderation_service.widget import script
from tests.factories import ACTOR, make_article, make_content, make_site

PARAGRAPHS = (
    "The ferry is back, three weeks after the flood took its landing.",
    "Its bell was found in the reeds by a neighbour, who rang it until somebody came.",
)
# No inline script or style, no HTML from text, nothing from anywhere but the page's own origin and the service.
POLICY = (
    "default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; form-action 'none'; "
    "base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
ARTICLE = """<main><article><h1 data-flag-part="headline">Ferry returns after the flood</h1>
<p data-flag-part="p1">{0}</p>
<p data-flag-part="p2">
  {1}
  <flag-content article="ferry" part="p2"><a href="{form}&amp;part=p2">Flag content</a></flag-content>
</p>
<flag-content article="ferry"><a href="{form}">Flag content</a></flag-content></article></main>"""


@dataclass
class Press:
    """A server of pages: by path, what it answers and with which headers."""

    origin: str = ""
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)


@contextmanager
def running() -> Iterator[Press]:
    """A press that answers while this lasts."""
    press = Press()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = press.pages.get(self.path, ("", {}))
            self.send_response(200 if body else 404)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    press.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield press
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Paper:
    """A site of the service with one article, a key for its pages, and the flags its readers sent."""

    _numbers = itertools.count(1)

    def __init__(self, database: Database, press: Press, service: str) -> None:
        self.slug = f"paper{next(self._numbers)}"
        self.press, self.service = press, service
        self._database = database
        with database.transaction() as session:
            site = make_site(session, self.slug, origins=[press.origin])
            self.key = sites.add_key(session, site, kind="publishable", name="widget", actor=ACTOR)
            make_article(session, site, "ferry", make_content(*PARAGRAPHS))
            self._site_id = site.id

    @property
    def form(self) -> str:
        """Where the link of the article leads that needs no script."""
        return f"{self.service}/flag/{self.slug}?article=ferry"

    def publish(
        self,
        body: str = ARTICLE,
        *,
        html: str = 'lang="en"',
        tag: str | None = None,
        css: str = "body {}",
        policy: str = POLICY,
    ) -> str:
        """A page with the script and this body; where it is."""
        tag = script.tag(self.service, self.key) if tag is None else tag
        head = f'<meta charset="utf-8"><title>Ferry returns</title><link rel="stylesheet" href="/{self.slug}.css">{tag}'
        said = body.replace("{0}", PARAGRAPHS[0]).replace("{1}", PARAGRAPHS[1]).replace("{form}", self.form)
        page = f'<!doctype html><html {html}><head>{head}<meta name="viewport" content="width=device-width"></head>'
        headers = {"Content-Type": "text/html", "Content-Security-Policy": policy.replace("{service}", self.service)}
        self.press.pages[f"/{self.slug}"] = (f"{page}<body>{said}</body></html>", headers)
        self.press.pages[f"/{self.slug}.css"] = (css, {"Content-Type": "text/css"})
        return f"{self.press.origin}/{self.slug}"

    def flags(self) -> list[dict[str, Any]]:
        """What was flagged here, in the order of arrival."""
        columns = (Flag.part, Flag.quotation, Flag.reason, Flag.comment, Flag.locale, Flag.receipt, FlagContact.email)
        query = select(*columns).outerjoin(FlagContact, FlagContact.flag_id == Flag.id).order_by(Flag.id)
        with self._database.transaction() as session:
            return [dict(row._mapping) for row in session.execute(query.where(Flag.site_id == self._site_id))]
