"""A drawn decision as whoever made it saw its case: nothing of what was decided, by whom, or of what came of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, exists, or_, select, text
from sqlalchemy.orm import Session

from moderation_service.articles import service as articles
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.cases.models import Case
from moderation_service.decisions import quality
from moderation_service.decisions.models import Decision
from moderation_service.intake.models import Flag, FlagLife
from moderation_service.policy import service as policy
from moderation_service.policy.vocabulary import Role
from moderation_service.queries.offers import clauses
from moderation_service.queries.worklist import COUNTED_MOST
from moderation_service.sites.models import Site
from moderation_service.sites.people import Person

FLAGS_SHOWN = 50

_WAITING = f"""
SELECT qa_samples.id FROM qa_samples JOIN decisions made ON made.id = qa_samples.decision_id
WHERE (CAST(:sites AS int[]) IS NULL OR qa_samples.site_id = ANY (:sites))
  AND NOT EXISTS (SELECT FROM qa_reviews said WHERE said.sample_id = qa_samples.id
                  AND (said.action IS NOT NULL OR said.moderator_id = :person))
  AND NOT EXISTS (SELECT FROM case_events event WHERE event.case_id = made.case_id AND event.actor = :actor)
  AND NOT {quality.MENDED}
"""  # noqa: S608  (of our own fragments)
_COUNT = text(f"SELECT count(*) FROM ({_WAITING}) AS waiting")  # noqa: S608  (of our own fragments)
_NEXT = text(_WAITING + " ORDER BY qa_samples.id LIMIT 1")


def blind_waiting(session: Session, person: Person) -> int:
    """How many drawn decisions a senior may look at, on the sites where he is one."""
    return int(session.execute(_COUNT, _of(person)).scalar_one())


def blind_next(session: Session, person: Person) -> int | None:
    """The drawn decision that has waited longest for a senior like this; None when none does."""
    found: int | None = session.execute(_NEXT, _of(person)).scalar_one_or_none()
    return found


def _of(person: Person) -> dict[str, Any]:
    return {"sites": person.sites_as(Role.SENIOR), "person": person.id, "actor": person.actor}


def blind_sample(session: Session, sample_id: int, person: Person) -> dict[str, Any]:
    """The article and the flags that the decider saw, and the clauses there are to cite.

    `said` is by part, as `said_of_parts` has it; of the flags the first 1,000 are counted and the first 50 told.

    Raises:
        NotFound, Forbidden, Conflict: as `quality.open_to`.
    """
    sample, made = quality.open_to(session, sample_id, person)
    case = session.get_one(Case, made.case_id)
    article = session.get_one(Article, case.article_id)
    flags = _flags_then(session, case, made)
    reasons = Counter(flag.reason for flag in flags)
    return {
        "id": sample.id,
        "site": session.get_one(Site, sample.site_id).slug,
        "article": articles.describe(article, session.get(ArticleRevision, (article.id, made.revision))),
        "said": _said_in(flags),
        "reasons": reasons.most_common(),
        "readers": len({flag.reporter for flag in flags}),
        "flags": [_told(flag) for flag in flags[:FLAGS_SHOWN]],
        "counted": len(flags),
        "clauses": clauses(session, policy.in_force(session, case.site_id), reasons),
    }


def _flags_then(session: Session, case: Case, made: Decision) -> Sequence[Flag]:
    """The flags that stood in a case when it was decided, whatever became of them."""
    then = made.decided_at
    stood = and_(Flag.triaged_at <= then, or_(Flag.withdrawn_at.is_(None), Flag.withdrawn_at > then))
    stood_before = exists().where(
        FlagLife.flag_id == Flag.id, FlagLife.triaged_at <= then, FlagLife.withdrawn_at > then
    )
    return session.scalars(
        select(Flag)
        .where(Flag.article_id == case.article_id, Flag.case_id == case.id, or_(stood, stood_before))
        .order_by(Flag.id)
        .limit(COUNTED_MOST)
    ).all()


def _said_in(flags: Sequence[Flag]) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What flags say of each part: reasons, and the words that are quoted, each with how many flags; most first."""
    reasons: dict[str, Counter[str]] = {}
    quoted: dict[str, Counter[tuple[str, str, str]]] = {}
    for flag in flags:
        if flag.part is None:
            continue
        reasons.setdefault(flag.part, Counter())[flag.reason] += 1
        words = quoted.setdefault(flag.part, Counter())
        if flag.quotation:
            told = [flag.quotation.get(name) or "" for name in ("exact", "prefix", "suffix")]
            words[told[0], told[1], told[2]] += 1
    return {
        part: {
            "reasons": [{"reason": reason, "flags": times} for reason, times in counted.most_common()],
            "quotations": [
                {"exact": exact, "prefix": prefix, "suffix": suffix, "flags": times}
                for (exact, prefix, suffix), times in quoted[part].most_common()
            ],
        }
        for part, counted in reasons.items()
    }


def _told(flag: Flag) -> dict[str, Any]:
    """A flag with the record that its reader had when it came, for later ones know what was decided."""
    return {
        "reason": flag.reason,
        "part": flag.part,
        "quotation": flag.quotation,
        "comment": flag.comment,
        "revision": flag.revision,
        "received_at": flag.received_at,
        "upheld": flag.reporter_upheld or 0,
        "decided": (flag.reporter_upheld or 0) + (flag.reporter_rejected or 0),
        "trusted": flag.reporter_trusted,
        "muted": flag.reporter_muted,
    }
