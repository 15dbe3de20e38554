"""Every try to send a notice, written down: when, how long it took, and what came back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from moderation_service.notifications.delivery import Outcome
from moderation_service.notifications.models import Notice, NoticeAttempt

WORDS_KEPT = 1000  # characters of an error or an answer


def harmless(words: str) -> str:
    """The beginning of what another system said, without what the database refuses or what steers a terminal."""
    return "".join(char if char.isprintable() else " " for char in words[:WORDS_KEPT])


def told(outcome: Outcome) -> dict[str, Any]:
    """What came of a try, as its log has it: `duration_ms`, `status`, `error` and `answer`."""
    answered = outcome.answered
    return {
        "duration_ms": round(outcome.took / timedelta(milliseconds=1)),
        "status": answered.status if answered else None,
        "error": harmless(outcome.error) or None,
        "answer": harmless(answered.words) or None if answered else None,
    }


def note(session: Session, notice_id: int, outcome: Outcome) -> None:
    """Add a try to the log of its notice; none where the notice has gone with its endpoint in the meantime."""
    values = {name: literal(value, NoticeAttempt.__table__.c[name].type) for name, value in told(outcome).items()}
    still_there = select(Notice.id, *values.values()).where(Notice.id == notice_id)
    session.execute(insert(NoticeAttempt).from_select(["notice_id", *values], still_there))
