"""When flags on a decided case open another: the content changed, a new reason comes with new weight, or a notice does.

A decided revision is immune otherwise; flags that tell nothing new attach to the newest case that answered them. What
counts as told, and who as heard, is taken from all the cases that were decided on that revision or a later one: whoever
alternates between reasons that were all answered opens nothing. A legal notice is decided for itself (Digital Services
Act, Article 16(6)), whatever was decided before it came.

Muted readers open nothing again, not even by a reason that cannot wait: they were muted for what they said, and one
flag that a moderator has to look at at once would be all they need. What they flag stands in the decided case.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.intake.legal import CHANNEL as LEGAL
from moderation_service.intake.service import FlaggedArticle
from moderation_service.policy.vocabulary import REASONS
from moderation_service.triage.order import Record, Terms, weight
from moderation_service.triage.voices import fresh, record_of

# In readers of average reliability. Two who never flagged before are enough, or one with a good record.
NEW_READERS_COUNTED = 1.5
GRAVEST = 5
CANNOT_WAIT = frozenset(reason.value for reason, facts in REASONS.items() if facts.severity == GRAVEST)

# Decided by a person. A case that a rule closed as a repeat since answers nothing, but what was said in it is still to
# be heard: readers who come by twos with a new reason add up.
DECIDED = text("""
SELECT cases.article_id, cases.id, cases.version, cases.reasons,
       ARRAY(SELECT repeated.id FROM cases repeated WHERE repeated.article_id = cases.article_id
             AND repeated.id > cases.id AND repeated.closed_as = 'repeat' ORDER BY id) AS repeats
FROM unnest(CAST(:articles AS bigint[]), CAST(:revisions AS int[])) AS flagged (article_id, revision)
JOIN cases ON cases.article_id = flagged.article_id AND cases.decided_revision >= flagged.revision
WHERE cases.state = 'closed' AND cases.closed_as IS NULL
ORDER BY cases.article_id, cases.id DESC
""")

_CLOSED = """unnest(CAST(:articles AS bigint[]), CAST(:cases AS text[]), CAST(:reasons AS text[]))
         AS listed (article_id, cases, reasons)
     CROSS JOIN LATERAL (SELECT string_to_array(listed.cases, ' ')::bigint[] AS cases,
                                string_to_array(listed.reasons, ' ') AS reasons) AS closed"""

# Those that came with this batch, and those that came before and were not enough; of each reader the one flag that
# may matter most. Who was heard in a case that was decided brings no new weight.
_NEW_REASONS = """
SELECT DISTINCT ON (flags.article_id, flags.reporter) flags.article_id, flags.site_id, flags.reporter, flags.reason,
       reporters.upheld, reporters.rejected, reporters.pending, reporters.trusted, reporters.muted IS NOT NULL AS muted,
       {fresh} AS fresh,
       EXISTS (SELECT FROM voices WHERE voices.case_id = ANY (closed.cases) AND voices.reporter = flags.reporter
               AND voices.standing IN ('pending', 'upheld', 'rejected')) AS heard
FROM {closed}
JOIN flags ON flags.article_id = listed.article_id AND (flags.id = ANY (:flags) OR flags.case_id = ANY (closed.cases))
LEFT JOIN reporters ON reporters.reporter = flags.reporter
WHERE flags.withdrawn_at IS NULL AND NOT flags.reason = ANY (closed.reasons)
ORDER BY flags.article_id, flags.reporter, flags.reason = ANY (:cannot_wait) DESC, flags.id
"""
_SINCE = "coalesce(reporters.account_since, flags.reporter_since)"
_FRESH = fresh(_SINCE, "coalesce(reporters.first_flag_at, now())")
NEW_REASONS = text(_NEW_REASONS.format(closed=_CLOSED, fresh=_FRESH))

NOTICED = text("""
SELECT DISTINCT flags.article_id FROM flags LEFT JOIN reporters ON reporters.reporter = flags.reporter
WHERE flags.id = ANY (:flags) AND flags.article_id = ANY (:articles) AND flags.channel = :legal
  AND flags.withdrawn_at IS NULL AND reporters.muted IS NULL
""")

# Locked, so that none of them is taken back while its reader is heard.
_LATE = """
SELECT flags.id, flags.article_id, flags.reason
FROM {closed}
JOIN flags ON flags.article_id = listed.article_id AND flags.case_id = ANY (closed.cases)
JOIN voices ON voices.case_id = flags.case_id AND voices.reporter = flags.reporter AND voices.standing = 'late'
WHERE flags.withdrawn_at IS NULL AND NOT flags.reason = ANY (closed.reasons)
ORDER BY flags.id FOR NO KEY UPDATE OF flags
"""
LATE = text(_LATE.format(closed=_CLOSED))


@dataclass(frozen=True, slots=True)
class Answer:
    """What was decided of a revision: the newest case, which answers for it; all such cases, and their reasons.

    Among `cases` are those that were closed as repeats of the newest, without their reasons: nobody has judged them.
    """

    article_id: int
    id: int
    version: int
    cases: list[int]
    reasons: frozenset[str]


def answered(
    session: Session, flagged: Sequence[FlaggedArticle], flag_ids: Sequence[int], terms: Mapping[int, Terms]
) -> tuple[dict[int, Answer], list[Any]]:
    """By article, what answers its flags; and the earlier flags that go into a case opened anew.

    Of those flags the id, article_id and reason.
    """
    said = {article.article_id: set(article.reasons) for article in flagged}
    answers = _answers(session, flagged)
    disputed = [answer for answer in answers if said[answer.article_id] - answer.reasons]
    again = _with_new_weight(session, disputed, flag_ids, terms) | _with_notices(session, answers, flag_ids)
    reopened = [answer for answer in answers if answer.article_id in again]
    late = session.execute(LATE, _arrays(reopened)).all() if reopened else []
    return {answer.article_id: answer for answer in answers if answer.article_id not in again}, list(late)


def _answers(session: Session, flagged: Sequence[FlaggedArticle]) -> list[Answer]:
    articles = {
        "articles": [article.article_id for article in flagged],
        "revisions": [article.newest_revision for article in flagged],
    }
    decided = [list(cases) for _, cases in groupby(session.execute(DECIDED, articles), key=attrgetter("article_id"))]
    return [
        Answer(
            article_id=newest.article_id,
            id=newest.id,
            version=newest.version,
            cases=[*(case.id for case in (newest, *earlier)), *newest.repeats],
            reasons=frozenset(reason for case in (newest, *earlier) for reason in case.reasons),
        )
        for newest, *earlier in decided
    ]


def _with_new_weight(
    session: Session, disputed: Sequence[Answer], flag_ids: Sequence[int], terms: Mapping[int, Terms]
) -> set[int]:
    if not disputed:
        return set()
    counted: defaultdict[int, float] = defaultdict(float)
    wanted = _arrays(disputed) | {"flags": flag_ids, "cannot_wait": sorted(CANNOT_WAIT)}
    for row in session.execute(NEW_REASONS, wanted):
        counted[row.article_id] += _counts(row, terms[row.site_id])
    return {article_id for article_id, weighs in counted.items() if weighs >= NEW_READERS_COUNTED}


def _with_notices(session: Session, answers: Sequence[Answer], flag_ids: Sequence[int]) -> set[int]:
    if not answers:
        return set()
    articles = [answer.article_id for answer in answers]
    return set(session.scalars(NOTICED, {"flags": flag_ids, "articles": articles, "legal": LEGAL}))


def _counts(row: Any, known: Terms) -> float:
    """How much one reader's new reason counts, in readers of average reliability."""
    if row.muted:
        return 0.0
    if row.reason in CANNOT_WAIT:
        return NEW_READERS_COUNTED
    if row.heard:
        return 0.0
    record = Record(fresh=row.fresh) if row.upheld is None else record_of(row, more=1)
    return weight(record, known) / known.full_weight


def _arrays(answers: Sequence[Answer]) -> dict[str, list[Any]]:
    return {
        "articles": [answer.article_id for answer in answers],
        "cases": [" ".join(map(str, answer.cases)) for answer in answers],
        "reasons": [" ".join(sorted(answer.reasons)) for answer in answers],
    }
