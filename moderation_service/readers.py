"""What people do about readers, a step per function: mute and unmute, trust and distrust. For a site's seniors.

Each step ends with the reader's waiting voices at what they weigh from now on; what was decided stays decided. Take
the reader from `own_reader` where a moderator asks, from `triage.records` where an operator does.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from moderation_service.ordering import reweigh
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person
from moderation_service.triage import records
from moderation_service.triage import terms as site_terms
from moderation_service.triage.models import Reporter


def reader_of(session: Session, person: Person, reporter: bytes) -> Reporter:
    """A reader whom a moderator may look at: one of a site he works on.

    Raises:
        NotFound: there is none, or he is not his to know of.
    """
    reader = records.find(session, reporter)
    person.require_here(reader.site_id, "There is no such reader")
    return reader


def own_reader(session: Session, person: Person, reporter: bytes) -> Reporter:
    """A reader whose standing a moderator may change: one of a site where he is a senior.

    Raises:
        NotFound: as `reader_of`.
        Forbidden: he is no senior there.
    """
    reader = reader_of(session, person, reporter)
    person.require(Role.SENIOR, reader.site_id)
    return reader


def meet(session: Session, reporter: bytes, *, site_id: int) -> Reporter:
    """A reader of a site, known from now on, whether he has flagged or not."""
    # Triage meets readers under the lock, and would wait for this row.
    site_terms.lock(session, [site_id], wait=site_terms.PEOPLES_WAIT)
    return records.meet(session, reporter, site_id=site_id)


def mute(session: Session, reader: Reporter, *, actor: str, note: str) -> None:
    """From now on his voice weighs nothing; confirms it where a rule asked for that.

    Raises:
        Conflict: he is a trusted flagger.
    """
    _change(session, reader, records.mute, actor=actor, note=note)


def unmute(session: Session, reader: Reporter, *, actor: str, note: str) -> None:
    """His voice counts again, by his record."""
    _change(session, reader, records.unmute, actor=actor, note=note)


def trust(session: Session, reader: Reporter, *, actor: str, note: str) -> None:
    """From now on he counts as the most reliable reader.

    Raises:
        Conflict: he is muted.
    """
    _change(session, reader, records.trust, actor=actor, note=note)


def distrust(session: Session, reader: Reporter, *, actor: str, note: str) -> None:
    """From now on he counts by his record."""
    _change(session, reader, records.distrust, actor=actor, note=note)


def _change(session: Session, reader: Reporter, verb: Callable[..., bool], *, actor: str, note: str) -> None:
    site_terms.lock(session, [reader.site_id], wait=site_terms.PEOPLES_WAIT)
    if verb(session, reader, actor=actor, note=note):
        reweigh(session, {reader.reporter: reader.site_id})
