"""What happened to a case since somebody looked at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.ruling import POLICY_WRITTEN, clause_changed
from moderation_service.intake.models import Flag
from moderation_service.queries.actors import actor_names

# Who holds a case is told beside it, as it is now.
_HOLDING = {"claimed", "released"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed: the case's version, the article's revision, and the newest of the case's flags (0: none).

    Without a `flag`, no news of flags is wanted.
    """

    version: int
    revision: int
    flag: int | None = None


def case_news(session: Session, case: Case, seen: Seen) -> list[dict[str, Any]]:
    """What happened to a case past the version that was seen, oldest first; then a new revision and new flags, if any.

    A note moves no version: one is told where it came after something that did. Each of these has its `kind`; what was
    done by a person has his name in `by`.
    """
    events = cases.history(session, case.id, after_version=seen.version)
    names = actor_names(session, {event.actor for event in events})
    news = [
        event.detail | {"kind": event.kind, "by": names[event.actor]} for event in events if event.kind not in _HOLDING
    ]
    revision = session.scalar(select(Article.current_revision).where(Article.id == case.article_id))
    if revision != seen.revision:
        news.append({"kind": "article_revised", "revision": revision})
    fresh = 0 if seen.flag is None else _flags_after(session, case, seen.flag)
    return [*news, {"kind": "flagged", "flags": fresh}] if fresh else news


def policy_news(session: Session, changed: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of the changes told by a conflict that are about the policy, as news: `by` is the name of who wrote it."""
    written = [dict(change) for change in changed if change["kind"] == POLICY_WRITTEN]
    names = actor_names(session, {change["by"] for change in written if change["by"]})
    return [change | {"by": names.get(change["by"])} for change in written]


def clause_news(session: Session, site_id: int, code: str | None, policy_id: int | None) -> list[dict[str, Any]]:
    """The news of a clause that was proposed, as `policy_news` has them; none while it says the same."""
    return policy_news(session, clause_changed(session, site_id, code, policy_id))


def _flags_after(session: Session, case: Case, flag: int) -> int:
    fresh = select(func.count()).where(
        Flag.article_id == case.article_id, Flag.id > flag, Flag.case_id == case.id, Flag.withdrawn_at.is_(None)
    )
    return session.execute(fresh).scalar_one()
