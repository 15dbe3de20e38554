"""Undoing a decision: decisions are never edited, so it takes a further one, which brings back what held before."""

from __future__ import annotations

from sqlalchemy.orm import Session

from moderation_service.cases.models import Case
from moderation_service.decisions.models import Decision
from moderation_service.decisions.ruling import Ruling
from moderation_service.decisions.service import latest
from moderation_service.errors import Conflict, Forbidden
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.people import Person

OTHER_REVISION = "The takedown before was of another revision of the article, so it is not brought back; decide anew"


def reversal(session: Session, case: Case, person: Person, decision_id: int) -> Ruling | None:
    """What undoes a person's decision, the last on a locked case; None when it is a clearance with none before it.

    A takedown that was the first verdict is undone by a clearance, any other verdict by the one it superseded. But no
    takedown comes back over words that it was not decided on: nobody has read them with a takedown in mind.

    Raises:
        Conflict: something else was decided since; or it would bring back a takedown of another revision.
        Forbidden: it is a colleague's.
    """
    last = latest(session, case.id)
    if last is None or last.id != decision_id:
        raise Conflict("Something else was decided since, so there is nothing to undo", case_version=case.version)
    if last.moderator_id != person.id:
        raise Forbidden("A colleague decided this; to overrule him, decide anew")
    if last.supersedes_id is not None:
        return _again(session.get_one(Decision, last.supersedes_id), case, revision=last.revision)
    if last.action == Action.CLEAR:
        return None
    return Ruling(action=Action.CLEAR, case_version=case.version, revision=last.revision)


def _again(before: Decision, case: Case, *, revision: int) -> Ruling:
    if before.action == Action.TAKEDOWN and before.revision != revision:
        raise Conflict(OTHER_REVISION, case_version=case.version)
    return Ruling(
        action=Action(before.action),
        case_version=case.version,
        revision=revision,
        parts=tuple(before.parts),
        clause=before.clause,
        ground=before.ground,
        policy_id=before.policy_id,
        note=before.note,
        restores=before.id,
    )
