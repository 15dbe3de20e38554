"""Articles hidden until they are reviewed: when that may be, for how long, and what is done when nobody comes.

Only a person takes anything down. What may be hidden in the meantime is an article that is very likely bad, vouched for
by readers with good records, on a site that allows it, once for each of its revisions, and never without an end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, func, literal, or_, select
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.audit import service as audit
from moderation_service.cases import service as cases
from moderation_service.cases.effects import lane_of, resolve
from moderation_service.cases.hideable import was_hidden
from moderation_service.cases.models import Case
from moderation_service.db import utcnow
from moderation_service.sites.models import Site
from moderation_service.triage.order import Voucher, index, may_hide
from moderation_service.triage.priority import Escalation
from moderation_service.triage.rules import firings
from moderation_service.triage.vouchers import vouchers

FIRST_OF_ALL_AFTER = timedelta(hours=2)
RECORDS_TOLD = 5  # of those who vouched, the best, in the history of the case
BATCH = 100  # cases that one look takes; the next look follows


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for hiding an article now: its revision, who vouches, and for how many hours at most."""

    revision: int
    vouchers: Sequence[Voucher]
    hours: int


def grounds(session: Session, case: Case) -> Grounds | str:
    """On what grounds the article of a locked case may be hidden until it is reviewed, or in words why it may not be.

    It is hidden once for each of its revisions: what was shown again, by a person or by itself, is not hidden anew
    until it says something else.
    """
    if case.state != "open" or case.hidden_at is not None:
        return "the case is closed" if case.state != "open" else "the article is hidden already"
    site = session.get_one(Site, case.site_id)
    if not site.hide_pending:
        return "the site hides nothing before it is reviewed"
    vouching = vouchers(session, case.id)
    revision = session.scalars(select(Article.current_revision).where(Article.id == case.article_id)).one()
    if not may_hide(case.chance, vouching):
        return "its flags are not likely enough to be right, or too few readers with good records stand behind them"
    if _was_hidden_at(session, case.article_id, revision):
        return "what the article says now was hidden before"
    return Grounds(revision, [v for v in vouching if v.vouches], site.hide_hours)


def _was_hidden_at(session: Session, article_id: int, revision: int) -> bool:
    return session.execute(select(was_hidden(article_id, revision))).scalar_one()


def hide(session: Session, case: Case, why: Grounds, *, actor: str) -> None:
    """Note that a locked case hides its article from now on; whoever is deciding it has to know."""
    case.hidden_at = func.now()
    case.hidden_until = func.now() + literal(timedelta(hours=why.hours))
    case.urgency = _urgency(case, hidden=True)
    case.version += 1
    session.flush()
    session.refresh(case, ["hidden_at", "hidden_until"])
    detail = {
        "revision": why.revision,
        "chance": round(case.chance, 3),
        "vouchers": len(why.vouchers),
        "records": [{"upheld": v.upheld, "rejected": v.rejected} for v in why.vouchers[:RECORDS_TOLD]],
        "until": case.hidden_until.isoformat() if case.hidden_until else None,
    }
    cases.record_event(session, case, actor=actor, kind="hidden", detail=detail)


def restore(session: Session, case: Case, *, because: str, actor: str) -> bool:
    """Note that a locked case hides its article no longer, and goes on waiting; whether it did hide it.

    It was put before all others because it was hidden; now it has the place that its rules and its readers give it.
    """
    if case.state != "open" or case.hidden_at is None:
        return False
    case.hidden_at = case.hidden_until = None
    case.urgency = _urgency(case, hidden=False)
    if case.escalation == Escalation.HIDDEN_TOO_LONG:
        case.escalation = _lane_besides(session, case)
    case.version += 1
    session.flush()
    cases.record_event(session, case, actor=actor, kind="restored", detail={"because": because})
    return True


def _urgency(case: Case, *, hidden: bool) -> float:
    """A hidden article harms nobody, but may be missed: the more so the less likely its flags are right."""
    return index(case.chance, case.severity_set or case.severity, case.reach, hidden=hidden)


def _lane_besides(session: Session, case: Case) -> Escalation:
    """The lane of a case but for its having been hidden."""
    effect = resolve(firings.acting(session, [case.id]).get(case.id, ()))
    return lane_of(case, effect, now=utcnow(session))


def hides(session: Session, article_id: int) -> bool:
    """Whether an article has an open case that hides it."""
    found = exists().where(Case.article_id == article_id, Case.state == "open", Case.hidden_at.is_not(None))
    return session.execute(select(found)).scalar_one()


def over(session: Session) -> list[tuple[Case, str]]:
    """Cases, locked, whose article must be shown again, and why: its time is over, or its site hides nothing any more.

    Those that somebody is working on at this moment are left to the next look.
    """
    rows = session.execute(
        select(Case, Site.hide_pending)
        .join(Site, Site.id == Case.site_id)
        .where(Case.state == "open", Case.hidden_at.is_not(None))
        .where(or_(Case.hidden_until <= func.now(), Site.hide_pending.is_(False)))
        .order_by(Case.id)
        .limit(BATCH)
        .with_for_update(of=Case, key_share=True, skip_locked=True),
        execution_options={"populate_existing": True},
    )
    return [(case, "time_over" if allowed else "hiding_switched_off") for case, allowed in rows]


def put_first(session: Session) -> list[int]:
    """Put cases that were hidden too long before all others; which they are.

    Those that somebody is working on at this moment are left to the next look.
    """
    late = session.scalars(
        select(Case)
        .where(Case.state == "open", Case.hidden_at <= func.now() - literal(FIRST_OF_ALL_AFTER))
        .where(Case.escalation < Escalation.HIDDEN_TOO_LONG)
        .order_by(Case.id)
        .limit(BATCH)
        .with_for_update(key_share=True, skip_locked=True),
        execution_options={"populate_existing": True},
    ).all()
    for case in late:
        case.escalation = Escalation.HIDDEN_TOO_LONG
        case.version += 1
        session.flush()
        detail = {"because": Escalation.HIDDEN_TOO_LONG.name.lower()}
        cases.record_event(session, case, actor=audit.SYSTEM, kind="escalated", detail=detail)
    return [case.id for case in late]
