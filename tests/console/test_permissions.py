"""Who may do what at the desk: every route of it, for every role, on one's own site and on another's.

The routes come from the application itself; one without a line in `ROUTES` fails.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from moderation_service.app import create_app
from moderation_service.articles.content import Image
from moderation_service.config import Settings
from moderation_service.console import cookies, csrf
from moderation_service.db import utcnow
from moderation_service.enforcement.models import Order
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage.backtest import service as backtests
from tests.api.door import Door
from tests.deliveries import make_delivery, make_endpoint
from tests.factories import (
    ACTOR,
    make_article,
    make_case,
    make_content,
    make_decision,
    make_moderator,
    make_policy,
    make_site,
)
from tests.triage.rules.books import make_entry, make_rule

GUEST = "guest"
HERE, ELSEWHERE, EVERYWHERE = "here", "elsewhere", "everywhere"
# Each role, held on the site of the case, on another one, or on all sites.
MODERATORS = {f"{role} {where}": (role, where) for role in Role for where in (HERE, ELSEWHERE, EVERYWHERE)}
MAY, SIGNS_IN, MAY_NOT, SEES_NOTHING = "may", "is sent to the sign-in", "may not", "sees no such thing"


@dataclass(frozen=True, slots=True)
class Route:
    """Whom a route is for: those who have at least `role` on any site, on that of the case (`HERE`), or `EVERYWHERE`.

    `form` is sent along, `query` follows the address; `{case_id}` and the like in them stand for what an address would
    be filled with. `guests` and `moderators` say what becomes of those whom the route is for.
    """

    role: Role = Role.MODERATOR
    where: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
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
    # Nothing to come back with, and no provider to go to.
    "GET console.sign_in_openid": Route(guests=SEES_NOTHING),
    "GET console.return_from_openid": Route(guests=SIGNS_IN, moderators=SIGNS_IN),
    "GET console.sign_in_code": Route(guests=SIGNS_IN),
    "POST console.enter_code": Route(guests=SIGNS_IN, form={"code": "000000"}),
    "POST console.sign_out": Route(moderators=SIGNS_IN),
    "GET console.account": Route(),
    "POST console.prefer": Route(),
    "GET console.password": Route(),
    "POST console.change_password": Route(),
    # Another's session, and a secret that nobody has asked for.
    "POST console.end_session": Route(moderators=SEES_NOTHING),
    "POST console.end_other_sessions": Route(),
    "GET console.begin_identity": Route(moderators=SEES_NOTHING),
    "GET console.new_identity": Route(moderators=SEES_NOTHING),
    "POST console.link_identity": Route(moderators=SEES_NOTHING),
    "POST console.unlink_identity": Route(moderators=SEES_NOTHING),
    "GET console.second_factor": Route(),
    "GET console.second_factor_qr": Route(moderators=SEES_NOTHING),
    "POST console.offer_second_factor": Route(),
    "POST console.confirm_second_factor": Route(form={"code": "000000"}),
    "POST console.renew_recovery_codes": Route(form={"password": "not mine"}),
    "POST console.remove_second_factor": Route(form={"password": "not mine"}),
    "GET console.queue": Route(),
    "GET console.queue_live": Route(),
    "POST console.claim_next": Route(),
    "POST console.save_view": Route(form={"name": "Mine"}, query="?reason=spam"),
    # Another's view, or none.
    "POST console.rename_view": Route(form={"name": "Mine"}, moderators=SEES_NOTHING),
    "POST console.delete_view": Route(moderators=SEES_NOTHING),
    "POST console.open_with_view": Route(moderators=SEES_NOTHING),
    "POST console.open_with_all": Route(),
    "GET console.numbers": Route(),
    "GET console.numbers_csv": Route(),
    "GET console.case": Route(where=HERE),
    "GET console.case_live": Route(where=HERE),
    "GET console.case_image": Route(where=HERE),
    "POST console.claim": Route(where=HERE),
    "POST console.renew": Route(where=HERE),
    "POST console.release": Route(where=HERE),
    "POST console.skip": Route(where=HERE, form={"words": "I know him"}),
    "POST console.hand_over": Route(where=HERE, form={"to": "senior everywhere"}),
    "POST console.escalate": Route(where=HERE, form={"words": "Too big for me"}),
    "POST console.note": Route(where=HERE, form={"words": "Seen before"}),
    "POST console.decide": Route(
        where=HERE, form={"action": "clear", "case_version": "{version}", "article_revision": "1"}
    ),
    "POST console.undo": Route(where=HERE, form={"decision": "0"}),
    "POST console.withdraw_proposal": Route(where=HERE, moderators=SEES_NOTHING),
    "GET console.approvals": Route(),
    "GET console.approvals_live": Route(),
    "POST console.approve": Route(where=HERE, form={"seen": "{case_id}.{version}.1"}),
    "GET console.quality": Route(role=Role.SENIOR),
    "GET console.quality_file": Route(role=Role.SENIOR),
    "GET console.qa_sample": Route(role=Role.SENIOR, moderators=SEES_NOTHING),
    "GET console.qa_image": Route(role=Role.SENIOR, moderators=SEES_NOTHING),
    "POST console.qa_answer": Route(
        role=Role.SENIOR,
        form={"action": "clear", "case_version": "1", "article_revision": "1"},
        moderators=SEES_NOTHING,
    ),
    "POST console.qa_skip": Route(role=Role.SENIOR, form={"words": "I know him"}, moderators=SEES_NOTHING),
    "GET console.admin": Route(role=Role.SENIOR),
    "GET console.admin_sites": Route(role=Role.ADMIN),
    "GET console.admin_new_site": Route(role=Role.ADMIN, where=EVERYWHERE),
    "POST console.admin_add_site": Route(
        role=Role.ADMIN, where=EVERYWHERE, form={"slug": "new", "name": "New", "url": "https://new.example"}
    ),
    "GET console.admin_site": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_change_site": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_add_key": Route(role=Role.ADMIN, where=HERE, form={"kind": "secret", "key_name": "server"}),
    "POST console.admin_rotate_key": Route(role=Role.ADMIN, where=HERE, form={"overlap": "24"}),
    "GET console.admin_ask_revoke_key": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_revoke_key": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_webhook_secret": Route(role=Role.ADMIN, where=HERE, form={"overlap": "0"}),
    **{
        name: Route(role=Role.ADMIN, where=HERE, form=form)
        for name, form in {
            "GET console.admin_webhooks": {},
            "POST console.admin_add_endpoint": {"url": "http://127.0.0.1:9/", "types": "case.opened"},
            "GET console.admin_endpoint": {},
            "POST console.admin_change_endpoint": {"url": "http://127.0.0.1:9/", "types": "case.opened"},
            "POST console.admin_switch_endpoint": {},
            "POST console.admin_test_endpoint": {},
            "GET console.admin_ask_remove_endpoint": {},
            "POST console.admin_remove_endpoint": {},
            "POST console.admin_replay_endpoint": {"again": "dead"},
            "POST console.admin_replay_delivery": {},
        }.items()
    },
    "GET console.admin_people": Route(role=Role.ADMIN),
    "GET console.admin_new_person": Route(role=Role.ADMIN),
    "POST console.admin_hire": Route(
        role=Role.ADMIN,
        where=HERE,
        form={"username": "new", "display_name": "New", "role": "moderator", "site": "here"},
    ),
    "GET console.admin_person": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_grant_role": Route(role=Role.ADMIN, where=HERE, form={"role": "senior", "site": "here"}),
    "GET console.admin_ask_take_role": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_take_role": Route(role=Role.ADMIN, where=HERE, form={"site": "here"}),
    "GET console.admin_ask_about_account": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_change_account": Route(role=Role.ADMIN, where=HERE),
    "GET console.together": Route(where=HERE, query="?cases={case_id}"),
    "POST console.decide_together": Route(where=HERE, form={"action": "clear", "seen": "{case_id}.{version}.1"}),
    "POST console.undo_together": Route(where=HERE, form={"decided": "{case_id}.1"}),
    "GET console.admin_dead_letters": Route(role=Role.SENIOR),
    "POST console.admin_replay": Route(role=Role.SENIOR, where=HERE),
    "POST console.admin_replay_all": Route(role=Role.SENIOR),
    "GET console.admin_policies": Route(role=Role.ADMIN),
    "GET console.admin_policy": Route(role=Role.ADMIN, where=HERE),
    "GET console.admin_draft_policy": Route(role=Role.ADMIN, where=HERE),
    "POST console.admin_write_policy": Route(role=Role.ADMIN, where=HERE, form={"do": "write"}),
    "GET console.admin_draft_house_policy": Route(role=Role.ADMIN, where=EVERYWHERE),
    "POST console.admin_write_house_policy": Route(role=Role.ADMIN, where=EVERYWHERE, form={"do": "write"}),
    "GET console.admin_trail": Route(role=Role.SENIOR),
    "GET console.admin_trail_live": Route(role=Role.SENIOR),
    "GET console.admin_trail_csv": Route(role=Role.SENIOR),
    "POST console.admin_verify_trail": Route(role=Role.SENIOR),
    "POST console.replay_order": Route(role=Role.SENIOR, where=HERE, form={"order": "{order_id}"}),
}
ROUTES |= {
    "GET console.rules": Route(role=Role.SENIOR),
    "GET console.why": Route(where=HERE, query="?rule=three-readers&site=here"),
    "GET console.backtest": Route(role=Role.SENIOR, where=HERE),
    "GET console.backtest_live": Route(role=Role.SENIOR, where=HERE),
    "GET console.backtest_csv": Route(role=Role.SENIOR, where=HERE),
    "POST console.cancel_backtest": Route(role=Role.SENIOR, where=HERE),
    "GET console.new_rule": Route(role=Role.SENIOR),
    "POST console.write_rule": Route(role=Role.SENIOR),
    "POST console.turn_automation": Route(
        role=Role.SENIOR, where=HERE, form={"scope": "here", "because": "A brigade", "turn": "on"}
    ),
    **{
        name: Route(role=Role.SENIOR, where=HERE, query="?site=here", form=form)
        for name, form in {
            "GET console.rule": {},
            "POST console.enable_rule": {"mode": "shadow", "because": "A try", "seen": "1"},
            "POST console.confirm_rule": {"seen": "1"},
            "POST console.withdraw_request": {},
            "POST console.retire_rule": {"because": "Noise"},
            "GET console.edit_rule": {},
            "POST console.rewrite_rule": {"step": "add c", "c.add": "views"},
            "GET console.ask_revert": {},
            "POST console.revert_version": {},
        }.items()
    },
}
# What stands in for the parts of an address that are not about the case.
WORDS = {"address": "nowhere", "filename": "console.css", "token_id": "1", "case_id": "1", "deed": "shut-out"}
WORDS |= {"figure": "flow"}
WORDS |= {"digest": "0" * 12}
WORDS |= {"name": "three-readers", "version": "1"}
WORDS |= {"identity_id": "1"}
WORDS |= {"kind": "orders"}
WORDS |= {"sample_id": "999999", "number": "1"}
WORDS |= {"view_id": "999999"}

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
            places = {HERE: make_site(session, "here"), ELSEWHERE: make_site(session, "elsewhere")}
            self._site_id = places[HERE].id
            self.cast: dict[str, Person] = {
                visitor: make_moderator(session, visitor, role, places.get(where))
                for visitor, (role, where) in MODERATORS.items()
            }
            make_entry(session, "three-readers", site="here")
            now = utcnow(session)
            tried = backtests.ask(
                session, places[HERE], make_rule(), start=now - timedelta(days=1), end=now, author=ACTOR
            )
            self._backtest_id = tried.id
            decided = make_case(session, places[HERE], "decided")
            make_decision(session, decided, self.cast[f"{Role.ADMIN} {EVERYWHERE}"])
            self._order_id = session.scalars(select(Order.id).where(Order.article_id == decided.article_id)).one()

    def outcome(self, name: str, visitor: str) -> str:
        """What becomes of a visitor who calls a route; where it is about something, nobody else has touched that."""
        method, _, endpoint = name.partition(" ")
        rule = next(r for r in TABLE.url_map.iter_rules(endpoint) if method in (r.methods or set()))
        values = WORDS | (self._things(endpoint) if ROUTES[name].where == HERE else {})
        wanted = {argument: values[argument] for argument in rule.arguments}
        path = TABLE.url_map.bind("localhost").build(endpoint, wanted, method=method)
        form = {key: value.format(**values) for key, value in ROUTES[name].form.items()}
        return self._told(self._call(method, path + ROUTES[name].query.format(**values), visitor, form))

    def _call(self, method: str, path: str, visitor: str, form: dict[str, str]) -> TestResponse:
        cookie = f"{cookies.GUEST}=somebody" if visitor == GUEST else f"{cookies.SESSION}={self._session_of(visitor)}"
        with self.door.app.test_request_context(headers={"Cookie": cookie}):
            sent = {csrf.FIELD: csrf.token()} | form
        client, data = self.door.app.test_client(use_cookies=False), sent if method == "POST" else None
        return client.open(path, method=method, headers={"Cookie": cookie}, data=data, buffered=True)

    def _session_of(self, visitor: str) -> str:
        with self.door.services.database.transaction() as session:
            person = people.moderator_by_name(session, visitor)
            return people.new_token(session, person, kind="session", name="console", lifetime=timedelta(hours=1))

    def _things(self, endpoint: str) -> dict[str, str]:
        """What a route of the first site may be about; nobody else has touched any of it."""
        with self.door.services.database.transaction() as session:
            site, number = session.get_one(Site, self._site_id), next(self._numbers)
            if endpoint.startswith("console.admin"):
                sites.add_key(session, site, kind="secret", name="key", actor=ACTOR)
                key, _ = sites.all_keys(session, site.slug)[-1]
                listener = make_endpoint(session, site)
                colleague = make_moderator(session, f"colleague-{number}", Role.MODERATOR, site)
                return {
                    "slug": site.slug,
                    "key_id": str(key.id),
                    "moderator_id": str(colleague.id),
                    "row_id": str(self._order_id),
                    "policy_id": str(make_policy(session, site).id),
                    "endpoint_id": str(listener.id),
                    "delivery_id": str(make_delivery(session, listener)),
                }
            if "backtest" in endpoint:
                return {"slug": site.slug, "backtest_id": str(self._backtest_id)}
            # An image that is never fetched: it is at an address of our own.
            content = make_content(images=(Image("http://127.0.0.1:9/"),))
            make_article(session, site, f"article-{number}", content)
            case = make_case(session, site, f"article-{number}")
            things = {"case_id": str(case.id), "version": str(case.version), "order_id": str(self._order_id)}
            return things | {"number": "1"}

    @staticmethod
    def _told(answer: TestResponse) -> str:
        # 502 is the answer of another host, which was asked for whoever may see it.
        told = {401: SIGNS_IN, 403: MAY_NOT, 404: SEES_NOTHING, 502: MAY}
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
