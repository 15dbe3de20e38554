"""When flags on a decided case open another: the content changed, or a new reason comes with new weight.

A cleared revision is immune otherwise; flags that tell nothing new attach to the case that answered them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.intake.service import FlaggedArticle
from moderation_service.policy.vocabulary import REASONS
from moderation_service.triage.order import Record, Terms, weight
from moderation_service.triage.voices import record_of

# In readers of average reliability. Two who never flagged before are enough, or one with a good record.
NEW_READERS_COUNTED = 1.5
GRAVEST = 5
CANNOT_WAIT = frozenset(reason.value for reason, facts in REASONS.items() if facts.severity == GRAVEST)

# Decided by a person: a case that a rule closed as a repeat says nothing that its article's decided case does not.
NEWEST_CLOSED = text("""
SELECT DISTINCT ON (article_id) article_id, id, version, reasons, decided_revision
FROM cases WHERE state = 'closed' AND closed_as IS NULL AND article_id = ANY (:articles)
ORDER BY article_id, id DESC
""")

# Those that came with this batch, and those that came before and were not enough. Who was heard in the case that was
# decided brings no new weight.
NEW_REASONS = text("""
SELECT DISTINCT ON (flags.article_id, flags.reporter) flags.article_id, flags.site_id, flags.reporter,
       reporters.upheld, reporters.rejected, reporters.pending, reporters.trusted, reporters.muted IS NOT NULL AS muted,
       coalesce(coalesce(reporters.account_since, flags.reporter_since)
                > coalesce(reporters.first_flag_at, now()) - interval '24 hours', false) AS fresh
FROM unnest(CAST(:articles AS bigint[]), CAST(:cases AS bigint[]), CAST(:reasons AS text[]))
    AS closed (article_id, case_id, reasons)
JOIN flags ON flags.article_id = closed.article_id AND (flags.id = ANY (:flags) OR flags.case_id = closed.case_id)
LEFT JOIN reporters ON reporters.reporter = flags.reporter
WHERE flags.withdrawn_at IS NULL AND NOT flags.reason = ANY (string_to_array(closed.reasons, ' '))
  AND NOT EXISTS (SELECT FROM voices WHERE voices.case_id = closed.case_id AND voices.reporter = flags.reporter
                  AND voices.standing IN ('pending', 'upheld', 'rejected'))
ORDER BY flags.article_id, flags.reporter, flags.id
""")

LATE = text("""
SELECT flags.id, flags.article_id, flags.reason FROM flags
JOIN unnest(CAST(:articles AS bigint[]), CAST(:cases AS bigint[]), CAST(:reasons AS text[]))
    AS closed (article_id, case_id, reasons) ON flags.article_id = closed.article_id AND flags.case_id = closed.case_id
JOIN voices ON voices.case_id = closed.case_id AND voices.reporter = flags.reporter AND voices.standing = 'late'
WHERE flags.withdrawn_at IS NULL AND NOT flags.reason = ANY (string_to_array(closed.reasons, ' '))
""")


def answered(
    session: Session, flagged: Sequence[FlaggedArticle], flag_ids: Sequence[int], terms: Mapping[int, Terms]
) -> tuple[dict[int, Any], list[Any]]:
    """By article, the decided case that answers its flags; and the earlier flags that go into a case opened anew.

    Of those flags the id, article_id and reason.
    """
    said = {article.article_id: article for article in flagged}
    closed = [
        row
        for row in session.execute(NEWEST_CLOSED, {"articles": list(said)})
        if said[row.article_id].newest_revision <= row.decided_revision
    ]
    disputed = [row for row in closed if set(said[row.article_id].reasons) - set(row.reasons)]
    reopened = _with_new_weight(session, disputed, said, flag_ids, terms)
    late = session.execute(LATE, _arrays(reopened)).all() if reopened else []
    again = {row.article_id for row in reopened}
    return {row.article_id: row for row in closed if row.article_id not in again}, list(late)


def _with_new_weight(
    session: Session,
    disputed: Sequence[Any],
    said: Mapping[int, FlaggedArticle],
    flag_ids: Sequence[int],
    terms: Mapping[int, Terms],
) -> list[Any]:
    if not disputed:
        return []
    counted: defaultdict[int, float] = defaultdict(float)
    for row in session.execute(NEW_REASONS, _arrays(disputed) | {"flags": flag_ids}):
        known = terms[row.site_id]
        record = Record(fresh=row.fresh) if row.upheld is None else record_of(row, more=1)
        counted[row.article_id] += weight(record, known) / known.full_weight
    return [
        row
        for row in disputed
        if counted[row.article_id] >= NEW_READERS_COUNTED
        or CANNOT_WAIT & (set(said[row.article_id].reasons) - set(row.reasons))
    ]


def _arrays(closed: Sequence[Any]) -> dict[str, list[Any]]:
    return {
        "articles": [row.article_id for row in closed],
        "cases": [row.id for row in closed],
        "reasons": [" ".join(row.reasons) for row in closed],
    }
