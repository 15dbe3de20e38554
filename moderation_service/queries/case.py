"""One case with all that a decider has to see, and its flags a page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, bindparam, func, select, tuple_
from sqlalchemy.orm import Session

from moderation_service.articles import service as articles
from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case, Claim
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.models import Order
from moderation_service.enforcement.service import order_of
from moderation_service.errors import NotFound
from moderation_service.intake.legal import CHANNEL
from moderation_service.intake.models import Flag, FlagOrigin
from moderation_service.queries.cursor import Page, decode, encode
from moderation_service.queries.firings import fired_on
from moderation_service.queries.legal import notices_of
from moderation_service.queries.places import priorities
from moderation_service.queries.proposal import proposal_on
from moderation_service.sites.models import Moderator, Site
from moderation_service.sites.people import Person, names_of
from moderation_service.triage.models import Reporter

_ARTICLE = (
    select(Article, Site.slug, ArticleRevision, Order)
    .join(Site, Site.id == Article.site_id)
    .outerjoin(
        ArticleRevision,
        and_(ArticleRevision.article_id == Article.id, ArticleRevision.number == Article.current_revision),
    )
    .outerjoin(Order, Order.article_id == Article.id)
    .where(Article.id == bindparam("article"))
)
_HELD = (
    select(Moderator.display_name.label("by"), Claim.moderator_id, Claim.expires_at.label("until"))
    .join(Moderator, Moderator.id == Claim.moderator_id)
    .where(Claim.case_id == bindparam("case"), Claim.expires_at > func.now())
)
# Their columns alone: a page of fifty that nobody changes need not be told to the session one by one.
_FLAGS: Select[Any] = (
    select(
        *Flag.__table__.columns,
        FlagOrigin.host.label("via_host"),
        FlagOrigin.detail.label("via_detail"),
        Reporter.upheld.label("now_upheld"),
        (Reporter.upheld + Reporter.rejected).label("now_decided"),
        Reporter.trusted.label("now_trusted"),
        Reporter.muted.label("now_muted"),
    )
    .outerjoin(FlagOrigin, FlagOrigin.flag_id == Flag.id)
    .outerjoin(Reporter, Reporter.reporter == Flag.reporter)
    .where(Flag.article_id == bindparam("article"), Flag.case_id == bindparam("case"), Flag.id > bindparam("after"))
    .order_by(Flag.id)
    .limit(bindparam("most"))
)
_FLAGS_OF_PART = _FLAGS.where(Flag.part == bindparam("part"))
_DECISIONS = select(Decision).where(Decision.case_id == bindparam("case")).order_by(Decision.id)
_LEGAL = func.count().filter(Flag.channel == CHANNEL)


def case_detail(session: Session, case_id: int, person: Person) -> dict[str, Any]:
    """A case: its article as it stands now, its flags counted, who holds it, its history, the store's state.

    Raises:
        NotFound: there is none, or it is on a site this person does not work on.
    """
    case = case_for(session, case_id, person)
    return described(session, case, flags=_counts(session, case))


def case_for(session: Session, case_id: int, person: Person) -> Case:
    """A case that this person may look at.

    Raises:
        NotFound: there is none, or it is on a site he does not work on.
    """
    case = session.get(Case, case_id)
    if case is None or person.role_on(case.site_id) is None:
        raise NotFound("There is no such case")
    return case


def described(session: Session, case: Case, *, flags: dict[str, Any]) -> dict[str, Any]:
    """A case as `case_detail` tells it, with its flags as somebody counted them."""
    article, site, revision, order = session.execute(_ARTICLE, {"article": case.article_id}).one()
    return {
        "id": case.id,
        "site": site,
        "state": case.state,
        "version": case.version,
        **priorities(session, [case.id])[case.id],
        "queue": case.queue,
        "needs_role": case.needs_role,
        "needs_second": case.needs_second,
        "proposal": proposal_on(session, case),
        "hidden": _hidden(case),
        "deadline_at": case.deadline_at,
        "opened_at": case.opened_at,
        "closed_at": case.closed_at,
        "article": articles.describe(article, revision),
        "flags": flags,
        "rules": fired_on(session, case.id),
        "held": held_by(session, case),
        "decisions": _told(session, _decisions(session, case.id)),
        "enforcement": order_summary(order),
        "history": [
            {"at": e.at, "by": e.actor, "kind": e.kind, "version": e.case_version, **e.detail}
            for e in cases.history(session, case.id)
        ],
    }


def _counts(session: Session, case: Case) -> dict[str, Any]:
    rows = session.execute(
        select(Flag.reason, func.count(), func.count(Flag.reporter.distinct()), _LEGAL)
        .where(Flag.article_id == case.article_id, Flag.case_id == case.id, Flag.withdrawn_at.is_(None))
        .group_by(func.grouping_sets(tuple_(Flag.reason), tuple_()))
    )
    counted: dict[str | None, tuple[dict[str, int], int]] = {
        reason: ({"flags": count, "reporters": people}, legal) for reason, count, people, legal in rows
    }
    in_all, legal = counted.pop(None)  # of whatever reason
    by_reason = {reason: of_reason for reason, (of_reason, _) in counted.items()}
    return {"total": in_all["flags"], "reporters": in_all["reporters"], "legal": legal, "by_reason": by_reason}


def decision_detail(session: Session, decision: Decision) -> dict[str, Any]:
    """A decision just made, the case version it led to, and where its enforcement stands."""
    case = session.get_one(Case, decision.case_id)
    (told,) = _told(session, [decision])
    return told | {
        "case_id": case.id,
        "case_version": case.version,
        "enforcement": order_summary(order_of(session, decision.article_id)),
    }


def _hidden(case: Case) -> dict[str, Any] | None:
    if case.state != "open" or case.hidden_at is None:
        return None
    return {"since": case.hidden_at, "until": case.hidden_until}


def held_by(session: Session, case: Case) -> dict[str, Any] | None:
    """Who holds a case, and until when; None while it is free."""
    held = session.execute(_HELD, {"case": case.id}).mappings().one_or_none()
    return None if held is None else dict(held)


def _decisions(session: Session, case_id: int) -> list[Decision]:
    return list(session.scalars(_DECISIONS, {"case": case_id}))


def _told(session: Session, decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    names = names_of(session, [decision.moderator_id for decision in decisions])
    return [_decision(decision, names) for decision in decisions]


def _decision(decision: Decision, names: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": decision.id,
        "action": decision.action,
        "parts": decision.parts,
        "clause": decision.clause,
        "ground": decision.ground,
        "note": decision.note,
        "by": names.get(decision.moderator_id),
        "decided_at": decision.decided_at,
        "revision": decision.revision,
        "supersedes": decision.supersedes_id,
    }


def order_summary(order: Order | None) -> dict[str, Any] | None:
    """What the content store was told and what it was last seen to show."""
    if order is None:
        return None
    return {
        "id": order.id,
        "state": order.state,
        "wanted": order.wanted,
        "decision": order.decision_id,
        "applied": order.applied_version == order.wanted_version,
        "applied_at": order.applied_at,
        "attempts": order.attempts,
        "next_try_at": order.due_at if order.state == "pending" else None,
        "last_error": order.last_error,
    }


def case_flags(
    session: Session, case_id: int, person: Person, *, cursor: str | None, limit: int, part: str | None = None
) -> Page:
    """The flags of a case, or those of one part of its article, oldest first, the withdrawn ones among them.

    Of who sent one, `record` is what was known when it came, `reader` what is known now.

    Raises:
        NotFound: as `case_detail`.
        Invalid: the cursor is not one of ours.
    """
    case = case_for(session, case_id, person)
    (after,) = decode(cursor, int) if cursor is not None else (0,)
    bound = {"article": case.article_id, "case": case.id, "after": after, "most": limit + 1}
    found = _FLAGS if part is None else _FLAGS_OF_PART
    flags = session.execute(found, bound | ({} if part is None else {"part": part})).all()
    shown = flags[:limit]
    legal = notices_of(session, [flag.id for flag in shown if flag.channel == CHANNEL])
    rows = [_flag(flag) | {"legal": legal.get(flag.id)} for flag in shown]
    return Page(rows, encode([rows[-1]["id"]]) if len(flags) > limit else None)


def _flag(flag: Row[Any]) -> dict[str, Any]:
    return {
        "id": flag.id,
        "reason": flag.reason,
        "comment": flag.comment,
        "part": flag.part,
        "quotation": flag.quotation,
        "revision": flag.revision,
        "locale": flag.locale,
        "reporter": flag.reporter.hex(),
        "channel": flag.channel,
        "via": None if flag.via_detail is None else {"host": flag.via_host, **flag.via_detail},
        "record": _record_then(flag),
        "reader": _reader_now(flag),
        "received_at": flag.received_at,
        "withdrawn_at": flag.withdrawn_at,
    }


def _record_then(flag: Row[Any]) -> dict[str, int] | None:
    """What was known of who sent it when triage saw it; None before, and for flags older than records are."""
    if flag.reporter_upheld is None or flag.reporter_rejected is None:
        return None
    return {"upheld": flag.reporter_upheld, "rejected": flag.reporter_rejected}


def _reader_now(flag: Row[Any]) -> dict[str, Any] | None:
    """None until triage has seen him."""
    if flag.now_upheld is None:
        return None
    return {
        "upheld": flag.now_upheld,
        "decided": flag.now_decided,
        "trusted": flag.now_trusted,
        "muted": flag.now_muted,
    }


def cases_of_article(session: Session, article: Article) -> list[dict[str, Any]]:
    """What became of an article's cases, as its site may know it: no names, no flags."""
    rows = session.scalars(select(Case).where(Case.article_id == article.id).order_by(Case.id)).all()
    order = order_summary(order_of(session, article.id))
    return [
        {
            "id": case.id,
            "state": case.state,
            "opened_at": case.opened_at,
            "closed_at": case.closed_at,
            "decision": _outcome(_decisions(session, case.id)),
            "enforcement": order,
        }
        for case in rows
    ]


def _outcome(made: list[Decision]) -> dict[str, Any] | None:
    if not made:
        return None
    last = made[-1]
    return {
        "action": last.action,
        "parts": last.parts,
        "clause": last.clause,
        "ground": last.ground,
        "decided_at": last.decided_at,
        "revision": last.revision,
    }
