"""Admins at once: what each of them may do alone, they may not do together."""

from __future__ import annotations

from moderation_service import administration, pipeline
from moderation_service.db import Database
from moderation_service.errors import Conflict
from moderation_service.policy.vocabulary import Role
from moderation_service.sites import people
from moderation_service.sites.models import Moderator
from moderation_service.sites.people import Person
from tests.at_once import at_once
from tests.factories import make_moderator


def test_two_admins_who_shut_each_other_out_at_once_leave_one(database: Database) -> None:
    with database.transaction() as session:
        ada, bob = (make_moderator(session, name, Role.ADMIN) for name in ("ada", "bob"))

    def shut_out(who: tuple[Person, Person]) -> None:
        person, other = who
        with database.transaction() as session:
            pipeline.shut_out(session, administration.dispensable(session, person, other.id), actor=person.actor)

    outcomes = at_once(shut_out, [(ada, bob), (bob, ada)])
    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict]
    with database.transaction() as session:
        assert sum(session.get_one(Moderator, admin.id).active for admin in (ada, bob)) == 1


def test_two_admins_who_take_each_others_role_at_once_leave_one(database: Database) -> None:
    with database.transaction() as session:
        ada, bob = (make_moderator(session, name, Role.ADMIN) for name in ("ada", "bob"))

    def take(who: tuple[Person, Person]) -> None:
        person, other = who
        with database.transaction() as session:
            moderator = administration.colleague(session, person, other.id)
            administration.take_role(session, person, moderator, None)

    outcomes = at_once(take, [(ada, bob), (bob, ada)])
    assert [type(outcome) for outcome in outcomes if outcome] == [Conflict]
    with database.transaction() as session:
        assert sum(bool(people.roles_of(session, admin.id)) for admin in (ada, bob)) == 1
