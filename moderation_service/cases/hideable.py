"""Which articles may have to be hidden now: where flags came, and wherever the chance has risen since."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, exists, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from moderation_service.articles.models import Article
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.sites.models import Site
from moderation_service.triage.order import HIDE_CHANCE
from moderation_service.triage.rules.switches import switched_off
from moderation_service.triage.vouchers import enough_vouch

BATCH = 100  # cases that one look takes; the next look follows

# The bound stands in the statement itself: only so does the planner know that the index of such cases holds them all.
LIKELY = (Case.state == "open", Case.hidden_at.is_(None), Case.chance >= literal_column(str(HIDE_CHANCE)))


def among(session: Session, case_ids: Collection[int]) -> list[int]:
    """Of these cases, those likely enough to be hidden, on sites that hide and where rules may act."""
    if not case_ids:
        return []
    likely = select(Case.id, Case.site_id).join(Site, Site.id == Case.site_id)
    likely = likely.where(Case.id.in_(case_ids), *LIKELY, Site.hide_pending).order_by(Case.id)
    found = session.execute(likely).all()
    off = switched_off(session, {row.site_id for row in found}) if found else ()
    return [row.id for row in found if row.site_id not in off]


def anywhere(session: Session) -> list[int]:
    """Cases, locked, whose articles may be hidden by now: no flag came, but their chance, or a reader's record, rose.

    Those that somebody is working on at this moment are left to the next look. Who vouches is looked at here already,
    so that likely cases for which nobody does take no room in the batch.
    """
    hiding = set(session.scalars(select(Site.id).where(Site.hide_pending)))
    acting = hiding - switched_off(session, hiding)
    if not acting:
        return []
    return list(
        session.scalars(
            select(Case.id)
            .join(Article, Article.id == Case.article_id)
            .where(*LIKELY, Case.site_id.in_(acting), enough_vouch(Case.id))
            .where(~was_hidden(Case.article_id, Article.current_revision))
            .order_by(Case.id)
            .limit(BATCH)
            .with_for_update(of=Case, key_share=True, skip_locked=True)
        )
    )


def was_hidden(
    article_id: int | InstrumentedAttribute[int], revision: int | InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """The condition that an article was hidden at a revision before, by whichever of its cases."""
    earlier = aliased(Case)
    return (
        exists()
        .where(earlier.article_id == article_id, CaseEvent.case_id == earlier.id, CaseEvent.kind == "hidden")
        .where(CaseEvent.detail["revision"].as_integer() == revision)
    )
