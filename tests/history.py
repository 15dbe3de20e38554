"""A small past, written down row by row at moments of one's choice, as the rooms would have written it."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.db import Base
from moderation_service.decisions.effect import Wanted
from moderation_service.decisions.models import Decision, QaReview, QaSample
from moderation_service.enforcement.models import Attempt, Order
from moderation_service.intake.models import Flag
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person
from moderation_service.triage.models import RuleFiring, RuleVersion
from tests.factories import make_article, make_content, reporter_id

_numbers = itertools.count()

Row = TypeVar("Row", bound=Base)


class History:
    """What happened on one site."""

    def __init__(self, session: Session, site: Site) -> None:
        self.session, self.site = session, site

    def case(self, name: str, *flagged_at: datetime, **fields: Any) -> Case:
        """An open case about an article of that name, opened with the first of its flags, which came at these times."""
        article = make_article(self.session, self.site, name, make_content(headline=f"About {name}"))
        fields = {"opened_at": flagged_at[0], "severity": 1, "reasons": ["spam"]} | fields
        case = Case(site_id=self.site.id, article_id=article.id, **fields)
        self._add(case)
        for at in flagged_at:
            self.flag(case, at)
        return case

    def flag(self, case: Case, at: datetime, **fields: Any) -> Flag:
        """A flag of a case, by a reader of its own."""
        reporter = reporter_id(self.site, f"reader-{next(_numbers)}")
        place = {"site_id": self.site.id, "article_id": case.article_id, "case_id": case.id, "revision": 1}
        told = {"receipt": uuid4(), "reporter": reporter, "target_key": b"", "reason": "spam", "received_at": at}
        return self._add(Flag(**(place | told | fields)))

    def decision(self, case: Case, person: Person, at: datetime, action: str = "takedown", **fields: Any) -> Decision:
        """A decision on a case, which closes it."""
        case.state, case.closed_at = "closed", case.closed_at or at
        place = {"site_id": self.site.id, "article_id": case.article_id, "case_id": case.id, "revision": 1}
        fields = {"case_version": 1, "ground": "terms" if action == "takedown" else None} | fields
        return self._add(Decision(moderator_id=person.id, action=action, decided_at=at, **(place | fields)))

    def applied(self, decision: Decision, after: timedelta) -> None:
        """A decision is read back from the store; a try that failed came before."""
        order = Order(
            site_id=self.site.id,
            article_id=decision.article_id,
            case_id=decision.case_id,
            decision_id=decision.id,
            wanted=Wanted("removed" if decision.action == "takedown" else "visible", ground=decision.ground).to_json(),
            wanted_version=1,
            state="applied",  # a worker may be at work in the same database
            applied_version=1,
            applied_at=decision.decided_at + after,
        )
        self._add(order)
        for outcome, later in (("failed", after / 2), ("applied", after), ("applied", after * 2)):
            done = {"decision_id": decision.id, "outcome": outcome, "finished_at": decision.decided_at + later}
            self._add(Attempt(order_id=order.id, wanted_version=1, fence=1, **done))

    def firing(self, version: RuleVersion, case: Case, at: datetime, mode: str = "live") -> None:
        """A rule's version fires on a case."""
        told = {"case_version": 1, "mode": mode, "facts": [], "actions": [], "fired_at": at}
        by = {"rule_id": version.rule_id, "version_id": version.id}
        self._add(RuleFiring(site_id=self.site.id, case_id=case.id, **(by | told)))

    def draw(self, decision: Decision) -> QaSample:
        """A decision is drawn for the QA sample."""
        return self._add(QaSample(decision_id=decision.id, site_id=self.site.id))

    def review(self, decision: Decision, person: Person, action: str, **fields: Any) -> None:
        """A decision is drawn for the QA sample, and a senior says what he would have decided."""
        sample = self.draw(decision)
        fields = {"clause": decision.clause, "ground": "terms" if action == "takedown" else None} | fields
        self._add(QaReview(sample_id=sample.id, moderator_id=person.id, action=action, **fields))

    def _add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row
