"""Readers who flagged: their records, their standing and who gave it to them, and what became of their voices.

Known by their keyed hashes only; who a reader is, his site knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select, text
from sqlalchemy.orm import Session

from moderation_service.queries.actors import actor_names
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.sites.models import Site
from moderation_service.triage.models import Reporter, Rule, RuleVersion

VOICES_SHOWN = 50

# One walk along each of the two indexes of voices.
LATEST_VOICES = text("""
SELECT case_id, standing, weight FROM (
    (SELECT * FROM voices WHERE reporter = :reporter AND standing = 'pending' ORDER BY case_id DESC LIMIT :most)
    UNION ALL
    (SELECT * FROM voices WHERE reporter = :reporter AND standing <> 'pending' ORDER BY case_id DESC LIMIT :most)
) AS latest ORDER BY case_id DESC LIMIT :most
""")

_Row = Row[Reporter, str, str | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterFilter:
    """Which readers; `sites` None means those of all. `muted` is asked, confirmed or any, None for muted or not."""

    sites: list[int] | None
    muted: str | None = None
    trusted: bool | None = None


def reporter_page(session: Session, wanted: ReporterFilter, *, cursor: str | None, limit: int) -> Page:
    """Readers in the order of their hashes, which means nothing and never changes.

    Raises:
        Invalid: the cursor is not one of ours.
    """
    query = _standing(wanted).order_by(Reporter.reporter).limit(limit + 1)
    if cursor is not None:
        (after,) = decode(cursor, bytes)
        query = query.where(Reporter.reporter > after)
    found = session.execute(query, execution_options={"populate_existing": True}).all()
    rows = found[:limit]
    last = encode([rows[-1][0].reporter]) if len(found) > limit else None
    return Page(_told(session, rows), last)


def reporter_detail(session: Session, reporter: bytes) -> dict[str, Any]:
    """A reader who is known, with his latest voices: in which case, what it weighs (log odds), what became of it."""
    query = _standing(ReporterFilter(sites=None)).where(Reporter.reporter == reporter)
    (row,) = _told(session, session.execute(query, execution_options={"populate_existing": True}).all())
    voices = session.execute(LATEST_VOICES, {"reporter": reporter, "most": VOICES_SHOWN}).mappings()
    return row | {"voices": [dict(voice) for voice in voices]}


def _standing(wanted: ReporterFilter) -> Select[Reporter, str, str | None, int | None]:
    query = (
        select(Reporter, Site.slug, Rule.name, RuleVersion.number)
        .join(Site, Site.id == Reporter.site_id)
        .outerjoin(RuleVersion, RuleVersion.id == Reporter.muted_by_version)
        .outerjoin(Rule, Rule.id == RuleVersion.rule_id)
    )
    if wanted.sites is not None:
        query = query.where(Reporter.site_id.in_(wanted.sites))
    if wanted.muted == "any":
        query = query.where(Reporter.muted.is_not(None))
    elif wanted.muted is not None:
        query = query.where(Reporter.muted == wanted.muted)
    if wanted.trusted is not None:
        query = query.where(Reporter.trusted if wanted.trusted else ~Reporter.trusted)
    return query


def _told(session: Session, rows: Sequence[_Row]) -> list[dict[str, Any]]:
    names = actor_names(session, [reader.noted_by for reader, *_ in rows if reader.noted_by is not None])
    return [
        {
            "reporter": reader.reporter.hex(),
            "site": site,
            "upheld": reader.upheld,
            "rejected": reader.rejected,
            "pending": reader.pending,
            "account_since": reader.account_since,
            "first_flag_at": reader.first_flag_at,
            "trusted": reader.trusted,
            "muted": reader.muted,
            "muted_at": reader.muted_at,
            "muted_by": None if rule is None else {"rule": rule, "version": version},
            "barred_until": reader.barred_until,
            "note": reader.note and {"note": reader.note, "by": names[reader.noted_by or ""], "at": reader.noted_at},
        }
        for reader, site, rule, version in rows
    ]
