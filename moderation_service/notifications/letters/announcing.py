"""From a case in which something happened to letters for those of its readers who have not heard of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from moderation_service.cases import claims
from moderation_service.cases.models import Case
from moderation_service.config import Settings
from moderation_service.db import utcnow
from moderation_service.decisions import service as decisions
from moderation_service.decisions.effect import flag_outcome
from moderation_service.decisions.models import Decision
from moderation_service.enforcement.service import order_of
from moderation_service.intake import contacts
from moderation_service.intake.models import Flag, FlagContact
from moderation_service.notifications import outcome
from moderation_service.notifications.letters import addresses, due, posting
from moderation_service.notifications.standing import Standing, standing_of
from moderation_service.policy.vocabulary import Action

AT_ONCE = 200  # flags whose readers one transaction tells
HELD = timedelta(minutes=1)

# Locked: who has his address erased meanwhile waits, and finds the letter that was written to it.
UNTOLD = text("""
SELECT flags.id FROM flags JOIN flag_contacts AS contact ON contact.flag_id = flags.id
WHERE flags.article_id = :article AND flags.case_id = :case AND flags.withdrawn_at IS NULL
  AND contact.email IS NOT NULL AND contact.muted_at IS NULL
  AND (contact.told_at IS NULL
       OR CAST(:decision AS bigint) IS NOT NULL AND contact.told_decision_id IS DISTINCT FROM :decision)
ORDER BY flags.id LIMIT :most FOR NO KEY UPDATE OF contact
""")


@dataclass(frozen=True, slots=True)
class News:
    """What a reader has not heard yet of one of his flags; `anew` says that he heard something else before."""

    standing: Standing
    email: str
    anew: bool


def announce(session: Session, case_id: int, settings: Settings) -> None:
    """Write to the readers of a case who have not heard what became of their flags; for many, to some of them now."""
    case = session.get_one(Case, case_id)
    if case.state == "closed" and claims.holder(session, case_id) is not None:
        # Somebody has taken a decided case back into his hands; its readers hear what comes of that.
        due.again(session, case_id, after=HELD)
        return
    decision = _to_be_told(session, case)
    found = _untold(session, case, decision)
    unsent = posting.take_back(session, [contact for _, contact in found if contact.told_decision_id is not None])
    news = [one for flag, contact in found if (one := _news(session, flag, contact, decision, unsent)) is not None]
    for group in _alike(session, news, case.site_id, settings):
        posting.post(session, [one.standing for one in group], group[0].email, settings, anew=group[0].anew)
    contacts.note_told(session, [flag.id for flag, _ in found], decision.id if decision else None)
    if len(found) == AT_ONCE:
        due.again(session, case_id)


def _to_be_told(session: Session, case: Case) -> Decision | None:
    """The decision that a case's readers may hear of: nobody may still undo it, and the content store follows it."""
    decision = decisions.latest(session, case.id) or decisions.repeated(session, case.id)
    if decision is None or utcnow(session) - decision.decided_at < due.SECOND_THOUGHTS:
        return None
    if decision.action == Action.CLEAR:
        return decision
    order = order_of(session, case.article_id)
    return decision if order is not None and order.applied_version == order.wanted_version else None


def _untold(session: Session, case: Case, decision: Decision | None) -> list[tuple[Flag, FlagContact]]:
    """Flags of a case whose readers left an address and have not heard of this decision, or of none."""
    bound = {"article": case.article_id, "case": case.id, "decision": decision and decision.id, "most": AT_ONCE}
    flag_ids = session.scalars(UNTOLD, bound).all()
    rows = session.execute(
        select(Flag, FlagContact).join(FlagContact, FlagContact.flag_id == Flag.id).where(Flag.id.in_(flag_ids)),
        execution_options={"populate_existing": True},
    )
    return sorted(((flag, contact) for flag, contact in rows), key=lambda row: row[0].id)


def _news(
    session: Session, flag: Flag, contact: FlagContact, decision: Decision | None, unsent: set[int]
) -> News | None:
    """What the reader of a flag is to be told; None when it means for him what he was told before.

    `unsent` are flags whose readers were to be told something that never went.
    """
    before = None if flag.id in unsent else contact.told_decision_id
    told = None if before is None else session.get_one(Decision, before)
    if told is not None and decision is not None and _means_the_same(told, decision, flag.part):
        return None
    return News(_as_told(standing_of(session, flag), decision), contact.email or "", anew=told is not None)


def _as_told(standing: Standing, decision: Decision | None) -> Standing:
    """Where a flag stands as far as its reader may hear of it now; what was changed, only who has heard it is told."""
    if standing.verdict is None:
        return standing
    if decision is None:
        return replace(standing, verdict=None, state="in review")
    return replace(standing, verdict=replace(standing.verdict, changed=False))


def _means_the_same(told: Decision, decision: Decision, part: str | None) -> bool:
    """Whether two decisions say the same of a flag on this part, for the same reason."""
    outcomes = {flag_outcome(one, part) for one in (told, decision)}
    reasons = {(one.parts == [], one.policy_id, one.clause, one.ground) for one in (told, decision)}
    return len(outcomes) == 1 and (outcomes == {"not upheld"} or len(reasons) == 1)


def _alike(session: Session, news: Sequence[News], site_id: int, settings: Settings) -> list[list[News]]:
    """News that go into one letter each: to the same address, of the same outcome. Without those that may not go."""
    groups: dict[tuple[str, str, str, bool], list[News]] = defaultdict(list)
    for one in news:
        if _was_stopped(session, one, settings):
            continue
        # By the address as it is spelt, which is how its letters are found again when it is to be forgotten.
        groups[one.email, outcome.name(one.standing), str(one.standing.notice), one.anew].append(one)
    # In one order everywhere, since counting locks the mailbox.
    ordered = sorted(groups, key=lambda key: (addresses.mailbox(key[0]), key))
    return [groups[key] for key in ordered if _may_go(session, groups[key], site_id, settings)]


def _was_stopped(session: Session, one: News, settings: Settings) -> bool:
    """Whether letters to an address about a flag were stopped before it was erased and given anew: so they stay."""
    flag = session.get_one(Flag, one.standing.flag_id)
    stopped = addresses.has_stopped(session, settings.secret_key, flag, one.email)
    if stopped:
        contacts.mute(session, flag, one.email)
    return stopped


def _may_go(session: Session, group: Sequence[News], site_id: int, settings: Settings) -> bool:
    """Whether a letter may go to the address of these; one that has refused is not kept any longer.

    What is over the limit is told on the receipts' pages alone.
    """
    email, secret = group[0].email, settings.secret_key
    if posting.was_posted(session, group[0].standing):
        return False
    if addresses.has_refused(session, secret, site_id, email):
        for one in group:
            contacts.erase(session, session.get_one(Flag, one.standing.flag_id))
        return False
    return addresses.count(session, secret, email, most=settings.reader_mails_per_hour)
