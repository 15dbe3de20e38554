"""What was given up on, decisions and notices alike, given another life: by a site's seniors, or by an operator.

Both are rows of work that `leases` knows: what differs is the table, and which worker is woken.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation_service import leases
from moderation_service.audit import service as audit
from moderation_service.enforcement.models import Order
from moderation_service.jobs import wake
from moderation_service.leases import Leased
from moderation_service.notifications.models import Notice
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work that may be given up on, and the task that takes it up again."""

    table: type[Leased]
    task: str


ORDERS = Kind(Order, "enforcement.drain")
NOTICES = Kind(Notice, "notifications.drain")


def replay(session: Session, kind: Kind, row_id: int, person: Person) -> None:
    """A senior gives a dead letter another life: all its tries anew, from now.

    Raises:
        NotFound: there is none, or it is not his to know of.
        Forbidden: he is no senior of its site.
        Conflict: it is no dead letter.
    """
    row = leases.one(session, kind.table, row_id)
    person.require_here(row.site_id, leases.absent(kind.table))
    person.require(Role.SENIOR, row.site_id)
    _revive(session, kind, row, actor=person.actor)


def replay_any(session: Session, kind: Kind, row_id: int, *, actor: str) -> None:
    """An operator does the same, on whichever site.

    Raises:
        NotFound: there is none.
        Conflict: it is no dead letter.
    """
    _revive(session, kind, leases.one(session, kind.table, row_id), actor=actor)


def replay_all(session: Session, kind: Kind, *, sites: list[int] | None, actor: str, saying: str = "") -> int:
    """Give every dead letter of these sites (None: of all) another life whose error says this; how many there were."""
    rows = leases.dead(session, kind.table, sites=sites, saying=saying)
    for row in rows:
        _revive(session, kind, row, actor=actor)
    return len(rows)


def _revive(session: Session, kind: Kind, row: Leased, *, actor: str) -> None:
    leases.revive(session, row)
    noun = kind.table.__name__.lower()
    audit.append(session, actor=actor, action=f"{noun}.replayed", subject=f"{noun}:{row.id}", site_id=row.site_id)
    wake(session, kind.task)
