"""Who may do what at the desk: every route of it, for every role, on one's own site and on another's.

The routes come from the application itself; one without a line in `ROUTES` fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from moderation_service.app import create_app
from moderation_service.config import Settings
from moderation_service.console import cookies
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from tests.api.door import Door
from tests.console.desk import Desk
from tests.factories import make_case, make_moderator, make_site

GUEST = "a guest"
HERE, ELSEWHERE, EVERYWHERE = "here", "elsewhere", "everywhere"
# Each role, held on the site of the case, on another one, or on all sites.
MODERATORS = {f"a {role} {where}": (role, where) for role in Role for where in (HERE, ELSEWHERE, EVERYWHERE)}
MAY, SIGNS_IN, MAY_NOT, SEES_NOTHING = "may", "is sent to the sign-in", "may not", "sees no such thing"


@dataclass(frozen=True, slots=True)
class Route:
    """Whom a route is for: those who have at least `role` on any site, on that of the case (`HERE`), or `EVERYWHERE`.

    `form` is sent along; `{case_id}` and the like in it stand for what an address would be filled with. `guests` and
    `moderators` say what becomes of those whom the route is for.
    """

    role: Role = Role.MODERATOR
    where: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    guests: str = SIGNS_IN
    moderators: str = MAY

    def expected(self, visitor: str) -> set[str]:
        """What may become of a visitor."""
        if visitor == GUEST:
            return {self.guests}
        role, held = MODERATORS[visitor]
        if role.rank < self.role.rank:
            return {MAY_NOT, SEES_NOTHING}
        if held == EVERYWHERE or not self.where or held == self.where:
            return {self.moderators}
        return {SEES_NOTHING} if self.where == HERE else {MAY_NOT}


ROUTES = {
    "GET console.home": Route(),
    "GET console.nowhere": Route(guests=SEES_NOTHING, moderators=SEES_NOTHING),
    "GET console.static": Route(guests=MAY),
    "GET console.sign_in": Route(guests=MAY),
    "POST console.enter": Route(guests=MAY),
    "POST console.sign_out": Route(moderators=SIGNS_IN),
    "GET console.account": Route(),
}
# What stands in for each part of an address that is no id of a row.
WORDS = {"address": "nowhere", "filename": "console.css"}

TABLE = create_app(Settings(database_url="postgresql:///none", redis_url="redis://127.0.0.1:1", secret_key="s" * 32))
FOUND = sorted(
    f"{method} {rule.endpoint}"
    for rule in TABLE.url_map.iter_rules()
    if rule.rule.startswith("/console")
    for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
)


class Stage:
    """Two sites and everybody who may come; cases are on the first site."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self._numbers = itertools.count(1)
        with door.services.database.transaction() as session:
            sites = {HERE: make_site(session, "here"), ELSEWHERE: make_site(session, "elsewhere")}
            self.site_id = sites[HERE].id
            self.cast: dict[str, Person] = {
                visitor: make_moderator(session, visitor, role, sites.get(where))
                for visitor, (role, where) in MODERATORS.items()
            }

    def outcome(self, name: str, visitor: str) -> str:
        """What becomes of a visitor who calls a route, for a case that nobody else has touched."""
        desk, values = self._arrive(visitor), self._things()
        method, _, endpoint = name.partition(" ")
        rule = next(r for r in TABLE.url_map.iter_rules(endpoint) if method in (r.methods or set()))
        wanted = {argument: values[argument] for argument in rule.arguments}
        path = TABLE.url_map.bind("localhost").build(endpoint, wanted, method=method)
        if method == "GET":
            return self._told(desk.get(path))
        form = {key: value.format(**values) for key, value in ROUTES[name].form.items()}
        return self._told(desk.post(path, form, page="/console/sign-in" if visitor == GUEST else ""))

    def _arrive(self, visitor: str) -> Desk:
        desk = Desk(self.door.app.test_client())
        if visitor != GUEST:
            with self.door.services.database.transaction() as session:
                person = people.moderator_by_name(session, visitor)
                secret = people.new_token(session, person, kind="session", name="", lifetime=timedelta(hours=1))
            desk.client.set_cookie(cookies.SESSION, secret, secure=True)
        return desk

    def _things(self) -> dict[str, str]:
        with self.door.services.database.transaction() as session:
            site = session.get_one(Site, self.site_id)
            case = make_case(session, site, f"article-{next(self._numbers)}")
            return WORDS | {"case_id": str(case.id), "version": str(case.version)}

    @staticmethod
    def _told(answer: TestResponse) -> str:
        told = {401: SIGNS_IN, 403: MAY_NOT, 404: SEES_NOTHING}
        if answer.status_code in told:
            return told[answer.status_code]
        if answer.status_code == 303 and (answer.location or "").startswith("/console/sign-in"):
            return SIGNS_IN
        # A form that lacks something, or that came too late, was heard all the same.
        return MAY if answer.status_code < 500 else f"is answered {answer.status_code}: {answer.text}"


@pytest.fixture(scope="module")
def stage(door: Door) -> Stage:
    """The stage of this file."""
    return Stage(door)


def test_every_route_of_the_desk_has_its_line() -> None:
    assert sorted(ROUTES) == FOUND


@pytest.mark.parametrize("name", ROUTES)
def test_a_route_is_for_those_whom_its_line_names(stage: Stage, name: str) -> None:
    wrong = {}
    for visitor in (GUEST, *MODERATORS):
        became, expected = stage.outcome(name, visitor), ROUTES[name].expected(visitor)
        if became not in expected:
            wrong[visitor] = f"{became}, not {' or '.join(sorted(expected))}"
    assert wrong == {}
