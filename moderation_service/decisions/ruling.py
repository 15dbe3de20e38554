"""What a moderator sends to decide a case, and whether it holds: on what he saw, and by what the policy says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from moderation_service.articles.models import Article
from moderation_service.articles.service import part_ids
from moderation_service.audit import service as audit
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.errors import Conflict, Invalid
from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyClause
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.people import names_of

# What a conflict's `changed` calls a clause that was written anew.
POLICY_WRITTEN = "policy_written"


@dataclass(frozen=True, slots=True)
class Together:
    """That one verdict is sent on several cases at once: on how many, and by what they are known as a group."""

    cases: int
    uid: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a moderator sends: the verdict, and the case version and article revision it rests on.

    No `parts` means the whole article; `clause` and `ground` belong to a takedown. `together` is set on each of several
    that are sent as one. `policy_id` is the version of the policy whose clause was looked at; without one, the clause
    counts as it is in force. `restores` is the decision that it brings back, where another one is undone; `policy_id`
    is what this one cited then.
    """

    action: Action
    case_version: int
    revision: int
    parts: tuple[str, ...] = ()
    clause: str | None = None
    ground: str | None = None
    policy_id: int | None = None
    note: str | None = None
    together: Together | None = None
    restores: int | None = None


def require_seen(session: Session, case: Case, ruling: Ruling, last: Decision | None) -> None:
    """Nothing, when a locked case and its article still are what the moderator looked at; `last` decided the case.

    Raises:
        Conflict: one of them moved on; says who and what, and what became of the clause besides.
    """
    if ruling.case_version != case.version:
        raise moved_on(session, case, last, seen=ruling.case_version, besides=_clause_changed(session, case, ruling))
    # Shared lock: a new revision that is being written is waited for, or waits until this is decided.
    revision = session.execute(
        select(Article.current_revision).where(Article.id == case.article_id).with_for_update(read=True)
    ).scalar_one()
    if ruling.revision != revision:
        raise Conflict(
            f"The article changed: you looked at revision {ruling.revision}, it is at {revision}",
            case_version=case.version,
            article_revision=revision,
            changed=[{"kind": "article_revised", "revision": revision}, *_clause_changed(session, case, ruling)],
        )


def moved_on(
    session: Session, case: Case, last: Decision | None, *, seen: int, besides: Sequence[dict[str, Any]] = ()
) -> Conflict:
    """What to raise when a case has changed since the version that somebody saw; `last` decided it.

    `besides` is what else is not any more what he looked at.
    """
    events = cases.history(session, case.id, after_version=seen)
    who = names_of(session, [last.moderator_id]).get(last.moderator_id) if last else None
    decided = last is not None and last.case_version >= seen
    message = f"{who} decided this case: {last.action}" if decided and last else "This case changed since you looked"
    return Conflict(
        message,
        case_version=case.version,
        changed=[{"kind": e.kind, "by": e.actor, "at": e.at.isoformat(), **e.detail} for e in events] + [*besides],
    )


def clause_changed(session: Session, site_id: int, code: str | None, policy_id: int | None) -> list[dict[str, Any]]:
    """What became, on a site, of a clause that some version of a policy had; empty while it says the same.

    Its `title` is None where it is gone, and `by` where the version came with the service. So it is without a code or
    a version, for then nobody said what he had looked at.
    """
    if code is None or policy_id is None:
        return []
    found = policy.rewritten(session, site_id, code, seen=policy_id)
    if found is None:
        return []
    version, subject = found.version, f"policy:{found.version.id}"
    return [
        {
            "kind": POLICY_WRITTEN,
            "by": audit.actors(session, "policy.written", [subject]).get(subject),
            "at": version.created_at.isoformat(),
            "policy_id": version.id,
            "number": version.number,
            "clause": code,
            "title": found.clause.title if found.clause else None,
        }
    ]


def _clause_changed(session: Session, case: Case, ruling: Ruling) -> list[dict[str, Any]]:
    if ruling.restores is not None:
        return []  # it held then, whatever the policy says by now
    return clause_changed(session, case.site_id, ruling.clause, ruling.policy_id)


def cited(session: Session, case: Case, ruling: Ruling) -> PolicyClause | None:
    """The clause that a verdict which holds rests on; None for a clearance.

    Raises:
        Invalid: a part or clause does not exist, or a takedown lacks its clause or ground.
        Conflict: the clause is not what the moderator looked at; says who wrote it anew.
    """
    if ruling.action == Action.CLEAR:
        if ruling.parts:
            raise Invalid("Parts belong to a takedown", field="parts")
        return None
    if ruling.clause is None:
        raise Invalid("A takedown cites a clause of the policy", field="clause")
    if ruling.ground is None:
        raise Invalid("A takedown says its ground: terms or law", field="ground")
    unknown = set(ruling.parts) - set(part_ids(session, case.article_id, ruling.revision) or ())
    if unknown:
        raise Invalid(f"Revision {ruling.revision} has no part {sorted(unknown)[0]!r}", field="parts")
    if ruling.restores is not None and ruling.policy_id is not None:
        return policy.clause(session, ruling.policy_id, ruling.clause)
    changed = _clause_changed(session, case, ruling)
    if changed:
        message = f"Clause {ruling.clause} of the policy is not what you looked at any more"
        raise Conflict(message, case_version=case.version, changed=changed)
    return policy.cite(session, case.site_id, ruling.clause, ruling.ground)


def says_the_same(made: Decision | Proposal, ruling: Ruling) -> bool:
    """Whether a ruling says again what was made of one: the verdict, its reason, and on which revision."""
    before = made.action, set(made.parts), made.clause, made.ground, made.note, made.revision
    again = ruling.action, set(ruling.parts), ruling.clause, ruling.ground, ruling.note, ruling.revision
    return before == again
