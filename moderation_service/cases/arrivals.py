"""What a batch of flags does to cases: opens them, joins them, raises them. Set by set, in one lock order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.intake.service import FlaggedArticle
from moderation_service.triage.priority import Escalation

# Locked in one order, before anything else is read: a decision being made on one of these cases ends first.
LOCK_OPEN = text("""
SELECT id, article_id, version, severity, escalation, reasons FROM cases
WHERE state = 'open' AND article_id = ANY (:articles) ORDER BY id FOR NO KEY UPDATE
""")

NEWEST_CLOSED = text("""
SELECT DISTINCT ON (article_id) article_id, id, version, reasons, decided_revision
FROM cases WHERE state = 'closed' AND article_id = ANY (:articles)
ORDER BY article_id, id DESC
""")

OPEN = text("""
INSERT INTO cases (site_id, article_id, severity, reasons)
SELECT site_id, article_id, severity, string_to_array(reasons, ' ')
FROM unnest(CAST(:sites AS int[]), CAST(:articles AS bigint[]), CAST(:severities AS smallint[]),
            CAST(:reasons AS text[])) AS flagged (site_id, article_id, severity, reasons)
ORDER BY article_id
ON CONFLICT (article_id) WHERE state = 'open' DO UPDATE SET
    severity = greatest(cases.severity, excluded.severity),
    reasons = ARRAY(SELECT DISTINCT unnest(cases.reasons || excluded.reasons) ORDER BY 1),
    version = cases.version + (NOT excluded.reasons <@ cases.reasons)::int
RETURNING id, article_id, version, escalation, reasons, xmax = 0 AS is_new
""")

ESCALATE = text("""
UPDATE cases SET escalation = wanted.escalation, version = cases.version + 1
FROM unnest(CAST(:cases AS bigint[]), CAST(:escalations AS int[])) AS wanted (id, escalation)
WHERE cases.id = wanted.id AND cases.state = 'open' AND cases.escalation < wanted.escalation
RETURNING cases.id, cases.version, cases.escalation
""")


EVENTS = text("""
INSERT INTO case_events (case_id, case_version, actor, kind, detail)
SELECT * FROM json_to_recordset(CAST(:events AS json))
    AS event (case_id bigint, case_version int, actor text, kind text, detail jsonb)
""")


@dataclass(frozen=True, slots=True)
class Touched:
    """A case that a batch of flags opened or joined; `change` is what its history has to say of it, if anything."""

    case_id: int
    article_id: int
    version: int
    reasons: frozenset[str]
    is_open: bool
    escalation: Escalation = Escalation.NONE
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Escalated:
    """A case that a rule raised."""

    case_id: int
    version: int
    level: Escalation


def attach(session: Session, flagged: Sequence[FlaggedArticle]) -> list[Touched]:
    """For each flagged article, the case its flags belong to: the open one, a new one, or the one decided already.

    A decided case speaks for the revisions up to the one it was decided on and for the reasons it was decided on:
    flags that bring neither a newer revision nor a new reason attach to it and do not open another.
    """
    articles = [article.article_id for article in flagged]
    before = {row.article_id: row for row in session.execute(LOCK_OPEN, {"articles": articles})}
    answered = _answered_already(session, [a for a in flagged if a.article_id not in before])
    known = {a.article_id: _touched(before[a.article_id]) for a in flagged if _tells_nothing_new(a, before)}
    fresh = [a for a in flagged if a.article_id not in answered and a.article_id not in known]
    versions = {article_id: row.version for article_id, row in before.items()}
    return [*answered.values(), *known.values(), *_open(session, fresh, versions)]


def _tells_nothing_new(article: FlaggedArticle, before: Mapping[int, Any]) -> bool:
    """Whether the article's open case stays as it is; most flags of a story that goes round are of this kind."""
    row = before.get(article.article_id)
    return row is not None and article.severity <= row.severity and set(article.reasons) <= set(row.reasons)


def _touched(row: Any, change: str | None = None) -> Touched:
    return Touched(
        row.id,
        row.article_id,
        row.version,
        frozenset(row.reasons),
        is_open=True,
        escalation=Escalation(row.escalation),
        change=change,
    )


def _answered_already(session: Session, flagged: Sequence[FlaggedArticle]) -> dict[int, Touched]:
    flags = {article.article_id: article for article in flagged}
    return {
        row.article_id: Touched(row.id, row.article_id, row.version, frozenset(row.reasons), is_open=False)
        for row in session.execute(NEWEST_CLOSED, {"articles": list(flags)})
        if set(flags[row.article_id].reasons) <= set(row.reasons)
        and flags[row.article_id].newest_revision <= row.decided_revision
    }


def _open(session: Session, flagged: Sequence[FlaggedArticle], versions: Mapping[int, int]) -> list[Touched]:
    if not flagged:
        return []
    rows = session.execute(
        OPEN,
        {
            "sites": [a.site_id for a in flagged],
            "articles": [a.article_id for a in flagged],
            "severities": [a.severity for a in flagged],
            "reasons": [" ".join(a.reasons) for a in flagged],
        },
    )
    return [_touched(row, _change(row, versions)) for row in rows]


def _change(row: Any, versions: Mapping[int, int]) -> str | None:
    if row.is_new:
        return "opened"
    # A case that another worker opened in the meantime is not among those that were locked; it began with 1.
    return "reason_added" if row.version > versions.get(row.article_id, 1) else None


def escalate(session: Session, wanted: Mapping[int, Escalation]) -> list[Escalated]:
    """Raise each of these open cases to an escalation; those that were lower before."""
    if not wanted:
        return []
    rows = session.execute(ESCALATE, {"cases": list(wanted), "escalations": [int(e) for e in wanted.values()]})
    return [Escalated(row.id, row.version, Escalation(row.escalation)) for row in rows]


def record(session: Session, touched: Sequence[Touched], escalated: Sequence[Escalated]) -> None:
    """Write what changed into the cases' histories and the audit trail."""
    events = [_event(c.case_id, c.version, c.change, {"reasons": sorted(c.reasons)}) for c in touched if c.change]
    events += [_event(c.case_id, c.version, "escalated", {"because": c.level.name.lower()}) for c in escalated]
    if not events:
        return
    session.execute(EVENTS, {"events": json.dumps(events)})
    for kind in ("opened", "reason_added", "escalated"):
        ids = [event["case_id"] for event in events if event["kind"] == kind]
        audit.append_batch(session, action=f"cases.{kind}", kind="cases", ids=ids)


def _event(case_id: int, version: int, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {"case_id": case_id, "case_version": version, "actor": audit.SYSTEM, "kind": kind, "detail": detail}
