"""What a request can reach: the service's parts, the one transaction, and who is asking."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import cast

from flask import current_app, g
from sqlalchemy.orm import Session

from moderation_service.api.ratelimits import RateLimits
from moderation_service.api.remembered import Remembered
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.intake.gate import Gate
from moderation_service.jobs import Bell
from moderation_service.sites.people import Person
from moderation_service.sites.provider import Provider
from moderation_service.sites.service import SiteKey


@dataclass(frozen=True, slots=True)
class Services:
    """The parts that one API process is made of."""

    settings: Settings
    database: Database
    bell: Bell
    gate: Gate
    limits: RateLimits
    recognise_key: Remembered[SiteKey | None]
    recognise_person: Callable[[str], Person | None]
    origin_is_known: Callable[[str], bool]
    provider: Provider | None


def services() -> Services:
    """The parts of the app that serves this request."""
    return cast(Services, current_app.extensions["moderation"])


def transaction() -> AbstractContextManager[Session]:
    """The one transaction of this request."""
    return services().database.transaction()


def site_key() -> SiteKey:
    """The key this request came with; only on routes that ask for one."""
    return cast(SiteKey, g.site_key)


def person() -> Person:
    """The moderator who is asking; only on routes that ask for one."""
    return cast(Person, g.person)
