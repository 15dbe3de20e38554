"""Why a form was not sent, in the reader's words: at its fields, or at the head of the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from marshmallow import ValidationError

from moderation_service.api.problems import STATUS
from moderation_service.errors import DomainError, Invalid, RateLimited, StillRunning, Unavailable
from moderation_service.widget import words
from moderation_service.widget.form import Faulty, faults_in


@dataclass(frozen=True, slots=True)
class Refusal:
    """What to tell: `faults` by field, each in words; `alert` is about all of it."""

    status: int = 200
    faults: Mapping[str, str] = field(default_factory=dict)
    alert: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def refusal_of(error: Exception, site: str) -> Refusal:
    """What to tell of an error that keeps the form of a site from being sent."""
    if isinstance(error, RateLimited):
        until = words.moment(datetime.now(UTC) + timedelta(seconds=error.retry_after))
        alert = words.say("flagging", "too_many", time=until)
        return Refusal(429, alert=alert, headers={"Retry-After": str(error.retry_after)})
    faults = _faults(error)
    if faults:
        places: dict[str, Any] = {"site": site, **(error.places if isinstance(error, Faulty) else {})}
        return Refusal(422, {field: words.say(*key.split("."), **places) for field, key in faults.items()})
    status = int(STATUS[type(error)]) if isinstance(error, DomainError) else 422
    return Refusal(status, alert=_alert(error))


def _alert(error: Exception) -> str:
    if isinstance(error, StillRunning):
        return words.say("form", "running")
    if isinstance(error, Unavailable):
        return words.say("flagging", "unreachable")
    return words.say("flagging", "refused", problem=error)


def unasked() -> Refusal:
    """What to tell of a form that another site's page filled in: nothing is sent before its reader does it himself."""
    return Refusal(403, alert=words.say("form", "elsewhere"))


def _faults(error: Exception) -> Mapping[str, str]:
    if isinstance(error, Faulty):
        return error.faults
    if isinstance(error, ValidationError):
        return faults_in(error.messages_dict)
    return faults_in({error.field.partition(".")[0]: error.message}) if isinstance(error, Invalid) else {}
