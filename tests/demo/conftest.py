"""The demo's newspaper, with a service behind it that can be decided at, made ill, or sent away."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from moderation_service.client import ModerationService
from moderation_service.demo.paper.app import create_app
from moderation_service.demo.paper.subscription import Subscription
from moderation_service.demo.paper.views import Views
from tests.api.conftest import door
from tests.api.door import Door
from tests.served import Served

__all__ = ["door"]


@dataclass
class Newspaper:
    """The newspaper as its readers meet it, over a service that is `served`."""

    served: Served
    client: ModerationService
    views: Views
    subscription: Subscription

    def __post_init__(self) -> None:
        self._app = create_app(self.subscription, self.client, self.views)

    def get(self, path: str) -> TestResponse:
        """A page."""
        return self._app.test_client().get(path)

    def text(self, path: str) -> str:
        """The text of a page."""
        return self.get(path).get_data(as_text=True)


@pytest.fixture
def newspaper(door: Door, tmp_path: Path) -> Iterator[Newspaper]:
    """A newspaper that has shown nothing yet."""
    with contextlib.closing(Served(door)) as served:
        subscription = Subscription(
            service=served.address,
            site="courier",
            secret_key=door.newsroom.secret_key,
            publishable_key=door.newsroom.publishable_key,
            script=f"{served.address}/widget/v1/flag-content.js",
            integrity="sha384-x",
            origin="https://courier.example",
            host="127.0.0.1",
            port=1,
            views=str(tmp_path / "views.json"),
            opened="2026-03-06",
            mail_port=0,
        )
        yield Newspaper(served, served.client(tries=1), Views(Path(subscription.views)), subscription)
