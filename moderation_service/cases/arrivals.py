"""What a batch of flags does to cases: opens them and joins them. Set by set, in one lock order."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.cases import reopening
from moderation_service.intake.service import FlaggedArticle
from moderation_service.policy.vocabulary import REASONS, Reason
from moderation_service.triage.order import Terms

# Locked in one order, before anything else is read: a decision being made on one of these cases ends first.
LOCK_OPEN = text("""
SELECT id, article_id, version, severity, reasons FROM cases
WHERE state = 'open' AND article_id = ANY (:articles) ORDER BY id FOR NO KEY UPDATE
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
RETURNING id, article_id, version, reasons, xmax = 0 AS is_new
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
    change: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """The cases of a batch; `taken_along` are flags of before that a case opened anew takes from the decided one."""

    cases: list[Touched]
    taken_along: list[int]


def attach(
    session: Session, flagged: Sequence[FlaggedArticle], flag_ids: Sequence[int], terms: Mapping[int, Terms]
) -> Attached:
    """For each flagged article, the case its flags belong to: the open one, a new one, or the one decided already.

    A decided case speaks for the revisions up to the one it was decided on and for the reasons it was decided on
    (`reopening.answered` says when it no longer does): such flags attach to it and do not open another.
    """
    articles = [article.article_id for article in flagged]
    before = {row.article_id: row for row in session.execute(LOCK_OPEN, {"articles": articles})}
    not_open = [a for a in flagged if a.article_id not in before]
    closed, late = reopening.answered(session, not_open, flag_ids, terms)
    known = {a.article_id: _touched(before[a.article_id]) for a in flagged if _tells_nothing_new(a, before)}
    fresh = [a for a in flagged if a.article_id not in closed and a.article_id not in known]
    versions = {article_id: row.version for article_id, row in before.items()}
    answered = [_touched(row, is_open=False) for row in closed.values()]
    opened = _open(session, [_with(article, late) for article in fresh], versions)
    return Attached([*answered, *known.values(), *opened], [flag.id for flag in late])


def _with(article: FlaggedArticle, late: Sequence[Any]) -> FlaggedArticle:
    """The article with what its earlier flags say that are taken along."""
    reasons = {Reason(flag.reason) for flag in late if flag.article_id == article.article_id}
    if not reasons:
        return article
    severity = max(article.severity, *(REASONS[reason].severity for reason in reasons))
    return replace(article, severity=severity, reasons=sorted({*article.reasons, *reasons}))


def _tells_nothing_new(article: FlaggedArticle, before: Mapping[int, Any]) -> bool:
    """Whether the article's open case stays as it is; most flags of a story that goes round are of this kind."""
    row = before.get(article.article_id)
    return row is not None and article.severity <= row.severity and set(article.reasons) <= set(row.reasons)


def _touched(row: Any, change: str | None = None, *, is_open: bool = True) -> Touched:
    return Touched(row.id, row.article_id, row.version, frozenset(row.reasons), is_open=is_open, change=change)


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


def record(session: Session, touched: Sequence[Touched]) -> None:
    """Write what changed into the cases' histories and the audit trail."""
    record_events(
        session,
        [system_event(c.case_id, c.version, c.change, {"reasons": sorted(c.reasons)}) for c in touched if c.change],
    )


def record_events(session: Session, events: Sequence[dict[str, Any]]) -> None:
    """Write what the service itself did to many cases, each with its case_id, case_version, kind and detail."""
    if not events:
        return
    session.execute(EVENTS, {"events": json.dumps(events)})
    for kind in dict.fromkeys(event["kind"] for event in events):
        ids = [event["case_id"] for event in events if event["kind"] == kind]
        audit.append_batch(session, action=f"cases.{kind}", kind="cases", ids=ids)


def system_event(case_id: int, version: int, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    """What the service itself did to a case, for `record_events`."""
    return {"case_id": case_id, "case_version": version, "actor": audit.SYSTEM, "kind": kind, "detail": detail}
