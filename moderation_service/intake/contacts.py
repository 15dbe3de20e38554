"""The e-mail addresses that came with flags: to tell readers what became of theirs, and for nothing else."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.intake.models import Flag, FlagContact


def erase(session: Session, flag: Flag) -> None:
    """Forget the address that came with a flag; doing it again changes nothing."""
    erased = session.execute(
        update(FlagContact)
        .where(FlagContact.flag_id == flag.id, FlagContact.email.is_not(None))
        .values(email=None, erased_at=func.clock_timestamp())
        .returning(FlagContact.flag_id)
    ).one_or_none()
    if erased is not None:
        audit.append(
            session, actor="reporter", action="flag.email_erased", subject=f"flag:{flag.id}", site_id=flag.site_id
        )
