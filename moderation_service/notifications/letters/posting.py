"""Letters in the outbox: put there, taken back, looked at once more before they go, and forgotten with an address."""

from __future__ import annotations

from collections.abc import Sequence
from hmac import compare_digest

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.errors import NotFound
from moderation_service.intake import contacts, legal
from moderation_service.intake.models import Flag, FlagContact
from moderation_service.notifications import service as notifications
from moderation_service.notifications.letters import addresses, letter
from moderation_service.notifications.models import Notice
from moderation_service.notifications.service import Lease
from moderation_service.notifications.standing import Standing, standing_of
from moderation_service.notifications.wording import to_json

RECEIPT, OUTCOME = "flag.receipt", "flag.outcome"


def post(session: Session, standings: Sequence[Standing], email: str, settings: Settings, *, anew: bool) -> None:
    """Put the letter about flags that stand alike into the outbox."""
    first, site = standings[0], settings.public_url
    language, token = letter.language_of(first), addresses.proof(settings.secret_key, str(first.receipt), email)
    stop = f"{site}/r/{first.receipt}/mail/{token}?lang={language}"
    if _confirms(first):
        standings = _items(session, first)
        written = letter.confirmation(standings, link=f"{site}/r/{first.notice}?lang={language}", stop=stop)
    else:
        links = {one.flag_id: f"{site}/r/{one.receipt}?lang={language}" for one in standings}
        written = letter.compose(standings, links=links, stop=stop, anew=anew)
    notifications.enqueue(
        session,
        site_id=first.site_id,
        channel="mail",
        recipient=email,
        kind=OUTCOME if first.verdict else RECEIPT,
        key=_key(first),
        subject=written.subject,
        facts={
            "language": written.language,
            "paragraphs": [to_json(paragraph) for paragraph in written.paragraphs],
            "unsubscribe": stop,
            "flags": [one.flag_id for one in standings],
            "decision": first.verdict.id if first.verdict else None,
        },
    )


def _items(session: Session, first: Standing) -> Sequence[Standing]:
    """Where all items of a notice stand, in whichever cases: its confirmation is about all of them."""
    if first.notice is None:
        return [first]
    notice = legal.by_receipt(session, first.site_id, first.notice)
    return [standing_of(session, flag) for flag in legal.flags_of(session, notice)]


def was_posted(session: Session, first: Standing) -> bool:
    """Whether there is this very letter already, as of a legal notice whose items stand in several articles."""
    return session.scalar(select(Notice.id).where(Notice.key == _key(first))) is not None


def _confirms(first: Standing) -> bool:
    """Whether a letter says that a legal notice was received."""
    return first.verdict is None and first.notice is not None


def _key(first: Standing) -> str:
    if first.verdict is not None:
        return f"{OUTCOME}:{first.flag_id}:{first.verdict.id}"
    return f"{RECEIPT}:{first.notice or first.flag_id}"


def take_back(session: Session, told: Sequence[FlagContact]) -> set[int]:
    """Take back letters about what was superseded before they went; the flags they were about.

    `told` are contacts of flags of which something else is to be told now.
    """
    free = or_(Notice.leased_until.is_(None), Notice.leased_until <= func.clock_timestamp())
    to_them = Notice.channel == "mail", Notice.recipient.in_({contact.email for contact in told})
    waiting = select(Notice).where(*to_them, Notice.kind == OUTCOME, Notice.state != "sent", free)
    flag_ids, taken = {contact.flag_id for contact in told}, set[int]()
    for notice in session.scalars(waiting.order_by(Notice.id).with_for_update(skip_locked=True)):
        if flag_ids.intersection(notice.body["flags"]):
            taken.update(notice.body["flags"])
            session.delete(notice)
    session.flush()
    return taken


def still_stands(session: Session, lease: Lease, settings: Settings) -> bool:
    """Whether a notice about to be sent may go; letters may not that nobody waits for any longer.

    Meanwhile the flag may have been withdrawn, the letters stopped or refused, or something else decided.
    """
    message = lease.message
    if message.kind not in (RECEIPT, OUTCOME):
        return True
    decision = message.facts["decision"]
    waiting = (
        select(Flag.site_id)
        .join(FlagContact, FlagContact.flag_id == Flag.id)
        .where(Flag.id.in_(message.facts["flags"]), Flag.withdrawn_at.is_(None))
        .where(FlagContact.email == message.recipient, FlagContact.muted_at.is_(None))
    )
    if decision is not None:
        waiting = waiting.where(FlagContact.told_decision_id == decision)
    site_id = session.scalar(waiting.limit(1))
    if site_id is None:
        return False
    return not addresses.has_refused(session, settings.secret_key, site_id, message.recipient)


def holder(session: Session, flag: Flag, token: str, secret: str) -> FlagContact | None:
    """Where the address is kept that a letter went to, for whoever shows what stood in its link to this flag's receipt.

    The letter may be about other flags on the same article too, and the address kept with those alone; None once it was
    erased with all of them.

    Raises:
        NotFound: no letter has this in it.
    """
    for contact in contacts.on_the_article(session, flag):
        proof = addresses.proof(secret, str(flag.receipt), contact.email or "")
        if compare_digest(proof.encode(), token.encode()):
            return contact
    own = session.get(FlagContact, flag.id)
    if own is None or own.erased_at is None:
        raise NotFound("No letter has this link in it")
    return None


def forget(session: Session, flag_id: int, email: str) -> None:
    """Delete the letters to an address about a flag; one that is about other flags too stays for those."""
    about = Notice.channel == "mail", Notice.recipient == email, Notice.body.contains({"flags": [flag_id]})
    for notice in session.scalars(select(Notice).where(*about).order_by(Notice.id).with_for_update()):
        others = [other for other in notice.body["flags"] if other != flag_id]
        if others:
            notice.body = notice.body | {"flags": others}
        else:
            session.delete(notice)
    session.flush()
