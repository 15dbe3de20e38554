"""The desk of who decides one case: the case, its article with what is said of each part, and what he may cite."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.orm import Session

from moderation_service.articles.content import Origin
from moderation_service.articles.models import ArticleRevision
from moderation_service.cases.models import Case
from moderation_service.db import utcnow
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.service import order_of
from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Role, SecondFor
from moderation_service.queries.actors import actor_names
from moderation_service.queries.case import case_for, described, held_by, order_summary
from moderation_service.queries.news import Seen, case_news
from moderation_service.queries.offers import cited_last, clauses, colleagues
from moderation_service.queries.said import said_of_case
from moderation_service.sites.people import Person, names_of

OTHERS_MOST = 10

_OTHERS = (
    select(Decision)
    .where(Decision.article_id == bindparam("article"), Decision.case_id != bindparam("case"))
    .order_by(Decision.id.desc())
    .limit(OTHERS_MOST)
)

_MADE_LAST = text("""
SELECT decisions.id, decisions.case_id, decisions.action, decisions.supersedes_id, decisions.moderator_id,
       cases.needs_second, cases.version AS case_version, decisions.revision,
       coalesce(articles.title, articles.url) AS title, extract(epoch FROM now() - decisions.decided_at)::float AS ago,
       decisions.clause, policy_clauses.title AS clause_title, cardinality(decisions.parts) AS parts, (
    SELECT jsonb_agg(jsonb_build_object('kind', kind, 'number', number) ORDER BY place) FROM (
        SELECT part ->> 'id' AS id, part ->> 'kind' AS kind, element.place,
               row_number() OVER (PARTITION BY part ->> 'kind' ORDER BY element.place) AS number
        FROM article_revisions revision, jsonb_array_elements(revision.parts) WITH ORDINALITY AS element (part, place)
        WHERE revision.article_id = decisions.article_id AND revision.number = decisions.revision
          AND cardinality(decisions.parts) > 0
    ) AS numbered WHERE id = ANY (decisions.parts)
) AS places
FROM decisions JOIN articles ON articles.id = decisions.article_id JOIN cases ON cases.id = decisions.case_id
LEFT JOIN policy_clauses ON policy_clauses.policy_id = decisions.policy_id AND policy_clauses.code = decisions.clause
WHERE decisions.case_id = :case ORDER BY decisions.id DESC LIMIT 1
""")


def case_desk(session: Session, case: Case, person: Person, seen: Seen | None = None) -> dict[str, Any]:
    """A case as `case_detail` tells it, and beside it all that its page shows; `news` is what happened since `seen`."""
    told = said_of_case(session, case.article_id, case.id)
    detail = described(session, case, flags=told)
    in_force = policy.in_force(session, case.site_id)
    reasons = {reason: given["flags"] for reason, given in told["by_reason"].items()}
    return detail | {
        "flagged_revision": _revision_unless(session, case, told["revision"], detail["article"]["revision"]),
        "clauses": clauses(session, in_force, reasons),
        "takedown_waits": _takedown_waits(in_force, detail["article"]["origin"]),
        "cited_last": cited_last(session, case.site_id, person),
        "others": _other_decisions(session, case),
        "names": _names(session, person, {event["by"] for event in detail["history"]}),
        "is_late": _is_late(session, case),
        "may_replay": person.may(Role.SENIOR, case.site_id),
        "may_decide": person.may(Role(case.needs_role), case.site_id),
        "colleagues": colleagues(session, case, person),
        "news": case_news(session, case, seen) if seen else [],
    }


def _names(session: Session, person: Person, actors: set[str]) -> dict[str, str]:
    """By actor, what people call him; who asks is known already, and often has been alone with the case."""
    return actor_names(session, actors - {person.actor}) | {person.actor: person.display_name}


def _is_late(session: Session, case: Case) -> bool:
    return case.deadline_at is not None and case.deadline_at < utcnow(session)


def _takedown_waits(in_force: PolicyVersion, origin: str) -> SecondFor | None:
    """Why a takedown of one case would wait for a second person, if it would."""
    return policy.takedown_waits(in_force, editorial=origin == Origin.EDITORIAL, others=0)


def case_pulse(session: Session, case_id: int, person: Person, seen: Seen | None) -> dict[str, Any]:
    """What of a case may change while it is looked at: who holds it, the store's state, and the news since `seen`.

    Raises:
        NotFound: as `case_detail`.
    """
    case = case_for(session, case_id, person)
    return {
        "id": case.id,
        "state": case.state,
        "held": held_by(session, case),
        "enforcement": order_summary(order_of(session, case.article_id)),
        "may_replay": person.may(Role.SENIOR, case.site_id),
        "news": case_news(session, case, seen) if seen else [],
    }


def _revision_unless(session: Session, case: Case, flagged: int | None, current: int) -> dict[str, Any] | None:
    """The revision that was flagged, where the article says something else by now."""
    then = None if flagged in (None, current) else session.get(ArticleRevision, (case.article_id, flagged))
    if then is None:
        return None
    return {"number": then.number, "parts": then.parts, "images": then.images or [], "at": then.created_at}


def _other_decisions(session: Session, case: Case) -> list[dict[str, Any]]:
    """What was decided lately about the same article in other cases."""
    made = session.scalars(_OTHERS, {"article": case.article_id, "case": case.id}).all()
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
    """What this person decided on a case, if that is its last decision: what he may undo; `ago` in seconds.

    Of so many `parts` that are taken down alone, `places` are their kinds, and their numbers among those of their kind.
    """
    row = session.execute(_MADE_LAST, {"case": case_id}).mappings().one_or_none()
    return None if row is None or row["moderator_id"] != person.id else dict(row)
