"""Claims: who holds a case, for how long; exclusive by the table's primary key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from moderation_service.cases import service
from moderation_service.cases.models import MAIN_QUEUE, Case, Claim
from moderation_service.errors import Conflict, Forbidden
from moderation_service.policy.vocabulary import Role
from moderation_service.sites.people import Person, names_of

# One walk along an index, past what is held. Two who ask at once get two cases: each marks the first that nobody has
# marked, and looks no further (nothing above the walk may sort: it would mark them all). The case itself is not locked,
# for triage, the refresh and rules hold the most urgent ones time and again, and a queue must not look empty for that.
# Who proposed a decision is not offered the case, for it waits for a second person, unless the article says something
# else by now; nor, for a while, who skipped it.
_NEXT = """
SELECT * FROM (
SELECT cases.* FROM cases
WHERE cases.state = 'open' AND cases.needs_role = ANY (:roles) {scope}
  AND NOT EXISTS (SELECT FROM claims WHERE claims.case_id = cases.id AND claims.expires_at > now())
  AND NOT EXISTS (SELECT FROM proposals WHERE proposals.case_id = cases.id AND proposals.moderator_id = :person
                  AND proposals.revision = (SELECT current_revision FROM articles WHERE id = cases.article_id))
  AND NOT EXISTS (SELECT FROM case_events event WHERE event.case_id = cases.id
                  AND event.kind IN ('skipped', 'escalated') AND event.actor = :actor
                  AND event.at > now() - interval '30 minutes')
ORDER BY {order} LIMIT :looked_at
) AS free WHERE pg_try_advisory_xact_lock(:mark, (id % 2147483647)::int) LIMIT 1
"""
MARK, ASKING = 7_106, 7_107  # any numbers that no other advisory lock of two numbers uses
LOOKED_AT = 200  # more than ever ask at once
_SCOPES = {
    "site": "AND cases.site_id = :site_id",
    "queue": "AND cases.queue = :queue",
}
_ORDERS = {
    "urgency": "(- cases.escalation), (- cases.urgency), cases.opened_at, cases.id",
    "age": "cases.id",
}
CLAIM_TRIES = 8


def claim_next(
    session: Session, person: Person, *, lease: timedelta, queue: str | None = None, oldest: bool = False
) -> Case | None:
    """Claim the first case of the queue that nobody holds and this person may decide; None when there is none.

    `queue` limits it to a named queue; with `oldest` it is the one that was opened first. The same person asking again
    is given the next one; those already held stay held.

    Raises:
        Conflict: others were quicker, several times in a row.
    """
    for _ in range(CLAIM_TRIES):
        case = _first_free(session, person, queue=queue, order="age" if oldest else "urgency")
        # Who committed between the look and the mark has it; the next look will see that.
        if case is None or _take_open(session, case, person, lease=lease):
            return case
    raise Conflict("Too many are claiming at this moment; try again")


def claimed_since(session: Session, person: Person, moment: datetime) -> Case | None:
    """The first open case that this person claimed after a moment, and holds still; None where there is none.

    Whoever asks the same for him waits until this transaction ends, and so sees what is claimed in it.
    """
    session.execute(_ONE_ASKS, {"asking": ASKING, "person": person.id})
    return session.scalar(_CLAIMED_SINCE, {"person": person.id, "moment": moment})


_ONE_ASKS = text("SELECT pg_advisory_xact_lock(:asking, :person)")
_CLAIMED_SINCE = (
    select(Case)
    .join(Claim, Claim.case_id == Case.id)
    .where(Claim.moderator_id == bindparam("person"), Claim.claimed_at > bindparam("moment"))
    .where(Claim.expires_at > func.now(), Case.state == "open")
    .order_by(Claim.claimed_at)
    .limit(1)
)


def _first_free(session: Session, person: Person, *, queue: str | None, order: str) -> Case | None:
    """The first free case, marked until the end of the transaction; the first of each site he works on is looked at."""
    first: list[Case] = []
    for site_id, role in person.roles:
        roles = [r.value for r in Role if r.rank <= role.rank]
        given = {"site_id": site_id, "queue": queue}
        scope = " ".join(words for name, words in zip(given, _SCOPES.values(), strict=True) if given[name] is not None)
        if queue is not None and queue != MAIN_QUEUE:
            scope += " AND cases.queue <> 'main'"  # lets a small queue be walked along its own index
        # Put together of our own fragments; what callers sent is bound.
        found = select(Case).from_statement(text(_NEXT.format(scope=scope, order=_ORDERS[order])))
        parameters = {"roles": roles, "person": person.id, "actor": person.actor}
        parameters |= {"mark": MARK, "looked_at": LOOKED_AT} | {k: v for k, v in given.items() if v is not None}
        first += session.scalars(found.execution_options(populate_existing=True), parameters)
    return min(first, key=_PLACE[order], default=None)


_PLACE: dict[str, Callable[[Case], tuple[Any, ...]]] = {
    "urgency": lambda case: (-case.escalation, -case.urgency, case.opened_at, case.id),
    "age": lambda case: (case.id,),
}


def claim(session: Session, case: Case, person: Person, *, lease: timedelta) -> Claim:
    """Take hold of a case; holding it already renews the lease.

    A closed case can be claimed too: a decision that supersedes the last one needs it.

    Raises:
        Conflict: somebody else holds it; says who, and until when.
        Forbidden: the case waits for a higher role.
    """
    _require_role(case, person)
    held = holder(session, case.id)
    if held is not None and held.moderator_id == person.id:
        return _prolong(session, held, lease=lease)
    if not _take(session, case, person, lease=lease):
        raise _held(session, case.id)
    return session.get_one(Claim, case.id, populate_existing=True)


def _take_open(session: Session, case: Case, person: Person, *, lease: timedelta) -> bool:
    """Put a claim on a case that was open when it was looked at; whether it still is his to decide.

    Whoever decides a case holds a claim on it, so by now his decision is committed and can be seen. A rule that closes
    a case at this very moment is not waited for: who opens it finds it closed, and asks again.
    """
    if not _put(session, case, person, lease=lease):
        return False
    session.refresh(case)
    if case.state != "open" or not person.may(Role(case.needs_role), case.site_id):
        drop(session, case)
        return False
    service.record_event(session, case, actor=person.actor, kind="claimed", detail={"as_next": True})
    return True


def _take(session: Session, case: Case, person: Person, *, lease: timedelta) -> bool:
    """Put a claim on a locked case, and into its history; whether none was in force."""
    taken = _put(session, case, person, lease=lease)
    if taken:
        service.record_event(session, case, actor=person.actor, kind="claimed", detail={})
    return taken


def _put(session: Session, case: Case, person: Person, *, lease: timedelta) -> bool:
    """Put a claim where none is in force; whether that was so."""
    expires_at = func.now() + literal(lease)
    statement = insert(Claim).values(case_id=case.id, moderator_id=person.id, expires_at=expires_at)
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=["case_id"],
            set_={"moderator_id": person.id, "claimed_at": func.now(), "expires_at": expires_at},
            where=Claim.expires_at <= func.now(),
        ).returning(Claim.case_id)
    ).one_or_none()
    return taken is not None


def renew(session: Session, case: Case, person: Person, *, lease: timedelta) -> Claim:
    """Hold on to a case for another lease.

    Raises:
        Conflict: the lease has run out or is somebody else's.
        Forbidden: the case waits for a higher role, or his has become lower.
    """
    _require_role(case, person)
    held = holder(session, case.id)
    if held is None or held.moderator_id != person.id:
        raise _held(session, case.id) if held else Conflict("You hold this case no longer; claim it again")
    return _prolong(session, held, lease=lease)


def _prolong(session: Session, held: Claim, *, lease: timedelta) -> Claim:
    longer = update(Claim).where(Claim.case_id == held.case_id).values(expires_at=func.now() + literal(lease))
    renewed = longer.returning(Claim).execution_options(populate_existing=True, synchronize_session=False)
    return session.scalars(renewed).one()


def release(session: Session, case: Case, person: Person) -> None:
    """Give a case back to the queue; a senior may do it for anybody. Releasing what is free changes nothing."""
    held = holder(session, case.id)
    if held is None:
        return
    if held.moderator_id != person.id and not person.may(Role.SENIOR, case.site_id):
        raise _held(session, case.id)
    drop(session, case)
    service.record_event(session, case, actor=person.actor, kind="released", detail={})


def skip(session: Session, case: Case, person: Person, *, because: str) -> None:
    """Give a case that one holds back to the queue, and be offered others for a while.

    Raises:
        Forbidden: he does not hold it.
    """
    require(session, case, person)
    drop(session, case)
    service.record_event(session, case, actor=person.actor, kind="skipped", detail={"note": because})


def pass_over(session: Session, case: Case, person: Person) -> None:
    """Skip a case without a word, as who goes on to the next one does, if he holds it because it was next.

    One that he claimed by its name, or that he was handed, stays his.
    """
    held = holder(session, case.id)
    if held is None or held.moderator_id != person.id or not _came_as_next(session, case, person):
        return
    drop(session, case)
    service.record_event(session, case, actor=person.actor, kind="skipped", detail={})


def _came_as_next(session: Session, case: Case, person: Person) -> bool:
    """Whether whoever holds a case was given it when he asked for work."""
    passed_on = ("claimed", "handed_over")
    came = next((event for event in reversed(service.history(session, case.id)) if event.kind in passed_on), None)
    return came is not None and came.actor == person.actor and "as_next" in came.detail


def hand_over(session: Session, case: Case, person: Person, to: Person, *, lease: timedelta) -> Claim:
    """Pass a case that one holds to a named moderator.

    Raises:
        Forbidden: the receiver may not decide it.
        Conflict: the giver does not hold it.
    """
    require(session, case, person)
    if not to.may(Role(case.needs_role), case.site_id):
        raise Forbidden(f"{to.display_name} may not decide this case")
    held = session.get_one(Claim, case.id)
    held.moderator_id, held.claimed_at, held.expires_at = to.id, func.now(), func.now() + literal(lease)
    session.flush()
    session.refresh(held)
    service.record_event(session, case, actor=person.actor, kind="handed_over", detail={"to": to.id})
    return held


def require(session: Session, case: Case, person: Person) -> None:
    """Nothing, when this person holds the case.

    Raises:
        Forbidden: he does not; says who does.
    """
    held = holder(session, case.id)
    if held is None:
        raise Forbidden("Claim this case first")
    if held.moderator_id != person.id:
        raise Forbidden(f"{_name(session, held)} holds this case", held_by=_name(session, held))


def require_to_decide(session: Session, case: Case, person: Person) -> None:
    """Nothing, when this person holds the case and may still decide it: the role that let him claim it may be gone.

    Raises:
        Forbidden: the case waits for a higher role, or he does not hold it; says who does.
    """
    _require_role(case, person)
    require(session, case, person)


def _require_role(case: Case, person: Person) -> None:
    if not person.may(Role(case.needs_role), case.site_id):
        raise Forbidden(f"This case waits for the role {case.needs_role}")


def holder(session: Session, case_id: int) -> Claim | None:
    """The claim that is in force on a case, if any."""
    return session.scalar(select(Claim).where(Claim.case_id == case_id, Claim.expires_at > func.now()))


def drop(session: Session, case: Case) -> None:
    """End whatever claim there is on a case."""
    session.execute(delete(Claim).where(Claim.case_id == case.id))


def drop_all(session: Session, moderator_id: int) -> None:
    """End every claim of a moderator."""
    session.execute(delete(Claim).where(Claim.moderator_id == moderator_id))


def drop_beyond(session: Session, person: Person) -> None:
    """End a moderator's claims on cases that take more than the roles he has now."""
    held = session.scalars(select(Case).join(Claim, Claim.case_id == Case.id).where(Claim.moderator_id == person.id))
    beyond = [case.id for case in held if not person.may(Role(case.needs_role), case.site_id)]
    session.execute(delete(Claim).where(Claim.moderator_id == person.id, Claim.case_id.in_(beyond)))


def drop_expired(session: Session) -> int:
    """Clear away claims that ended by themselves; how many there were."""
    return len(session.execute(delete(Claim).where(Claim.expires_at <= func.now()).returning(Claim.case_id)).all())


def _held(session: Session, case_id: int) -> Conflict:
    held = holder(session, case_id)
    if held is None:
        return Conflict("This case changed hands just now; try again")
    name = _name(session, held)
    until: datetime = held.expires_at
    return Conflict(f"{name} holds this case", held_by=name, until=until.isoformat())


def _name(session: Session, held: Claim) -> str:
    return names_of(session, [held.moderator_id]).get(held.moderator_id, "Somebody")
