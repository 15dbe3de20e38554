"""Which addresses letters may go to: not those that refused them, and to none so many that it is bombed.

Both are kept by keyed hashes of the address, so that the lists name nobody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import delete, func, literal, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.intake.models import Flag
from moderation_service.intake.submission import keyed_hash
from moderation_service.notifications.models import AddressCount, RefusedAddress

WINDOW = timedelta(hours=1)

COUNT = text("""
INSERT INTO address_counts AS counted (address, letters) VALUES (:address, 1)
ON CONFLICT (address) DO UPDATE SET
    letters = CASE WHEN counted.since < clock_timestamp() - :window THEN 1 ELSE counted.letters + 1 END,
    since = CASE WHEN counted.since < clock_timestamp() - :window THEN clock_timestamp() ELSE counted.since END
RETURNING letters
""")


def mailbox(email: str) -> str:
    """The mailbox that an address names: `Ada+news@x.example` is Ada's too, though no standard says so."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def refuse(session: Session, secret: str, site_id: int, email: str) -> None:
    """Let no letter of this site go to an address ever again; doing it again changes nothing."""
    statement = insert(RefusedAddress).values(site_id=site_id, address=_of_site(secret, site_id, email))
    refused = session.scalar(statement.on_conflict_do_nothing().returning(RefusedAddress.site_id))
    if refused is not None:
        audit.append(session, actor="reader", action="site.mail_refused", subject=f"site:{site_id}", site_id=site_id)


def has_refused(session: Session, secret: str, site_id: int, email: str) -> bool:
    """Whether the owner of an address wants no letters of this site."""
    key = site_id, _of_site(secret, site_id, email)
    return session.get(RefusedAddress, key) is not None


def stop(session: Session, secret: str, site_id: int, flag_ids: Collection[int], email: str) -> None:
    """Let no letter about these flags go to an address, though it be erased and given once more; again is the same."""
    rows = [{"site_id": site_id, "address": _of_flag(secret, flag_id, email)} for flag_id in sorted(flag_ids)]
    session.execute(insert(RefusedAddress).values(rows).on_conflict_do_nothing())


def has_stopped(session: Session, secret: str, flag: Flag, email: str) -> bool:
    """Whether the owner of an address wants no letters about a flag."""
    return session.get(RefusedAddress, (flag.site_id, _of_flag(secret, flag.id, email))) is not None


def count(session: Session, secret: str, email: str, *, most: int) -> bool:
    """Count one letter to an address; whether it is among the `most` of its hour."""
    counted: int = session.execute(
        COUNT, {"address": keyed_hash(secret, "mailbox", mailbox(email)), "window": WINDOW}
    ).scalar_one()
    return counted <= most


def forget_counts(session: Session) -> None:
    """Forget the counts of hours that are over."""
    over = AddressCount.since < func.clock_timestamp() - literal(WINDOW)
    session.execute(delete(AddressCount).where(over).execution_options(synchronize_session=False))


def proof(secret: str, receipt: str, email: str) -> str:
    """What stands in a letter's links: whoever has it has read the letter in that mailbox."""
    return keyed_hash(secret, "letter", receipt, email).hex()


def _of_flag(secret: str, flag_id: int, email: str) -> bytes:
    return keyed_hash(secret, "stopped", str(flag_id), mailbox(email))


def _of_site(secret: str, site_id: int, email: str) -> bytes:
    return keyed_hash(secret, "refused", str(site_id), mailbox(email))
