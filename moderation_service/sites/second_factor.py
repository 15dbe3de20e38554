"""The second factor: one-time passwords from an authenticator (RFC 6238), and recovery codes for the day it is lost.

The secret of an authenticator is nowhere at rest. A random salt is kept, and the secret is a keyed hash of it under
the service's own key (RFC 4226, section 7.5, "deterministic generation"): who reads the database, a dump or a backup,
cannot make a code. A secret is shown only while it is being set up.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

import pyotp
from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.db import utcnow
from moderation_service.errors import Conflict, Forbidden, Invalid
from moderation_service.sites.models import AccessToken, Moderator, RecoveryCode
from moderation_service.sites.secrets import digest

SALT_BYTES = 20
SECRET_BYTES = 20  # as long as HMAC-SHA-1's own key, which authenticators expect
STEP_SECONDS = 30
# Steps before and after now whose codes are taken too: clocks differ, and typing takes time (RFC 6238, section 5.2).
DRIFT = 1
RECOVERY_CODES = 8
RECOVERY_BYTES = 10  # 80 random bits, which nobody can try out: a plain hash is enough


def offer(session: Session, token_id: int) -> None:
    """Begin to set a second factor up: a new salt, bound to this session until a code proves that it arrived.

    Raises:
        Conflict: the person has one already.
    """
    token = session.get_one(AccessToken, token_id)
    if session.get_one(Moderator, token.moderator_id).totp_salt is not None:
        raise Conflict("This account has a second factor already")
    token.totp_offer = secrets.token_bytes(SALT_BYTES)


def offered(session: Session, token_id: int, *, key: str) -> str | None:
    """The secret that is being set up in this session, to be typed or scanned; None without one."""
    salt = session.get_one(AccessToken, token_id).totp_offer
    return None if salt is None else _secret(salt, key)


def confirm(session: Session, token_id: int, code: str, *, key: str) -> list[str]:
    """Put the offered second factor in force, and answer its recovery codes, this once.

    Raises:
        Conflict: nothing was offered in this session, or the person has a second factor already.
        Invalid: the code is not one of the offered secret's.
    """
    token = session.get_one(AccessToken, token_id)
    moderator = session.get_one(Moderator, token.moderator_id, with_for_update=True, populate_existing=True)
    if token.totp_offer is None or moderator.totp_salt is not None:
        raise Conflict("Nothing is being set up here any more")
    step = _step_of(session, code, token.totp_offer, key)
    if step is None:
        raise Invalid("This is not the code that the authenticator shows now", field="code")
    moderator.totp_salt, moderator.totp_last = token.totp_offer, step
    token.totp_offer = None
    codes = _renew_codes(session, moderator)
    _note(session, moderator, "moderator.totp_set_up", f"moderator:{moderator.id}")
    return codes


def renew_recovery_codes(session: Session, moderator: Moderator) -> list[str]:
    """New recovery codes, answered this once; the old ones are worth nothing.

    Raises:
        Conflict: the person has no second factor.
    """
    if moderator.totp_salt is None:
        raise Conflict("This account has no second factor")
    codes = _renew_codes(session, moderator)
    _note(session, moderator, "moderator.recovery_codes_renewed", f"moderator:{moderator.id}")
    return codes


def recovery_codes_left(session: Session, moderator_id: int) -> int:
    """How many recovery codes are still good."""
    unused = select(func.count()).where(RecoveryCode.moderator_id == moderator_id, RecoveryCode.used_at.is_(None))
    return session.execute(unused).scalar_one()


def passes(session: Session, moderator: Moderator, code: str, *, key: str) -> bool:
    """Whether a code is right and was never used; from now on it was. Takes one-time passwords and recovery codes."""
    typed = "".join(code.split()).replace("-", "")
    if moderator.totp_salt is None:
        return False
    if not (typed.isascii() and typed.isdigit()):
        return _use_recovery_code(session, moderator, typed.lower())
    step = _step_of(session, typed, moderator.totp_salt, key)
    return step is not None and _use_step(session, moderator, step)


def require(session: Session, moderator: Moderator, *, required: bool, actor: str) -> None:
    """Ask a second factor of a person, or no longer; without one he is led to set it up."""
    moderator.totp_required = required
    _note(session, moderator, "moderator.totp_required" if required else "moderator.totp_not_required", actor)


def remove(session: Session, moderator: Moderator) -> None:
    """A person goes without a second factor again.

    Raises:
        Forbidden: it is asked of him.
    """
    if moderator.totp_required:
        raise Forbidden("A second factor is required of this account")
    reset(session, moderator, actor=f"moderator:{moderator.id}")


def reset(session: Session, moderator: Moderator, *, actor: str) -> None:
    """Take the second factor off an account whose owner has lost it; required of him, he is led to set up a new one."""
    moderator.totp_salt = moderator.totp_last = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.moderator_id == moderator.id))
    _note(session, moderator, "moderator.totp_removed", actor)


def _secret(salt: bytes, key: str) -> str:
    derived = hmac.new(key.encode(), b"console.totp\0" + salt, hashlib.sha256).digest()
    return base64.b32encode(derived[:SECRET_BYTES]).decode()


def _step_of(session: Session, code: str, salt: bytes, key: str) -> int | None:
    """The step whose code this is, near the database's now; None for none."""
    now = int(utcnow(session).timestamp()) // STEP_SECONDS
    generator = pyotp.HOTP(_secret(salt, key))
    near = range(now - DRIFT, now + DRIFT + 1)
    return next((step for step in near if hmac.compare_digest(generator.at(step).encode(), code.encode())), None)


def _use_step(session: Session, moderator: Moderator, step: int) -> bool:
    # One statement, so that of two who send the same code at once one is refused.
    fresh = or_(Moderator.totp_last.is_(None), Moderator.totp_last < step)
    use = update(Moderator).where(Moderator.id == moderator.id, fresh).values(totp_last=step).returning(Moderator.id)
    return session.scalar(use) is not None


def _renew_codes(session: Session, moderator: Moderator) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.moderator_id == moderator.id))
    raw = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(moderator_id=moderator.id, digest=digest(code)) for code in raw)
    session.flush()
    return ["-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in raw]


def _use_recovery_code(session: Session, moderator: Moderator, typed: str) -> bool:
    use = (
        update(RecoveryCode)
        .where(
            RecoveryCode.moderator_id == moderator.id,
            RecoveryCode.digest == digest(typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=func.now())
        .returning(RecoveryCode.id)
    )
    used = session.scalar(use) is not None
    if used:
        _note(session, moderator, "moderator.recovery_code_used", f"moderator:{moderator.id}")
    return used


def _note(session: Session, moderator: Moderator, action: str, actor: str) -> None:
    audit.append(session, actor=actor, action=action, subject=f"moderator:{moderator.id}")
