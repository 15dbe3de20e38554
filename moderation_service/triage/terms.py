"""What each site's decisions have taught, kept in the database: learned as they come, put into force by the refresh.

Whatever weighs voices or scores cases of a site holds that site's lock: the sums it writes are those of one order of
events, however many workers there are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import bindparam, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.sites.models import Site
from moderation_service.triage.models import SiteTerms
from moderation_service.triage.order import Share, Terms

LOCK_CLASS = 7_105  # any number that no other advisory lock of two numbers uses

# A worker has time, and a batch may last longer than a statement may. Who asks by a click is told to try again.
WORKERS_WAIT, PEOPLES_WAIT = 60, 4  # seconds, for each site

# The limit for statements would end the wait before; it is put back as it was.
WAIT = text("""
SELECT current_setting('statement_timeout'), set_config('lock_timeout', :wait || 's', true),
       set_config('statement_timeout', '0', true)
""")
# What happens under the locks happens at this moment (`batch_now()`), not when the transaction began to wait for them.
MOMENT = text("""
SELECT set_config('moderation.batch_now', clock_timestamp()::text, true),
       set_config('statement_timeout', :statement_timeout, true)
""")
LOCK = text("SELECT pg_advisory_xact_lock(:class, site) FROM unnest(CAST(:sites AS int[])) AS site")


def lock(session: Session, site_ids: Collection[int], *, wait: int = WORKERS_WAIT) -> None:
    """Hold these sites' locks until the transaction ends; always before any case is locked.

    Each is waited for up to `wait` seconds, and so is any other lock from then on.
    """
    statement_timeout = session.execute(WAIT, {"wait": str(wait)}).scalar_one()
    session.execute(LOCK, {"class": LOCK_CLASS, "sites": sorted(site_ids)})
    session.execute(MOMENT, {"statement_timeout": statement_timeout})


_IN_FORCE = (
    select(Site.id, Site.prior, SiteTerms.in_force)
    .outerjoin(SiteTerms, SiteTerms.site_id == Site.id)
    .where(Site.id.in_(bindparam("sites", expanding=True)))
)


def in_force(session: Session, site_ids: Collection[int]) -> dict[int, Terms]:
    """By site, the terms that its cases are scored by."""
    rows = session.execute(_IN_FORCE, {"sites": list(site_ids)})
    return {site_id: replace(from_json(stored or {}), prior=prior) for site_id, prior, stored in rows}


def learned(session: Session, site_id: int) -> Terms:
    """The terms that the next refresh puts into force, locked until the transaction ends."""
    return from_json(_row(session, site_id).learned)


def _row(session: Session, site_id: int) -> SiteTerms:
    session.execute(insert(SiteTerms).values(site_id=site_id).on_conflict_do_nothing())
    return session.get_one(SiteTerms, site_id, with_for_update=True, populate_existing=True)


def learn(session: Session, site_id: int, terms: Terms) -> None:
    """Keep what was learned; call it with what came of `learned`."""
    session.get_one(SiteTerms, site_id).learned = to_json(terms)
    session.flush()


def count_arrivals(session: Session, site_id: int, *, cases: int, voices: int, voices_with_views: int) -> None:
    """Add new cases and voices to what a site usually gets; those on articles with known views count into its rate.

    Of each case only its first `order.MOST_COUNTED` voices are to be told, and none that is muted.
    """
    if cases or voices:
        known = learned(session, site_id)
        learn(session, site_id, known.arrive(cases=cases, voices=voices, voices_with_views=voices_with_views))


def count_views(session: Session, site_id: int, views: int) -> None:
    """Add views that a site reported, or took back, to those its rates are made of."""
    if views:
        known = learned(session, site_id)
        learn(session, site_id, known.view(views))


def set_curve(session: Session, site_id: int, curve: Sequence[float], typical_reach: float) -> None:
    """Replace what is expected of an article's future by what the site's own articles showed."""
    known = learned(session, site_id)
    learn(session, site_id, replace(known, curve=tuple(curve), typical_reach=typical_reach))


def adopt(session: Session, site_id: int) -> bool:
    """Put what was learned into force; whether that changed anything."""
    row = _row(session, site_id)
    if row.in_force == row.learned:
        return False
    row.in_force, row.adopted_at = row.learned, func.now()
    session.flush()
    return True


def come_to(session: Session, site_id: int) -> int:
    """The case up to which the site's open cases have been refreshed; 0 when the next refresh begins anew."""
    return _row(session, site_id).refreshed_up_to


def note_come_to(session: Session, site_id: int, case_id: int) -> None:
    """Note how far the refresh has come."""
    _row(session, site_id).refreshed_up_to = case_id
    session.flush()


def to_json(terms: Terms) -> dict[str, Any]:
    """As it is stored; the prior is the site's own setting and is not."""
    stored = asdict(terms)
    del stored["prior"]
    return stored | {"cohorts": [[share.upheld, share.decided] for share in terms.cohorts], "curve": list(terms.curve)}


def from_json(stored: dict[str, Any]) -> Terms:
    """What `to_json` made; an empty one gives the terms that every site begins with."""
    if not stored:
        return Terms()
    new, recorded, fresh = (Share(*pair) for pair in stored["cohorts"])
    return Terms(**(stored | {"cohorts": (new, recorded, fresh), "curve": tuple(stored["curve"])}))
