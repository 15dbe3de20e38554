"""The two ways in, each on a site of its own, so that what they did can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from moderation_service.audit.models import AuditEntry
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.errors import DomainError
from moderation_service.intake.lane import Lane
from moderation_service.intake.models import Flag, FlagContact, IdempotencyKey, UntriagedFlag
from moderation_service.intake.record import record_one
from moderation_service.intake.submission import Recorded, Submission
from moderation_service.sites.models import Site
from tests.factories import reporter_id

READERS = ("reader-1", "a", "b", "c")  # who flags in the tests; each site has hashes of its own for them


class Ways:
    """Fast and slow intake on one database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self.went_slowly: list[Submission] = []
        self._lane = Lane(settings.database_url, self._slowly)

    def close(self) -> None:
        """Close the lane's connection."""
        self._lane.close()

    def _slowly(self, submission: Submission) -> Recorded:
        self.went_slowly.append(submission)
        with self._database.transaction() as session:
            return record_one(session, submission)

    def fast(self, batch: Sequence[Submission]) -> list[Recorded | Exception]:
        """All in one batch of a lane."""
        return list(self._lane(list(batch)))

    def slow(self, batch: Sequence[Submission]) -> list[Recorded | Exception]:
        """One after the other, each in a transaction of its own."""
        answers: list[Recorded | Exception] = []
        for submission in batch:
            try:
                answers.append(self._slowly(submission))
            except DomainError as error:
                answers.append(error)
        return answers

    def left_behind(self, site: Site) -> dict[str, Any]:
        """What stands in the tables about a site's flags, without ids and moments."""
        of_site = Flag.site_id == site.id
        with self._database.transaction() as session:
            flags = session.scalars(select(Flag).where(of_site)).all()
            audited = session.scalars(
                select(func.jsonb_array_elements(AuditEntry.detail["flags"])).where(
                    AuditEntry.action == "flags.received"
                )
            ).all()
            ids = {flag.id for flag in flags}
            names = {reporter_id(site, name): name for name in READERS}
            contacts = session.scalars(select(FlagContact.email).where(FlagContact.flag_id.in_(ids)))
            of_key = (IdempotencyKey.key_digest, IdempotencyKey.fingerprint, IdempotencyKey.status)
            keys = session.execute(select(*of_key).where(IdempotencyKey.site_id == site.id))
            waiting = session.scalars(select(UntriagedFlag.flag_id).where(UntriagedFlag.flag_id.in_(ids)))
            return {
                "flags": sorted((names[flag.reporter], *_told(flag)) for flag in flags),
                "contacts": sorted(str(email) for email in contacts),
                "keys": sorted(tuple(key) for key in keys),
                "every flag waits once": sorted(waiting) == sorted(ids),
                "every flag audited once": sorted(flag for flag in audited if flag in ids) == sorted(ids),
            }


def _told(flag: Flag) -> tuple[Any, ...]:
    return (
        *(flag.target_key, flag.revision, flag.reason, flag.part or "", flag.comment or ""),
        *(str(flag.quotation), flag.locale or "", flag.channel, flag.withdrawn_at is None, flag.triaged_at is None),
        str(flag.reporter_since),
    )


def in_words(answers: Sequence[Recorded | Exception]) -> list[str]:
    """Each answer as its status, or as the error and its message."""
    return [str(a.status) if isinstance(a, Recorded) else f"{type(a).__name__}: {a}" for a in answers]
