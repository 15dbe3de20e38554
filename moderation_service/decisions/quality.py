"""The QA sample: some decided cases are put before a senior who does not know what was decided, nor by whom.

What he says is evidence in a table of its own and changes nothing by itself.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, exists, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.audit import service as audit
from moderation_service.cases.models import Case, CaseEvent
from moderation_service.decisions.models import Decision, QaReview, QaSample
from moderation_service.decisions.ruling import Ruling, cited
from moderation_service.errors import Conflict, Forbidden, NotFound
from moderation_service.policy import service as policy
from moderation_service.policy.models import PolicyVersion
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person

_NO_SUCH = "There is no such sample"

# Whether he who made a decision mended it at once: of what he did by a slip he need not be told.
MENDED = """EXISTS (SELECT FROM decisions later WHERE later.case_id = made.case_id AND later.supersedes_id = made.id
    AND later.moderator_id = made.moderator_id AND later.decided_at < made.decided_at + interval '10 minutes')"""
_IS_MENDED = text(f"SELECT {MENDED} FROM decisions made WHERE made.id = :decision")  # noqa: S608  (our own fragment)


def is_drawn(version: PolicyVersion, decision_id: int) -> bool:
    """Whether chance draws this decision: by a digest of its number under a key that nobody who decides knows.

    So whoever has the key can tell afterwards that none was left out, and none picked. Pure.
    """
    drawn = hashlib.sha256(version.draw_key.bytes + str(decision_id).encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64 * 100 < version.qa_percent


def draw(session: Session, decision: Decision) -> QaSample | None:
    """Put a decision just made into the sample, if chance has it; its case tells nobody."""
    if not is_drawn(policy.in_force(session, decision.site_id), decision.id):
        return None
    sample = QaSample(decision_id=decision.id, site_id=decision.site_id)
    session.add(sample)
    session.flush()
    return sample


def had_a_hand(person: Person) -> ColumnElement[bool]:
    """Whether a person did anything on the case of a decision: decided, proposed, held it, left a note."""
    return exists().where(CaseEvent.case_id == Decision.case_id, CaseEvent.actor == person.actor)


def open_to(session: Session, sample_id: int, person: Person) -> tuple[QaSample, Decision]:
    """A sample that waits for a verdict, when this person may give it, and the decision it is about.

    Raises:
        NotFound: there is none, or it is on a site where he is no senior, or he had a hand in its case, or whoever made
            the decision mended it at once.
        Forbidden: he has skipped it.
        Conflict: somebody has answered it.
    """
    sample, decision = of_site(session, sample_id, person)
    if session.scalar(select(QaReview.id).where(QaReview.sample_id == sample.id, QaReview.action.is_not(None))):
        raise Conflict("Somebody else has looked at this decision in the meantime")
    if session.scalar(select(Decision.id).where(Decision.id == decision.id, had_a_hand(person))):
        # Not that it is not for him: whoever tried the next numbers would learn at once that his decision was drawn.
        raise NotFound(_NO_SUCH)
    if session.scalar(_IS_MENDED, {"decision": decision.id}):
        raise NotFound(_NO_SUCH)
    if session.scalar(select(QaReview.id).where(QaReview.sample_id == sample.id, QaReview.moderator_id == person.id)):
        raise Forbidden("You skipped this one, so another person looks at it")
    return sample, decision


def of_site(session: Session, sample_id: int, person: Person) -> tuple[QaSample, Decision]:
    """A sample, when this person is a senior on its site, and the decision it is about.

    Raises:
        NotFound: there is none, or it is elsewhere.
    """
    sample = session.get(QaSample, sample_id)
    if sample is None or not person.may(Role.SENIOR, sample.site_id):
        raise NotFound(_NO_SUCH)
    return sample, session.get_one(Decision, sample.decision_id)


def review(session: Session, sample_id: int, person: Person, ruling: Ruling) -> QaReview:
    """Write down what a senior would have decided; it is held to what a verdict is held to, on the same revision.

    Raises:
        Invalid: a part or clause does not exist, or a takedown lacks its clause or ground.
        NotFound, Forbidden, Conflict: as `open_to`; Conflict also for another revision than was decided on.
    """
    sample, decision = open_to(session, sample_id, person)
    if ruling.revision != decision.revision:
        raise Conflict(f"This was decided on revision {decision.revision} of the article")
    clause = cited(session, session.get_one(Case, decision.case_id), ruling)
    return _write(
        session,
        sample,
        person,
        {
            "action": ruling.action.value,
            "parts": list(ruling.parts),
            "policy_id": clause.policy_id if clause else None,
            "clause": clause.code if clause else None,
            "ground": ruling.ground if clause else None,
            "note": ruling.note,
        },
    )


def skip(session: Session, sample_id: int, person: Person, because: str) -> QaReview:
    """Leave a sample to other seniors, with a reason.

    Raises:
        NotFound, Forbidden, Conflict: as `open_to`.
    """
    sample, _ = open_to(session, sample_id, person)
    return _write(session, sample, person, {"skipped_because": because})


def _write(session: Session, sample: QaSample, person: Person, said: dict[str, object]) -> QaReview:
    values = {"sample_id": sample.id, "moderator_id": person.id, "reviewed_at": func.now()} | said
    statement = insert(QaReview).values(**values).on_conflict_do_nothing().returning(QaReview)
    made = session.scalars(statement).one_or_none()
    if made is None:
        raise Conflict("Somebody else has looked at this decision in the meantime")
    audit.append(
        session,
        actor=person.actor,
        action="qa.skipped" if made.action is None else "qa.reviewed",
        subject=f"qa_review:{made.id}",
        site_id=sample.site_id,
        after=audit.evidence(QaReview, QaReview.id == made.id),
    )
    return made
