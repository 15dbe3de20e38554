"""What rules do, and how it is taken back.

Steps of the story that `pipeline.py` calls. The sites' locks (`triage.terms.lock`) come before any lock of a case.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from moderation_service import telling
from moderation_service.articles.models import Article
from moderation_service.audit import service as audit
from moderation_service.cases import arrivals, automatic, doing, scoring
from moderation_service.cases import telling as histories
from moderation_service.cases.models import Case
from moderation_service.db import attempt
from moderation_service.intake import service as intake
from moderation_service.jobs import wake
from moderation_service.notifications import service as notifications
from moderation_service.ordering import hear, reweigh
from moderation_service.policy.vocabulary import SEVERITIES
from moderation_service.triage import judging, voices
from moderation_service.triage import terms as site_terms
from moderation_service.triage.models import Rule, RuleVersion
from moderation_service.triage.rules import firing, firings, muting
from moderation_service.triage.rules.actions import CloseAsRepeat, Hide, Notify
from moderation_service.triage.rules.deeds import Deed
from moderation_service.triage.rules.entries import Mode
from moderation_service.triage.rules.firings import Fired, TakenBack

log = structlog.get_logger()

Hides = Callable[[Session, int], str | None]

PART = 2000  # firings taken back in one transaction, for it holds the locks of their sites


@dataclass(frozen=True, slots=True)
class Reverted:
    """What was taken back of a version: firings, and of these the cases that were still open or are open again.

    `to_show` are cases that hide their article and have no rule any more that wants it. `more` may be left.
    """

    firings: int = 0
    cases: int = 0
    reopened: int = 0
    unmuted: int = 0
    to_show: tuple[int, ...] = ()
    more: bool = True

    def __add__(self, later: Reverted) -> Reverted:
        """Both parts as one, the second of which says whether more is left."""
        return Reverted(
            firings=self.firings + later.firings,
            cases=self.cases + later.cases,
            reopened=self.reopened + later.reopened,
            unmuted=self.unmuted + later.unmuted,
            to_show=self.to_show + later.to_show,
            more=later.more,
        )

    @property
    def shown(self) -> int:
        """How many articles are shown again."""
        return len(self.to_show)


def apply_rules(session: Session, case_ids: Sequence[int], *, hide: Hides) -> list[Fired]:
    """Let the rules in force look at these open cases, and do what the live ones ask; what fired, live or in shadow.

    Their sites are locked. `hide` tries to hide the article of a case, and says why not where it does not.

    Whatever fails in that costs no flag its case: what rules did in this batch is undone, and the log says so. Only
    what the next try may mend (a deadlock, a lost connection) is raised.
    """
    try:
        with attempt(session):
            return _apply(session, case_ids, hide)
    except OperationalError:
        raise
    except Exception:
        log.exception("rules.failed", cases=len(case_ids))
        return []


def _apply(session: Session, case_ids: Sequence[int], hide: Hides) -> list[Fired]:
    fired = firing.fire(session, case_ids)
    live = [done for done in fired if done.mode is Mode.LIVE]
    if not live:
        return fired
    outcomes = automatic.apply(session, {done.case_id for done in live})
    to_hide = [o.case_id for o in outcomes if o.effect.hides and not (o.hidden or o.closed)]
    not_hidden = {case_id: hide(session, case_id) for case_id in to_hide}
    muted = muting.ask(session, live)
    reweigh(session, {reporter: by.site_id for reporter, by in muted.items()})
    done = doing.deeds(live, outcomes, not_hidden=not_hidden, muting={by.id for by in muted.values()})
    firings.note(session, done)
    histories.tell_fired(session, outcomes, live, done)
    _notify(session, live, done)
    if any(outcome.closed for outcome in outcomes):
        wake(session, "triage.settle")
    return fired


def revert(session: Session, version: RuleVersion, *, actor: str) -> Reverted:
    """Take back what one version of a rule did on cases that nobody has decided: the newest `PART` of them.

    Cases it closed are open again; where their article has a newer one, that takes their flags. Readers it muted count
    again, unless a person has confirmed it. What other rules ask of these cases stays. Doing it again changes nothing.
    """
    site_terms.lock(session, firings.sites_of(session, version.id), wait=site_terms.PEOPLES_WAIT)
    taken_back = firings.take_back(session, version.id, limit=PART, actor=actor)
    closed = _cases(taken_back, CloseAsRepeat)
    reopened = automatic.reopen(session, closed)
    _hear_again(session, reopened)
    _hand_over(session, closed, actor=actor)
    outcomes = automatic.apply(session, {taken.case_id for taken in taken_back})
    unmuted = muting.lift(session, version.id, actor=actor)
    reweigh(session, unmuted)
    hid = set(_cases(taken_back, Hide))
    done = Reverted(
        firings=len(taken_back),
        cases=len(outcomes),
        reopened=len(reopened),
        unmuted=len(unmuted),
        to_show=tuple(o.case_id for o in outcomes if o.hidden and o.case_id in hid and not o.effect.hides),
        more=len(taken_back) == PART,
    )
    rule = session.get_one(Rule, version.rule_id)
    by = {"rule": rule.name, "rule_version": version.number}
    histories.tell_reverted(session, outcomes, taken_back, reopened=reopened, by=by, actor=actor)
    audit.append(
        session,
        actor=actor,
        action="rule.reverted",
        subject=f"rule:{rule.id}",
        site_id=rule.site_id,
        detail=by | {"firings": done.firings, "cases": done.cases},
    )
    return done


def _cases(taken_back: Sequence[TakenBack], kind: type[CloseAsRepeat | Hide]) -> list[int]:
    """Those of these cases on which an action of that kind was taken back."""
    return [taken.case_id for taken in taken_back if any(isinstance(action, kind) for action in taken.actions)]


def _hear_again(session: Session, case_ids: Sequence[int]) -> None:
    """Give the readers of cases that are open again their weight there."""
    if not case_ids:
        return
    judging.hear_again(session, case_ids)
    sites = session.scalars(select(Case.site_id).where(Case.id.in_(case_ids)).distinct())
    terms = site_terms.in_force(session, sites.all())
    scoring.rescore(session, voices.weigh_anew(session, case_ids, terms), terms=terms, tolerance=0.0)


def _hand_over(session: Session, case_ids: Sequence[int], *, actor: str) -> None:
    """Let the flags of cases that stay closed as repeats go into the open case of their article, as flags that come."""
    outrun = automatic.outrun(session, case_ids)
    flag_ids = intake.flags_of(session, list(outrun)) if outrun else []
    if not flag_ids:
        return
    flagged = intake.summarise(session, flag_ids, SEVERITIES)
    terms = site_terms.in_force(session, {article.site_id for article in flagged})
    attached = arrivals.attach(session, flagged, flag_ids, terms)
    hear(session, flag_ids, attached.cases, terms)
    arrivals.record(session, attached.cases)
    telling.moved(session, [case.case_id for case in attached.cases])
    handed = [
        arrivals.system_event(case_id, version, "flags_handed_over", {"to_case": newer}) | {"actor": actor}
        for case_id, (version, newer) in outrun.items()
    ]
    arrivals.record_events(session, handed)
    for case_id in outrun:
        judging.note(session, case_id)
    wake(session, "triage.settle")


def _notify(session: Session, fired: Sequence[Fired], deeds: Mapping[int, Sequence[Deed]]) -> None:
    telling_to = [(done, n, to) for done in fired for n, to in enumerate(done.actions) if isinstance(to, Notify)]
    if not telling_to:
        return
    articles = _articles(session, {done.case_id for done, _, _ in telling_to})
    for done, number, to in telling_to:
        notifications.enqueue(
            session,
            site_id=done.site_id,
            channel=to.channel,
            recipient=to.to,
            kind="rule.fired",
            key=f"rule-firing-{done.id}-{number}",
            subject=f"{done.rule}: case {done.case_id}",
            facts={
                "rule": done.rule,
                "because": done.because,
                "version": done.number,
                "case_id": done.case_id,
                "article": articles[done.case_id],
                "facts": json.loads(done.facts),
                "actions": _told_to(number, deeds[done.id]),
            },
        )
    wake(session, "notifications.drain")


def _told_to(number: int, deeds: Sequence[Deed]) -> list[dict[str, Any]]:
    """What came of a firing's actions, for whom that one of them tells; who else is told is not his concern."""
    told = [deed.to_json() for deed in deeds]
    for other, action in enumerate(told):
        if other != number and action["do"] == Notify.do:
            del action["to"]
    return told


def _articles(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, str | None]]:
    """By case, how its article is called."""
    rows = session.execute(
        select(Case.id, Article.external_id, Article.title, Article.url)
        .join(Article, Article.id == Case.article_id)
        .where(Case.id.in_(case_ids))
    )
    return {case_id: {"external_id": known_as, "title": title, "url": url} for case_id, known_as, title, url in rows}
