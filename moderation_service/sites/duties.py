"""What somebody who has signed in must do before anything else."""

from __future__ import annotations

from enum import StrEnum

from moderation_service.sites.models import AccessToken, Moderator


class Duty(StrEnum):
    """One such thing."""

    PASSWORD = "password"  # noqa: S105  (the name of the duty)
    SECOND_FACTOR = "second_factor"


def duty_of(moderator: Moderator, token: AccessToken | None = None) -> Duty | None:
    """What he has to do first: choose a password that nobody else knows, then set up a factor that is asked of him.

    Nothing in a session through a provider: no password opened it, and a second factor is the provider's to ask.
    """
    if token is not None and token.identity_id is not None:
        return None
    if moderator.password_change_required:
        return Duty.PASSWORD
    return Duty.SECOND_FACTOR if moderator.totp_required and moderator.totp_salt is None else None
