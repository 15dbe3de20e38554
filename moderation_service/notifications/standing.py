"""Where one flag stands and what it came to, as its reader may know it: nothing in it says what others did."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from moderation_service.articles.models import Article, ArticleRevision
from moderation_service.articles.service import latest_revision
from moderation_service.cases import service as cases
from moderation_service.decisions import service as decisions
from moderation_service.decisions.effect import flag_outcome
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.models import Order
from moderation_service.enforcement.service import order_of
from moderation_service.enforcement.shown import shown_to_readers
from moderation_service.intake import legal
from moderation_service.intake.models import Flag, FlagContact
from moderation_service.intake.service import state_of
from moderation_service.policy.models import PolicyClause
from moderation_service.sites.addresses import is_own
from moderation_service.sites.models import Site

NUMBERED = re.compile(r"([pq])[0-9]+")


@dataclass(frozen=True, slots=True)
class Clause:
    """The rule that a takedown cites, in the words of the policy, and on what it rests: terms or law."""

    title: str
    text: str
    ground: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided of a flag.

    `id` is the decision's; `outcome` is upheld or not upheld. `whole` says that a takedown took all of the article,
    `parts` that it took parts of it; `repeated` that it had been made before the flag came, or that a rule
    recognised that; `changed` that an earlier decision was replaced. `applied_at` is when the content store was
    seen to follow, for what was upheld; `unseen` that nobody will see it, since the site has not sent the article.
    """

    id: int
    outcome: str
    whole: bool
    parts: bool
    repeated: bool
    changed: bool
    decided_at: datetime
    applied_at: datetime | None
    unseen: bool
    clause: Clause | None

    @property
    def upheld(self) -> bool:
        """Whether what was flagged does not stay."""
        return self.outcome == "upheld"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A flag and what became of it, as its reader may know it.

    `headline`, `quoted`, `excerpt`, `article_url` and `address` are empty where readers may not see them now; `address`
    is the article's page again, to be read as its name: as the site told it, or as this reader gave it himself.
    `state` is received, in review, upheld, not upheld or withdrawn; `kind` what the flag is about: whole, headline,
    dateline, paragraph or question, of which `number` counts those of its kind and `excerpt` is the text. `hidden` says
    that the article was hidden automatically on the way, `muted` that its reader wants no letters about it. `notice` is
    the receipt of the legal notice it is an item of, and `item` which of how many.
    """

    flag_id: int
    receipt: UUID
    notice: UUID | None
    item: tuple[int, int] | None
    site_id: int
    site: str
    site_url: str
    contact_url: str | None
    headline: str | None
    article_url: str | None
    address: str | None
    article_language: str | None
    kind: str
    number: int | None
    quoted: str | None
    excerpt: str | None
    reason: str
    comment: str | None
    locale: str | None
    received_at: datetime
    withdrawn_at: datetime | None
    state: str
    verdict: Verdict | None
    hidden: bool
    email: str | None
    muted: bool
    erased_at: datetime | None


def standing_of(session: Session, flag: Flag) -> Standing:
    """Where this flag stands now."""
    site, article = session.get_one(Site, flag.site_id), session.get_one(Article, flag.article_id)
    revision, order = latest_revision(session, article), order_of(session, flag.article_id)
    contact = session.get(FlagContact, flag.id)
    shown = shown_to_readers(session, article, revision, order)
    verdict, notice = _verdict(session, flag, article, order), legal.notice_of(session, flag)
    page = None if shown is None else _page(site, article)
    return Standing(
        flag_id=flag.id,
        receipt=flag.receipt,
        notice=notice.receipt if notice else None,
        item=legal.number_of(session, notice, flag) if notice else None,
        site_id=flag.site_id,
        site=site.name,
        site_url=site.url,
        contact_url=site.legal_url,
        headline=None if shown is None else shown.get("headline"),
        article_url=page,
        address=page if _is_known(article) else None,
        article_language=revision.language if revision else None,
        kind=_kind(flag.part),
        number=_number(flag.part, revision),
        excerpt=shown.get(flag.part) if shown and flag.part and flag.part != "headline" else None,
        quoted=_quoted(flag, revision, order, shown),
        reason=flag.reason,
        comment=flag.comment,
        locale=flag.locale,
        received_at=flag.received_at,
        withdrawn_at=flag.withdrawn_at,
        state=state_of(flag, outcome=verdict.outcome if verdict else None),
        verdict=verdict,
        hidden=flag.case_id is not None and cases.past(session, flag.case_id).was_hidden,
        email=contact.email if contact else None,
        muted=contact is not None and contact.muted_at is not None,
        erased_at=contact.erased_at if contact else None,
    )


def _quoted(
    flag: Flag, revision: ArticleRevision | None, order: Order | None, shown: dict[str, str] | None
) -> str | None:
    """The words that a flag quotes, unless they were taken out since, or may have been."""
    if flag.quotation is None or shown is None:
        return None
    if flag.part is None:
        # Nobody knows which part they were of: once something was taken out it may have been they.
        return None if order is not None and order.wanted["redacted"] else flag.quotation["exact"]
    # Of an article that its site has not sent nothing is known, and nothing was taken out.
    return flag.quotation["exact"] if revision is None or flag.part in shown else None


def _kind(part: str | None) -> str:
    if part is None:
        return "whole"
    numbered = NUMBERED.fullmatch(part)
    return {"p": "paragraph", "q": "question"}[numbered[1]] if numbered else part


def _number(part: str | None, revision: ArticleRevision | None) -> int | None:
    """Which paragraph or question a part is, as its readers count; None for others, and for one that is gone."""
    if part is None or NUMBERED.fullmatch(part) is None:
        return None
    if revision is None:
        return int(part[1:])
    alike = [one["id"] for one in revision.parts if one["kind"] == _kind(part)]
    return alike.index(part) + 1 if part in alike else None


def _page(site: Site, article: Article) -> str | None:
    """The page of an article; none that is not the site's: its readers would take it for one of its own."""
    return article.url if article.url and is_own(site, article.url) else None


def _is_known(article: Article) -> bool:
    """Whether whoever flagged an article knows its address: the site's own, or the one it was flagged by.

    An article that has an id may have been given its address with somebody else's flag.
    """
    return article.is_told or article.external_id is None


def _verdict(session: Session, flag: Flag, article: Article, order: Order | None) -> Verdict | None:
    """The decision on a flag's case; where a rule closed that as a repeat, the decision that it repeats."""
    if flag.case_id is None:
        return None
    own = decisions.latest(session, flag.case_id)
    decision = own or decisions.repeated(session, flag.case_id)
    if decision is None:
        return None
    outcome = flag_outcome(decision, flag.part)
    upheld = outcome == "upheld"
    # Of an article that the site has not sent the store keeps nothing but the decision: that it is there says nothing.
    seen = upheld and article.is_told
    applied = seen and order is not None and order.applied_version == order.wanted_version
    return Verdict(
        id=decision.id,
        outcome=outcome,
        whole=upheld and not decision.parts,
        parts=bool(decision.parts),
        # Of a flag that came later nobody has looked at more than what was decided before.
        repeated=own is None or decision.decided_at < flag.received_at,
        changed=decision.supersedes_id is not None,
        decided_at=decision.decided_at,
        applied_at=order.applied_at if order and applied else None,
        unseen=upheld and not seen,
        clause=_clause(session, decision) if upheld else None,
    )


def _clause(session: Session, decision: Decision) -> Clause | None:
    if decision.policy_id is None or decision.ground is None:
        return None
    clause = session.get_one(PolicyClause, (decision.policy_id, decision.clause))
    return Clause(clause.title, clause.text, decision.ground)
