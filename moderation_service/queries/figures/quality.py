"""How far seniors who looked blind agree with those who decided, by clause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from moderation_service.decisions.agreement import Agreement
from moderation_service.queries.figures.course import Row
from moderation_service.queries.figures.period import Period
from moderation_service.queries.quality import qa_agreement


def quality(session: Session, sites: Sequence[int], period: Period) -> tuple[list[Row], Row]:
    """What `qa_agreement` says of the period, all cases first, then by clause; and of all cases in the one before.

    `about` is `overall`, `clause`, or `uncited` for the cases that both cleared. `share` lies between `low` and `high`
    (95 %).
    """
    found = qa_agreement(session, sites, period.since, period.until)
    before = qa_agreement(session, sites, period.before, period.since)
    clauses = [
        _row("uncited" if of["clause"] is None else "clause", of["clause"], of["agreement"]) for of in found["clauses"]
    ]
    return [_row("overall", None, found["overall"]), *clauses], _row("overall", None, before["overall"])


def _row(about: str, clause: str | None, found: Agreement) -> dict[str, Any]:
    low, high = found.share_interval or (None, None)
    counts = {"cases": found.n, "agreed": found.agreed, "in_full": found.in_full}
    return {"about": about, "clause": clause, **counts, "share": found.share, "low": low, "high": high}
