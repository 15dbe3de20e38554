"""Views are counted, kept, and told to the service."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import text

from moderation_service.demo.paper.views import Views
from tests.demo.conftest import Newspaper
from tests.live import article_of


def told(newspaper: Newspaper, external_id: str) -> int | None:
    """How many views the service was told of an article."""
    query = "SELECT reported_views FROM article_reach r JOIN articles a ON a.id = r.article_id WHERE external_id = :id"
    with newspaper.served.door.services.database.transaction() as session:
        views: int | None = session.scalar(text(query), {"id": external_id})
    return views


def read(newspaper: Newspaper, external_id: str, times: int) -> None:
    """Somebody reads an article."""
    newspaper.client.put_article(external_id, article_of())
    for _ in range(times):
        assert newspaper.get(f"/articles/{external_id}").status_code == 200


def test_what_was_read_is_told(newspaper: Newspaper) -> None:
    read(newspaper, "read-thrice", 3)
    newspaper.views.report(newspaper.client)
    assert told(newspaper, "read-thrice") == 3


def test_what_is_told_too_soon_is_told_the_next_time(newspaper: Newspaper) -> None:
    read(newspaper, "too-soon", 1)
    newspaper.views.report(newspaper.client)
    read(newspaper, "too-soon", 1)
    newspaper.views.report(newspaper.client)
    assert told(newspaper, "too-soon") == 1
    with newspaper.served.door.services.database.transaction() as session:
        session.execute(text("UPDATE article_reach SET reported_at = reported_at - interval '2 minutes'"))
    newspaper.views.report(newspaper.client)
    assert told(newspaper, "too-soon") == 2


def test_what_could_not_be_told_is_not_lost_with_the_process(newspaper: Newspaper) -> None:
    read(newspaper, "kept", 2)
    newspaper.served.instead = [503]
    newspaper.views.report(newspaper.client)
    Views(Path(newspaper.subscription.views)).report(newspaper.client)
    assert told(newspaper, "kept") == 2


def test_what_is_kept_is_never_written_over(newspaper: Newspaper) -> None:
    """Whoever is ended in the midst of it finds all that was kept before."""
    read(newspaper, "never-over", 1)
    newspaper.views.report(newspaper.client)
    with Path(newspaper.subscription.views).open(encoding="utf-8") as before:
        read(newspaper, "never-over", 1)
        newspaper.views.report(newspaper.client)
        assert json.load(before) == {"never-over": 1}
    assert Views(Path(newspaper.subscription.views)).of("never-over") == 2


def test_what_cannot_be_kept_is_told_all_the_same(newspaper: Newspaper) -> None:
    read(newspaper, "unkept", 1)
    Path(newspaper.subscription.views).parent.rmdir()
    newspaper.views.report(newspaper.client)
    assert told(newspaper, "unkept") == 1


def test_what_is_not_shown_is_not_counted(newspaper: Newspaper) -> None:
    newspaper.served.door.decided("uncounted")
    newspaper.get("/articles/uncounted")
    newspaper.views.report(newspaper.client)
    assert told(newspaper, "uncounted") is None
