"""The careful way in: one flag, one transaction, every case told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.articles import service as articles
from moderation_service.articles.models import Article
from moderation_service.articles.quotations import anchored
from moderation_service.db import before_commit, utcnow
from moderation_service.errors import Invalid
from moderation_service.intake import contacts
from moderation_service.intake.idempotency import recall, remember
from moderation_service.intake.models import Flag, FlagContact, FlagOrigin, UntriagedFlag
from moderation_service.intake.service import reinstate
from moderation_service.intake.submission import Recorded, Submission, Target


def record_one(session: Session, submission: Submission) -> Recorded:
    """Record one flag, or find the one that it repeats.

    Raises:
        StillRunning, IdempotencyMismatch: as `idempotency.recall`.
        Invalid: the revision or the part does not exist, nothing names the article, or the reporter's account is said
            to be made in the future.
    """
    earlier = recall(session, submission)
    if earlier is not None:
        return earlier
    _require_past(session, submission)
    article = articles.locate_or_note(
        session,
        submission.site_id,
        external_id=submission.external_id,
        url=submission.url,
        title=submission.title,
    )
    seen = _revision_seen(session, submission, article)
    submission = _anchored(session, submission, article, seen)
    flag = _insert(session, submission, article, seen)
    if flag is None:
        recorded = _repeat(session, submission, article, seen)
    else:
        recorded = Recorded(flag.receipt, flag.received_at, 202)
        audit_received(session, flag.id)
    remember(session, submission, recorded)
    return recorded


def audit_received(session: Session, flag_id: int) -> None:
    """The same entry that the fast way writes for a whole batch, as the last of the transaction."""
    digest = select(func.sha256(func.flag_digest(literal_column("flags")))).where(Flag.id == flag_id).scalar_subquery()
    entry = func.audit_append(
        "intake",
        "flags.received",
        f"flags:{flag_id}-{flag_id}",
        None,
        None,
        digest,
        func.jsonb_build_object("flags", func.jsonb_build_array(flag_id)),
    )
    before_commit(session, lambda: session.execute(select(entry)))


def _require_past(session: Session, submission: Submission) -> None:
    since = submission.reporter_since
    if since is not None and since > utcnow(session):
        raise Invalid("The reporter cannot have been seen first after this flag", field="reporter.first_seen_at")


def _revision_seen(session: Session, submission: Submission, article: Article) -> int:
    seen = article.current_revision if submission.revision is None else submission.revision
    part = submission.target.part
    if seen == 0 and article.current_revision == 0:
        return 0  # the site has not told us the content yet: any part may exist
    part_ids = articles.part_ids(session, article.id, seen)
    if part_ids is None:
        raise Invalid(f"There is no revision {seen} of this article", field="article.revision")
    if part is not None and part not in part_ids:
        raise Invalid(f"Revision {seen} of this article has no part {part!r}", field="target.part")
    return seen


def _anchored(session: Session, submission: Submission, article: Article, seen: int) -> Submission:
    """The flag on the part that has the words it quotes, where nobody said which; else on the whole article."""
    quotation = submission.target.quotation
    if submission.target.part is not None or quotation is None:
        return submission
    found = anchored(articles.parts_of(session, article.id, seen), quotation)
    return submission if found is None else replace(submission, target=Target(*found))


def _insert(session: Session, submission: Submission, article: Article, seen: int) -> Any | None:
    flag = session.execute(
        insert(Flag)
        .values(
            receipt=submission.receipt,
            site_id=submission.site_id,
            article_id=article.id,
            revision=seen,
            reporter=submission.reporter,
            reporter_since=submission.reporter_since,
            target_key=submission.target_key,
            part=submission.target.part,
            quotation=submission.target.quotation,
            reason=submission.reason,
            comment=submission.comment,
            locale=submission.locale,
            channel=submission.channel,
            notifier=submission.notifier,
        )
        .on_conflict_do_nothing(index_elements=["article_id", "reporter", "revision", "target_key"])
        .returning(Flag.id, Flag.receipt, Flag.received_at)
    ).one_or_none()
    if flag is not None:
        session.execute(insert(UntriagedFlag).values(flag_id=flag.id, received_at=flag.received_at))
        if submission.email is not None:
            session.execute(insert(FlagContact).values(flag_id=flag.id, email=submission.email))
        if submission.via is not None:
            via = submission.via
            session.execute(insert(FlagOrigin).values(flag_id=flag.id, host=via.host, detail=dict(via.detail)))
    return flag


def _repeat(session: Session, submission: Submission, article: Article, seen: int) -> Recorded:
    flag = session.execute(
        select(Flag).where(
            Flag.article_id == article.id,
            Flag.reporter == submission.reporter,
            Flag.revision == seen,
            Flag.target_key == submission.target_key,
        )
    ).scalar_one()
    if flag.withdrawn_at is not None:
        # The reader changed his mind again: the same flag stands, it does not count twice.
        reinstate(session, flag)
    if submission.email is not None:
        contacts.leave(session, flag, submission.email)
    return Recorded(flag.receipt, flag.received_at, 200)
