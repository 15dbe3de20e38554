"""The e-mail addresses that came with flags: to tell readers what became of theirs, and for nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.intake.models import Flag, FlagContact


def leave(session: Session, flag: Flag, email: str) -> None:
    """Keep the address that comes with a repeated flag, where none is kept of it: he wants an answer after all.

    Letters were stopped to the address that was erased since; whether it is this one is seen before one goes.
    """
    fresh = {"email": email, "erased_at": None, "told_at": None, "told_decision_id": None, "muted_at": None}
    session.execute(
        insert(FlagContact)
        .values(flag_id=flag.id, email=email)
        .on_conflict_do_update(index_elements=["flag_id"], set_=fresh, where=FlagContact.email.is_(None))
    )


def erase(session: Session, flag: Flag) -> str | None:
    """Forget the address that came with a flag, and answer it, this once; None where there is none any more."""
    kept = FlagContact.flag_id == flag.id, FlagContact.email.is_not(None)
    email = session.scalar(select(FlagContact.email).where(*kept).with_for_update())
    if email is not None:
        session.execute(update(FlagContact).where(*kept).values(email=None, erased_at=func.clock_timestamp()))
        audit.append(
            session, actor="reporter", action="flag.email_erased", subject=f"flag:{flag.id}", site_id=flag.site_id
        )
    return email


def on_the_article(session: Session, flag: Flag) -> Iterator[FlagContact]:
    """The addresses that are kept with a flag, and then with others on its article, for which more is read."""
    addresses = select(FlagContact).join(Flag, Flag.id == FlagContact.flag_id).order_by(Flag.id)
    kept = addresses.where(Flag.article_id == flag.article_id, FlagContact.email.is_not(None))
    yield from session.scalars(kept.where(Flag.id == flag.id))
    yield from session.scalars(kept.where(Flag.id != flag.id))


def kept_like(session: Session, site_id: int, beginning: str, domain: str) -> Sequence[tuple[Flag, str]]:
    """The flags of a site with which an address of a domain is kept that begins so, in any case; and the addresses."""
    kept = select(Flag, FlagContact.email).join(FlagContact, FlagContact.flag_id == Flag.id)
    address = func.lower(FlagContact.email)
    like = address.startswith(beginning, autoescape=True), address.endswith(f"@{domain}", autoescape=True)
    rows = session.execute(kept.where(Flag.site_id == site_id, *like).order_by(Flag.id))
    return [(flag, email) for flag, email in rows if email is not None]


def mute(session: Session, flag: Flag, email: str) -> Sequence[int]:
    """Let no more letters go to an address about this flag, and about others on the same article; again is the same.

    The answer is the flags for which that is new.
    """
    alike = select(Flag.id).where(Flag.article_id == flag.article_id)
    muted = session.scalars(
        update(FlagContact)
        .where(FlagContact.flag_id.in_(alike), FlagContact.email == email, FlagContact.muted_at.is_(None))
        .values(muted_at=func.clock_timestamp())
        .returning(FlagContact.flag_id)
        .execution_options(synchronize_session=False)
    ).all()
    for flag_id in sorted(muted):
        audit.append(session, actor="reporter", action="flag.muted", subject=f"flag:{flag_id}", site_id=flag.site_id)
    return muted


def note_told(session: Session, flag_ids: Sequence[int], decision_id: int | None) -> None:
    """Note that the readers of these flags were written to: of this decision, or (None) that their flags came in."""
    told = {"told_at": func.clock_timestamp()} | ({} if decision_id is None else {"told_decision_id": decision_id})
    session.execute(
        update(FlagContact)
        .where(FlagContact.flag_id.in_(flag_ids))
        .values(told)
        .execution_options(synchronize_session=False)
    )
