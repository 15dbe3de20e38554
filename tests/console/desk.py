"""A person before the console: a browser without a network, which keeps cookies and finds the token on its page."""

from __future__ import annotations

import contextlib
import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from moderation_service.config import Settings
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Site
from tests.api.door import Door
from tests.factories import ACTOR, make_moderator

PASSWORD = "correct horse battery"


class Desk:
    """One browser and the person before it."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.headers: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, headers=self.headers | headers, buffered=True)

    def post(self, path: str, form: dict[str, Any] | None = None, *, page: str = "", **headers: str) -> TestResponse:
        """Send a form, with the token that `page` shows (the account page, unless told otherwise)."""
        sent = {"csrf": self.token(page or "/console/account")} | (form or {})
        return self.client.post(path, data=sent, headers=self.headers | headers)

    def token(self, path: str) -> str:
        """The token that a page gives its forms."""
        found = re.search(r'name="csrf-token" content="(\w+)"', self.get(path).text)
        assert found is not None
        return found[1]

    def sign_in(self, username: str, password: str = PASSWORD, **form: str) -> TestResponse:
        """Send the form of the sign-in."""
        sent = {"username": username, "password": password} | form
        return self.post("/console/sign-in", sent, page="/console/sign-in")


def add_person(door: Door, username: str, role: Role | None = Role.MODERATOR, site: Site | None = None) -> None:
    """A moderator with a password."""
    with door.services.database.transaction() as session:
        make_moderator(session, username, role, site)
        moderator = people.moderator_by_name(session, username)
        people.set_password(session, moderator, PASSWORD, actor=ACTOR, temporary=False)


def seat(door: Door, username: str, role: Role | None = Role.MODERATOR, site: Site | None = None) -> Desk:
    """A new moderator who is signed in."""
    add_person(door, username, role, site)
    desk = Desk(door.app.test_client())
    answer = desk.sign_in(username)
    assert answer.status_code == 303, answer.text
    return desk


def open_door(settings: Settings, **changes: Any) -> contextlib.closing[Door]:
    """A door that closes with its block."""
    return contextlib.closing(Door(settings.replace(**changes)))
