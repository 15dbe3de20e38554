"""Letters to readers about their flags: written when there is something to tell, and ended by whoever gets them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from moderation_service.config import Settings
from moderation_service.db import Transaction
from moderation_service.intake import contacts, legal
from moderation_service.intake import service as intake
from moderation_service.intake.models import Flag, LegalNotice
from moderation_service.notifications.letters import addresses, due, posting
from moderation_service.notifications.letters.announcing import announce

log = structlog.get_logger()


def tell_each(transaction: Transaction, settings: Settings, *, most: int) -> int:
    """Write to the readers of up to `most` of the cases that are due, each on its own; how many were looked at.

    A case that fails is put off and written down, for none may keep the readers of the others waiting.
    """
    for looked_at in range(most):
        case_id: int | None = None
        try:
            with transaction() as session:
                case_id = due.take(session)
                if case_id is None:
                    return looked_at
                announce(session, case_id, settings)
        except Exception:
            if case_id is None:
                raise
            log.exception("letters.failed", case_id=case_id)
            with transaction() as session:
                due.put_off(session, case_id)
    return most


def erase_email(session: Session, receipt: UUID) -> None:
    """A reader has the address forgotten that came with a flag, in the outbox too; doing it again changes nothing.

    If the flag is of a legal notice, all that says who gave that is forgotten.
    """
    flag = intake.by_receipt(session, None, receipt)
    notice = legal.notice_of(session, flag)
    if notice is None:
        _erase(session, flag)
    else:
        _erase_notifier(session, notice)


def erase_notifier(session: Session, receipt: UUID) -> None:
    """A reader has his name and address forgotten that came with a legal notice; doing it again changes nothing."""
    _erase_notifier(session, legal.by_receipt(session, None, receipt))


def _erase_notifier(session: Session, notice: LegalNotice) -> None:
    legal.erase_name(session, notice)
    for flag in legal.flags_of(session, notice):
        _erase(session, flag)


def _erase(session: Session, flag: Flag) -> None:
    email = contacts.erase(session, flag)
    if email is not None:
        posting.forget(session, flag.id, email)


def stop(session: Session, receipt: UUID, token: str, settings: Settings) -> None:
    """Whoever got a letter wants no more about this: the flag, others on its article, or all of its legal notice.

    Raises:
        NotFound: there is no such receipt, or no letter about it has this token in it.
    """
    flag = intake.by_receipt(session, None, receipt)
    email = _addressee(session, flag, token, settings)
    if email is not None:
        for about in _with_its_notice(session, flag):
            muted = contacts.mute(session, about, email)
            addresses.stop(session, settings.secret_key, flag.site_id, {about.id, *muted}, email)


def refuse(session: Session, receipt: UUID, token: str, settings: Settings) -> bool:
    """Whoever got a letter wants none from this site ever again, whoever gives the address; it is erased,
    with whichever flag of the site and in whichever spelling it is kept.

    Answers whether it could be done: of an address that was erased before nobody knows which to refuse.

    Raises:
        NotFound: as `stop`.
    """
    flag = intake.by_receipt(session, None, receipt)
    email = _addressee(session, flag, token, settings)
    if email is not None:
        addresses.refuse(session, settings.secret_key, flag.site_id, email)
        # The address alone: the name that came with a legal notice may be another person's.
        named = addresses.mailbox(email)
        for kept, address in contacts.kept_like(session, flag.site_id, *named.split("@", 1)):
            if addresses.mailbox(address) == named:
                _erase(session, kept)
    return email is not None


def _addressee(session: Session, flag: Flag, token: str, settings: Settings) -> str | None:
    """The address that a letter went to whose link is on this flag's receipt; None where nobody knows it any more."""
    contact = posting.holder(session, flag, token, settings.secret_key)
    return None if contact is None else contact.email


def _with_its_notice(session: Session, flag: Flag) -> Sequence[Flag]:
    """A flag, or all items of the legal notice that it is one of."""
    notice = legal.notice_of(session, flag)
    return legal.flags_of(session, notice) if notice else [flag]


def holder(session: Session, receipt: UUID, token: str, settings: Settings) -> UUID:
    """The receipt of a flag that a letter's address is kept with; the letter's own where it is kept with none.

    Raises:
        NotFound: as `stop`.
    """
    contact = posting.holder(session, intake.by_receipt(session, None, receipt), token, settings.secret_key)
    return receipt if contact is None else session.get_one(Flag, contact.flag_id).receipt
