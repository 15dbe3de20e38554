"""A report from the Fediverse, over real HTTP: its article is taken down as if a reader of the site had flagged it."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import requests

from moderation_service.db import Database
from moderation_service.sites import service as sites
from tests.doors.remote import Actor, remote_server
from tests.factories import ACTOR
from tests.live import Service, article_of, until


def test_what_somebody_on_mastodon_reports_is_taken_down(live: Service) -> None:
    _open_door(live)
    live.put_article("harbour", article_of() | {"url": "https://courier.example/harbour"})
    with remote_server() as remote:
        server = Actor(remote, "instance.actor").move_in()
        assert _report(live, server, "https://courier.example/harbour").status_code == 202
    case = until(lambda: live.open_case("harbour"))
    assert case is not None
    live.decide(case)
    live.shown_as("harbour", 410)


def _open_door(live: Service) -> None:
    database = Database(live.settings, pool_size=1)
    with database.transaction() as session:
        sites.adjust(session, "courier", doors=["activitypub"], actor=ACTOR)
    database.close()


def _report(live: Service, actor: Actor, url: str) -> requests.Response:
    path = "/activitypub/courier/inbox"
    told = {"type": "Flag", "id": f"http://{actor.server.host}/1", "actor": actor.uri, "content": "<p>Not so.</p>"}
    body = json.dumps(told | {"object": ["https://courier.example/users/desk", url]}).encode()
    headers = actor.signed(path, body, host=urlsplit(live.address).netloc)
    return requests.post(live.address + path, data=body, headers=headers, timeout=10)
