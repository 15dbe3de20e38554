"""Who is told of what happened: each step of the story says here what it did, in the transaction in which it did it.

Whom a thing concerns is asked here and nowhere else. What is to be sent is a row that is written with its cause;
`notifications` sends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from moderation_service.decisions.models import Decision
from moderation_service.enforcement.service import Lease
from moderation_service.intake import service as intake
from moderation_service.jobs import wake
from moderation_service.notifications.letters import due
from moderation_service.notifications.webhooks import events


def triaged(session: Session, flag_ids: Sequence[int], case_ids: Sequence[int]) -> None:
    """These flags have come to their cases, some of which they opened, or lifted by a rule."""
    events.note_flags(session, flag_ids)
    due.note_flags(session, flag_ids)
    wake(session, "notifications.tell")
    events.note_history(session, case_ids)


def addressed(session: Session, receipt: UUID) -> None:
    """A reader who flagged before has left an address now; of a flag that triage has not seen, it tells itself."""
    due.note_flags(session, [intake.by_receipt(session, None, receipt).id])
    wake(session, "notifications.tell")


def moved(session: Session, case_ids: Sequence[int]) -> None:
    """These cases were opened or escalated, and by no batch of flags: by a person, a deadline or a reversal."""
    events.note_history(session, case_ids)


def decided(session: Session, decision: Decision) -> None:
    """A person has decided a case, for the first time or anew."""
    due.note_decided(session, decision.article_id)
    events.note_history(session, [decision.case_id])


def applied(session: Session, order: Lease) -> None:
    """What an order wants was read back from the content store: something withheld, or all of it shown."""
    events.note_history(session, [order.case_id])
    due.note_applied(session, order.target.article_id)
    wake(session, "notifications.tell")
