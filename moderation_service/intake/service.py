"""Flags after they were recorded: handed to triage, looked up by receipt, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.errors import NotFound
from moderation_service.intake.models import Flag, FlagOrigin, IdempotencyKey, UntriagedFlag


@dataclass(frozen=True, slots=True)
class FlaggedArticle:
    """What a batch of flags says about one article: its gravest severity, its reasons, the newest revision seen."""

    article_id: int
    site_id: int
    severity: int
    reasons: list[str]
    newest_revision: int


# A row whose lock another worker holds is that worker's: the batches never wait for each other.
TAKE = text("""
DELETE FROM untriaged_flags WHERE flag_id = ANY (ARRAY(
    SELECT flag_id FROM untriaged_flags ORDER BY flag_id LIMIT :limit OFFSET :skip FOR UPDATE SKIP LOCKED
)) RETURNING flag_id
""")

# Those that are taken back already are left alone: one that is given again at this moment waits for this very batch.
LOCK_STANDING = text("""
SELECT id FROM flags WHERE id = ANY (:ids) AND withdrawn_at IS NULL ORDER BY id FOR NO KEY UPDATE
""")

SUMMARISE = text("""
SELECT article_id, site_id, max(severity)::int, array_agg(DISTINCT reason), max(revision)
FROM flags
JOIN unnest(CAST(:reasons AS text[]), CAST(:severities AS int[])) AS gravity (reason, severity) USING (reason)
WHERE id = ANY (:ids) AND withdrawn_at IS NULL
GROUP BY article_id, site_id ORDER BY article_id
""")

MARK = text("""
UPDATE flags SET case_id = attached.case_id, triaged_at = (SELECT batch_now()), weight = known.weight,
                 reporter_upheld = known.upheld, reporter_rejected = known.rejected, reporter_fresh = known.fresh,
                 reporter_trusted = known.trusted, reporter_muted = known.muted
FROM unnest(CAST(:articles AS bigint[]), CAST(:cases AS bigint[])) AS attached (article_id, case_id),
     unnest(CAST(:reporters AS bytea[]), CAST(:weights AS float8[]), CAST(:upheld AS int[]), CAST(:rejected AS int[]),
            CAST(:fresh AS bool[]), CAST(:trusted AS bool[]), CAST(:muted AS bool[]))
         AS known (reporter, weight, upheld, rejected, fresh, trusted, muted)
WHERE flags.id = ANY (:ids) AND flags.article_id = attached.article_id AND flags.withdrawn_at IS NULL
  AND flags.reporter = known.reporter
""")


# By article and case, as the index has them.
FLAGS_OF = text("""
SELECT flags.id FROM cases JOIN flags ON flags.article_id = cases.article_id AND flags.case_id = cases.id
WHERE cases.id = ANY (:cases) AND flags.withdrawn_at IS NULL ORDER BY flags.id FOR NO KEY UPDATE OF flags
""")

# The flag is about to be weighed anew, over what was known of it.
KEEP_LIFE = text("""
INSERT INTO flag_lives (flag_id, article_id, case_id, triaged_at, withdrawn_at, weight, reporter_upheld,
                        reporter_rejected, reporter_fresh, reporter_trusted, reporter_muted)
SELECT id, article_id, case_id, triaged_at, withdrawn_at, weight, reporter_upheld, reporter_rejected, reporter_fresh,
       reporter_trusted, reporter_muted
FROM flags WHERE id = :flag AND case_id IS NOT NULL AND withdrawn_at IS NOT NULL
ON CONFLICT (flag_id, reinstated_at) DO NOTHING
""")


HEARD_BY = text("""
SELECT reporter, array_agg(DISTINCT part) FROM (
    SELECT reporter, part FROM flags
    WHERE article_id = :article AND case_id = :case AND triaged_at <= :moment
      AND (withdrawn_at IS NULL OR withdrawn_at > :moment)
    UNION ALL
    SELECT flags.reporter, flags.part FROM flag_lives AS life JOIN flags ON flags.id = life.flag_id
    WHERE life.article_id = :article AND life.case_id = :case AND life.triaged_at <= :moment
      AND life.withdrawn_at > :moment
) AS stood GROUP BY reporter
""")


def take_untriaged(session: Session, limit: int, *, skip: int = 0) -> list[int]:
    """Take up to `limit` of the oldest untriaged flags off the queue, past `skip` older ones.

    They come back if this transaction fails.
    """
    return list(session.scalars(TAKE, {"limit": limit, "skip": skip}))


def sites_of(session: Session, flag_ids: Sequence[int]) -> set[int]:
    """The sites of these flags."""
    return set(session.scalars(select(Flag.site_id).where(Flag.id.in_(flag_ids)).distinct()))


def lock_standing(session: Session, flag_ids: Sequence[int]) -> list[int]:
    """Those of these flags that were not taken back; whoever wants to take one of them back waits from now on."""
    return list(session.scalars(LOCK_STANDING, {"ids": flag_ids}))


def flags_of(session: Session, case_ids: Sequence[int]) -> list[int]:
    """The flags of these cases that stand, locked."""
    return list(session.scalars(FLAGS_OF, {"cases": list(case_ids)}))


def summarise(session: Session, flag_ids: Sequence[int], severities: Mapping[str, int]) -> list[FlaggedArticle]:
    """What these flags say, article by article, in the order of the articles' ids; withdrawn flags say nothing."""
    rows = session.execute(
        SUMMARISE,
        {"ids": flag_ids, "reasons": list(severities), "severities": list(severities.values())},
    )
    return [FlaggedArticle(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class Sender:
    """A reader as triage knows him at this moment; kept with his flags, so that it can be told later what was known."""

    reporter: bytes
    weight: float
    upheld: int
    rejected: int
    fresh: bool
    trusted: bool
    muted: bool


def mark_triaged(
    session: Session, flag_ids: Sequence[int], case_of: Mapping[int, int], senders: Sequence[Sender]
) -> None:
    """Note the case each of these flags belongs to, and who sent it; `case_of` maps articles to cases."""
    session.execute(
        MARK,
        {
            "ids": flag_ids,
            "articles": list(case_of),
            "cases": list(case_of.values()),
            "reporters": [s.reporter for s in senders],
            "weights": [s.weight for s in senders],
            "upheld": [s.upheld for s in senders],
            "rejected": [s.rejected for s in senders],
            "fresh": [s.fresh for s in senders],
            "trusted": [s.trusted for s in senders],
            "muted": [s.muted for s in senders],
        },
    )


def parts_by_reporter(session: Session, article_id: int, case_id: int) -> dict[bytes, Sequence[str | None]]:
    """The parts that each reader of a case flagged (None: the whole article), of the flags that stand."""
    rows = session.execute(
        select(Flag.reporter, func.array_agg(Flag.part.distinct()))
        .where(Flag.article_id == article_id, Flag.case_id == case_id, Flag.withdrawn_at.is_(None))
        .group_by(Flag.reporter)
    )
    return {reporter: parts for reporter, parts in rows}


def parts_heard_by(session: Session, article_id: int, case_id: int, moment: datetime) -> dict[bytes, list[str | None]]:
    """The parts that each reader of a case flagged, of the flags that stood at a moment, whatever became of them."""
    rows = session.execute(HEARD_BY, {"article": article_id, "case": case_id, "moment": moment})
    return {reporter: parts for reporter, parts in rows}


def oldest_untriaged(session: Session) -> timedelta | None:
    """How long the oldest untriaged flag has waited; None when none waits."""
    oldest = select(UntriagedFlag.received_at).order_by(UntriagedFlag.flag_id).limit(1).scalar_subquery()
    waited: timedelta | None = session.execute(select(func.clock_timestamp() - oldest)).scalar_one()
    return waited


def by_receipt(session: Session, site_id: int | None, receipt: UUID) -> Flag:
    """The site's flag of that receipt; for `None`, of whichever site, to whoever holds the receipt.

    Raises:
        NotFound: there is none.
    """
    flag = session.scalar(select(Flag).where(Flag.receipt == receipt))
    if flag is None or site_id not in (None, flag.site_id):
        raise NotFound("There is no flag with this receipt")
    return flag


def detail_of(session: Session, flag: Flag) -> Mapping[str, Any]:
    """What is kept beside a flag that another network sent; of others it is nothing."""
    origin = session.get(FlagOrigin, flag.id)
    return {} if origin is None else origin.detail


def withdraw(session: Session, flag: Flag) -> int | None:
    """Take a flag back at its reporter's wish; doing it again changes nothing.

    The case that loses it is the answer, None where it was in no case. A batch of triage that has the flag in its hands
    is waited for.
    """
    withdrawn = session.execute(
        update(Flag)
        .where(Flag.id == flag.id, Flag.withdrawn_at.is_(None))
        .values(withdrawn_at=func.clock_timestamp())
        .returning(Flag.case_id)
    ).one_or_none()
    if withdrawn is not None:
        audit.append(
            session,
            actor="reporter",
            action="flag.withdrawn",
            subject=f"flag:{flag.id}",
            site_id=flag.site_id,
        )
    return None if withdrawn is None else withdrawn.case_id


def reinstate(session: Session, flag: Flag) -> None:
    """Let a withdrawn flag stand again; it was counted once and counts once. Triage gives it its voice back.

    Until then it belongs to no case: whether it came in time for a verdict is told by when it came the second time.
    """
    session.execute(KEEP_LIFE, {"flag": flag.id})
    session.execute(update(Flag).where(Flag.id == flag.id).values(withdrawn_at=None, case_id=None, triaged_at=None))
    session.execute(
        insert(UntriagedFlag).values(flag_id=flag.id, received_at=func.clock_timestamp()).on_conflict_do_nothing()
    )
    audit.append(session, actor="reporter", action="flag.reinstated", subject=f"flag:{flag.id}", site_id=flag.site_id)


def forget_idempotency_keys(session: Session, *, older_than: timedelta) -> int:
    """Forget keys past their time; how many there were."""
    forgotten = session.execute(
        delete(IdempotencyKey)
        .where(IdempotencyKey.created_at < func.now() - older_than)
        .returning(IdempotencyKey.flag_id)
    )
    return len(forgotten.all())


def state_of(flag: Flag, *, outcome: str | None) -> str:
    """Where a flag stands, in the words its reporter is told; `outcome` is what its case came to."""
    if flag.withdrawn_at is not None:
        return "withdrawn"
    if flag.triaged_at is None:
        return "received"
    return outcome or "in review"
