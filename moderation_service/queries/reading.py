"""The desk of who decides one case: the case, its article with what is said of each part, and what he may cite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from moderation_service.articles.models import ArticleRevision
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.models import Order
from moderation_service.errors import NotFound
from moderation_service.intake.models import Flag
from moderation_service.policy.vocabulary import Role
from moderation_service.queries.actors import actor_names
from moderation_service.queries.case import case_detail, held_by, order_summary
from moderation_service.queries.offers import cited_last, clauses, colleagues
from moderation_service.queries.said import said_of_parts
from moderation_service.sites.people import Person, names_of
from moderation_service.triage.models import Reporter

OTHERS_MOST = 10

_MADE_LAST = text("""
SELECT decisions.id, decisions.case_id, decisions.action, decisions.supersedes_id, decisions.moderator_id,
       coalesce(articles.title, articles.url) AS title, extract(epoch FROM now() - decisions.decided_at)::float AS ago
FROM decisions JOIN articles ON articles.id = decisions.article_id
WHERE decisions.case_id = :case ORDER BY decisions.id DESC LIMIT 1
""")


def case_desk(session: Session, case_id: int, person: Person) -> dict[str, Any]:
    """A case as `case_detail` tells it, and beside it all that its page shows.

    Raises:
        NotFound: as `case_detail`.
    """
    detail = case_detail(session, case_id, person)
    case = session.get_one(Case, case_id)
    return detail | {
        "said": said_of_parts(session, case.article_id, case_id),
        "flagged_revision": flagged_revision(session, case, detail["article"]["revision"]),
        "clauses": clauses(session, case),
        "cited_last": cited_last(session, case, person),
        "others": _other_decisions(session, case),
        "order_id": session.scalar(select(Order.id).where(Order.article_id == case.article_id)),
        "names": actor_names(session, {event["by"] for event in detail["history"]}),
        "may_replay": person.may(Role.SENIOR, case.site_id),
        "may_decide": person.may(Role(case.needs_role), case.site_id),
        "colleagues": colleagues(session, case, person),
    }


def case_pulse(session: Session, case_id: int, person: Person) -> dict[str, Any]:
    """What of a case may change while it is looked at: its version, who holds it, its flags, the store's state.

    Raises:
        NotFound: as `case_detail`.
    """
    case = session.get(Case, case_id)
    if case is None or person.role_on(case.site_id) is None:
        raise NotFound("There is no such case")
    standing = (Flag.article_id == case.article_id, Flag.case_id == case.id, Flag.withdrawn_at.is_(None))
    order = session.scalar(select(Order).where(Order.article_id == case.article_id))
    return {
        "id": case.id,
        "state": case.state,
        "version": case.version,
        "held": held_by(session, case),
        "flags": session.scalar(select(func.count()).where(*standing)),
        "enforcement": order_summary(order),
        "order_id": order.id if order else None,
        "may_replay": person.may(Role.SENIOR, case.site_id),
    }


def flagged_revision(session: Session, case: Case, current: int) -> dict[str, Any] | None:
    """The revision most flags of a case were about, when the article says something else by now; None otherwise."""
    number = session.scalar(
        select(Flag.revision)
        .where(Flag.article_id == case.article_id, Flag.case_id == case.id, Flag.withdrawn_at.is_(None))
        .group_by(Flag.revision)
        .order_by(func.count().desc(), Flag.revision.desc())
        .limit(1)
    )
    then = None if number in (None, current) else session.get(ArticleRevision, (case.article_id, number))
    return None if then is None else {"number": then.number, "parts": then.parts, "at": then.created_at}


def readers_of(session: Session, flags: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """By reporter, what is known by now of those who sent these flags."""
    hashes = {bytes.fromhex(flag["reporter"]) for flag in flags}
    readers = session.scalars(select(Reporter).where(Reporter.reporter.in_(hashes)))
    return {
        reader.reporter.hex(): {
            "upheld": reader.upheld,
            "decided": reader.upheld + reader.rejected,
            "trusted": reader.trusted,
            "muted": reader.muted,
        }
        for reader in readers
    }


def _other_decisions(session: Session, case: Case) -> list[dict[str, Any]]:
    """What was decided lately about the same article in other cases."""
    made = session.scalars(
        select(Decision)
        .where(Decision.article_id == case.article_id, Decision.case_id != case.id)
        .order_by(Decision.id.desc())
        .limit(OTHERS_MOST)
    ).all()
    names = names_of(session, [decision.moderator_id for decision in made])
    return [
        {
            "case_id": decision.case_id,
            "action": decision.action,
            "parts": decision.parts,
            "clause": decision.clause,
            "by": names.get(decision.moderator_id),
            "decided_at": decision.decided_at,
        }
        for decision in made
    ]


def made_last(session: Session, case_id: int, person: Person) -> dict[str, Any] | None:
    """What this person decided on a case, if that is its last decision: what he may undo; `ago` in seconds."""
    row = session.execute(_MADE_LAST, {"case": case_id}).mappings().one_or_none()
    return None if row is None or row["moderator_id"] != person.id else dict(row)
