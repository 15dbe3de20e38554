"""Cases for the tests of the desk, each on an article of its own."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from werkzeug.test import TestResponse

from moderation_service.articles.content import Image
from moderation_service.cases.models import Case, Claim
from moderation_service.decisions.models import Decision
from moderation_service.decisions.service import latest
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.factories import make_article, make_case, make_content, make_site


def open_case(
    door: Door, name: str, *, site_id: int | None = None, headline: str = "", images: Sequence[Image] = (), **flag: Any
) -> int:
    """The number of the case of one flag on a new article."""
    with door.services.database.transaction() as session:
        site = session.get_one(Site, site_id or door.newsroom.site_id)
        make_article(session, site, name, make_content(headline=headline or f"About {name}", images=tuple(images)))
        return make_case(session, site, name, **flag).id


def other_site(door: Door, slug: str) -> Site:
    """Another site of the same service."""
    with door.services.database.transaction() as session:
        return make_site(session, slug)


def look(door: Door, case_id: int) -> Case:
    """The case as it is now."""
    with door.services.database.transaction() as session:
        return session.get_one(Case, case_id)


def last_decision(door: Door, case_id: int) -> Decision | None:
    """The decision in force on a case."""
    with door.services.database.transaction() as session:
        return latest(session, case_id)


def is_claimed(door: Door, case_id: int) -> bool:
    """Whether somebody holds a case."""
    with door.services.database.transaction() as session:
        return session.get(Claim, case_id) is not None


def verdict(door: Door, case_id: int, action: str = "clear", **changes: str) -> dict[str, str]:
    """The form that decides a case as it is now."""
    version = look(door, case_id).version
    form = {"action": action, "case_version": str(version), "article_revision": "1", "seen": f"{version}.1.0"}
    return form | ({"cited": "3.4/terms"} if action == "takedown" else {}) | changes


def words_of(answer: TestResponse) -> str:
    """What a page says, its tags left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
