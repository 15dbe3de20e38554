"""A case on a site whose content store is a fake one, and what a moderator and a worker do with it."""

from __future__ import annotations

from dataclasses import dataclass

from moderation_service import pipeline
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.decisions.effect import Wanted
from moderation_service.enforcement.service import Lease
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.people import Person
from tests.factories import make_decision
from tests.fakes import FakeStore

HIDDEN, VISIBLE, REMOVED = Wanted("hidden"), Wanted(), Wanted("removed", (), "terms")


@dataclass
class Desk:
    """One article's case on a site with a fake store, and the worker's steps, each in its own transaction."""

    database: Database
    settings: Settings
    store: FakeStore
    case: Case
    person: Person

    def decide(self, action: Action = Action.TAKEDOWN, *parts: str, case: Case | None = None) -> None:
        """Decide the case or another one, anew where it is decided."""
        with self.database.transaction() as session:
            locked = cases.lock(session, (case or self.case).id)
            make_decision(session, locked, self.person, action, parts=parts)

    def lease(self) -> Lease | None:
        """What the next worker takes."""
        with self.database.transaction() as session:
            return pipeline.lease_order(session, self.settings)

    def settle(self, lease: Lease) -> None:
        """Carry out a leased order and write down what came of it."""
        tried = pipeline.carry_out(lease, self.database.transaction)
        with self.database.transaction() as session:
            pipeline.settle_order(session, lease, tried, self.settings)

    def work(self) -> bool:
        """One turn of a worker; whether there was anything to do."""
        lease = self.lease()
        if lease is not None:
            self.settle(lease)
        return lease is not None

    def shown(self) -> Wanted:
        """What the store shows."""
        return self.store.shown[self.case.article_id][1]
