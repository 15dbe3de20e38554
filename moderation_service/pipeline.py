"""THE STORY, one step per function, in the order of the flow; the only file that sees every room.

    submit_flag ─▶ triage ─▶ claim ─▶ decide ─▶ lease_order ─▶ carry_out ─▶ settle_order

A step gets the session of the one transaction its edge opened, and leaves the commit to it. What must happen next is
a row that the step wrote (an untriaged flag, a pending order or notice); `wake` only saves the time until the
next sweep.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from moderation_service import automation, ordering, telling
from moderation_service.articles import aliases, reach
from moderation_service.articles import service as articles
from moderation_service.articles.content import Content, Origin
from moderation_service.articles.reach import Reach
from moderation_service.audit import service as audit
from moderation_service.automation import Reverted
from moderation_service.cases import arrivals, claims, hideable, hiding
from moderation_service.cases import service as cases
from moderation_service.cases.models import Case, Claim
from moderation_service.config import Settings
from moderation_service.db import Transaction
from moderation_service.decisions import approving, proposals, quality, undoing
from moderation_service.decisions import service as decisions
from moderation_service.decisions.effect import Wanted, wanted_state
from moderation_service.decisions.models import Decision, Proposal
from moderation_service.decisions.ruling import Ruling
from moderation_service.decisions.service import Before
from moderation_service.enforcement import service as enforcement
from moderation_service.enforcement.service import Lease
from moderation_service.enforcement.stores import FatalStoreError, RetryableStoreError, connect, said_by
from moderation_service.errors import DomainError
from moderation_service.intake import legal, record
from moderation_service.intake import service as intake
from moderation_service.intake.legal import Filed, Filing
from moderation_service.intake.submission import Recorded, Submission
from moderation_service.jobs import wake
from moderation_service.policy.vocabulary import SEVERITIES
from moderation_service.sites import people
from moderation_service.sites.models import Moderator
from moderation_service.sites.people import Person
from moderation_service.triage import judging
from moderation_service.triage import terms as site_terms
from moderation_service.triage.models import RuleVersion
from moderation_service.triage.order import takes_oldest
from moderation_service.triage.rules.firings import Fired

log = structlog.get_logger()


MOST_PASSED_BY = 10  # flags in one go; where more fail, it is not the flags
LOCK_NOT_AVAILABLE = "55P03"


def publish_article(
    session: Session,
    site_id: int,
    external_id: str,
    content: Content,
    *,
    url: str | None,
    origin: Origin,
    actor: str,
    also_known_as: Sequence[str] | None = None,
) -> articles.Recorded:
    """A site tells us what an article says now, and under which other addresses it is known; None: as before."""
    recorded = articles.put(session, site_id, external_id, content, url=url, origin=origin, actor=actor)
    if also_known_as is not None:
        aliases.set_aliases(session, recorded.article, also_known_as, actor=actor)
    return recorded


def report_reach(session: Session, site_id: int, reports: Sequence[tuple[str, int]]) -> list[Reach | DomainError]:
    """A site tells how often articles were seen so far; what became of each report, in their order."""
    return reach.report(session, site_id, reports)


def submit_flag(session: Session, submission: Submission) -> Recorded:
    """A reader flags an article. Ordinary flags take the short cut of `intake.lane`, many in one commit."""
    recorded = record.record_one(session, submission)
    if submission.email is not None and not recorded.is_new:
        telling.addressed(session, recorded.receipt)
    wake(session, "triage.drain")
    return recorded


def submit_report(session: Session, submissions: Sequence[Submission]) -> list[Recorded]:
    """Somebody on another network reports articles: each is flagged, or none."""
    recorded = [record.record_one(session, submission) for submission in submissions]
    wake(session, "triage.drain")
    return recorded


def submit_legal_notice(session: Session, filing: Filing) -> Filed:
    """A reader gives notice that something is illegal; each item goes the way of a flag."""
    filed = legal.file(session, filing)
    wake(session, "triage.drain")
    return filed


def withdraw_flag(session: Session, site_id: int | None, receipt: UUID) -> None:
    """A reader takes a flag back, through its site or (None) by the receipt alone; what others flagged stands."""
    case_id = intake.withdraw(session, intake.by_receipt(session, site_id, receipt))
    if case_id is not None:
        judging.note(session, case_id)
        wake(session, "triage.settle")


def triage_all(transaction: Transaction, *, limit: int) -> Iterator[int]:
    """Triage what waits in batches of up to `limit` flags; how many each took.

    A batch that fails is tried again as a tenth of it, and so on; a single flag that fails is written down and passed
    by until the next call, for no flag may keep the others from their cases.
    """
    size, passed_by = limit, 0
    while True:
        try:
            with transaction() as session:
                taken = triage(session, limit=size, skip=passed_by)
        except Exception as error:
            if _is_away(error) or passed_by == MOST_PASSED_BY:
                raise
            log.exception("triage.failed", flags=size, passed_by=passed_by)
            passed_by += size == 1
            size = limit if size == 1 else max(size // 10, 1)
            continue
        yield taken
        if taken < size:
            return


def _is_away(error: Exception) -> bool:
    """Whether a failure says nothing of what was tried: no database, or others have what it takes."""
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else ""
    return isinstance(error, PoolTimeout) or state in (None, LOCK_NOT_AVAILABLE)


def triage(session: Session, *, limit: int, skip: int = 0) -> int:
    """Put recorded flags into cases, weigh what they say, and let the rules act; how many flags were taken.

    It takes the oldest, past `skip` older ones.
    """
    flag_ids = intake.take_untriaged(session, limit, skip=skip)
    if not flag_ids:
        return 0
    site_ids = intake.sites_of(session, flag_ids)
    site_terms.lock(session, site_ids)
    terms = site_terms.in_force(session, site_ids)
    # After the sites, which may take long, and before any case: whoever takes a flag back holds nothing but the flag.
    standing = intake.lock_standing(session, flag_ids)
    flagged = intake.summarise(session, standing, SEVERITIES)
    attached = arrivals.attach(session, flagged, standing, terms)
    ordering.hear(session, [*standing, *attached.taken_along], attached.cases, terms)
    arrivals.record(session, attached.cases)
    open_cases = [case.case_id for case in attached.cases if case.is_open]
    apply_rules(session, open_cases)
    # All of them, not only those whose place moved: the same readers may vouch for a revision that was never hidden.
    for case_id in hideable.among(session, open_cases):
        hide_pending(session, case_id)
    telling.triaged(session, standing, [case.case_id for case in attached.cases])
    return len(flag_ids)


def apply_rules(session: Session, case_ids: Sequence[int]) -> list[Fired]:
    """Let the rules in force look at these open cases and do what they ask; what fired, live or in shadow.

    The cases' sites are locked.
    """
    return automation.apply_rules(session, case_ids, hide=why_not_hidden)


def revert_whole_rule(transaction: Transaction, version: RuleVersion, *, actor: str) -> Reverted:
    """Take back all that one version of a rule did on cases that nobody has decided, part by part.

    What was taken back stays so where a later part fails; doing it again goes on from there.
    """
    done = Reverted()
    while done.more:
        with transaction() as session:
            done += revert_rule(session, version, actor=actor)
    return done


def revert_rule(session: Session, version: RuleVersion, *, actor: str) -> Reverted:
    """Take back what one version of a rule did, as much as one transaction takes, the newest cases first."""
    done = automation.revert(session, version, actor=actor)
    for case_id in done.to_show:
        restore_hidden(session, case_id, "rule_reverted", actor=actor)
    return done


@dataclass(frozen=True, slots=True)
class Given:
    """The case given to who asked for work; `as_oldest` where it was the oldest's turn, not that of the first."""

    case: Case
    as_oldest: bool


def claim_next(
    session: Session, person: Person, settings: Settings, *, queue: str | None = None, leaving: int | None = None
) -> Given | None:
    """A moderator asks for work: the first case of the queue, and now and then the oldest; None where none is free.

    `leaving` is the case that he goes on from without a verdict, which others may have then.
    """
    if leaving is not None:
        claims.pass_over(session, _open_to(session, leaving, person), person)
    lease = timedelta(seconds=settings.claim_seconds)
    oldest = takes_oldest(random.random())  # noqa: S311  (nobody gains by guessing it)
    case = claims.claim_next(session, person, lease=lease, queue=queue, oldest=oldest)
    return None if case is None else Given(case, as_oldest=oldest)


def claim_after(
    session: Session, made: Decision | Proposal, person: Person, settings: Settings, *, queue: str | None = None
) -> Given | None:
    """The next case after what came of a ruling, claimed; the ruling sent again leads to what it led to before."""
    moment = made.decided_at if isinstance(made, Decision) else made.proposed_at
    before = claims.claimed_since(session, person, moment)
    return Given(before, as_oldest=False) if before else claim_next(session, person, settings, queue=queue)


def claim(session: Session, case_id: int, person: Person, settings: Settings) -> Claim:
    """A moderator takes hold of one case; a decided one where he may overrule, or agree with what is proposed."""
    case = _open_to(session, case_id, person)
    if case.state == "closed" and proposals.standing(session, case) is None:
        decisions.require_may_supersede(decisions.latest(session, case_id), person)
    return claims.claim(session, case, person, lease=timedelta(seconds=settings.claim_seconds))


def renew_claim(session: Session, case_id: int, person: Person, settings: Settings) -> Claim:
    """A moderator needs more time."""
    case = _open_to(session, case_id, person)
    return claims.renew(session, case, person, lease=timedelta(seconds=settings.claim_seconds))


def release_claim(session: Session, case_id: int, person: Person) -> None:
    """A moderator gives a case back."""
    claims.release(session, _open_to(session, case_id, person), person)


def skip(session: Session, case_id: int, person: Person, because: str) -> None:
    """A moderator would rather not decide this one; others may."""
    claims.skip(session, _open_to(session, case_id, person), person, because=because)


def hand_over(session: Session, case_id: int, person: Person, to: str, settings: Settings) -> tuple[Claim, Person]:
    """A moderator passes a case to a named colleague, who works on its site too."""
    case = _open_to(session, case_id, person)
    receiver = people.colleague_by_name(session, to, case.site_id)
    return claims.hand_over(session, case, person, receiver, lease=timedelta(seconds=settings.claim_seconds)), receiver


def escalate(session: Session, case_id: int, person: Person, words: str) -> None:
    """A moderator hands a case up; whoever may hold it is not the one to decide it."""
    case = _open_to(session, case_id, person)
    claims.require(session, case, person)
    claims.drop(session, case)
    cases.escalate(session, case, actor=person.actor, note=words)
    telling.moved(session, [case_id])


def note(session: Session, case_id: int, person: Person, words: str) -> None:
    """A moderator leaves a note for colleagues."""
    cases.note(session, _open_to(session, case_id, person), actor=person.actor, words=words)


def _open_to(session: Session, case_id: int, person: Person) -> Case:
    """The locked case, when it is on a site this person works on."""
    case = cases.lock(session, case_id)
    person.require_here(case.site_id, "There is no such case")
    return case


def decide(session: Session, case_id: int, person: Person, ruling: Ruling) -> Decision | Proposal:
    """A moderator decides a case, or supersedes its last decision; the content store is to follow.

    Where it takes two persons, for a rule's or the policy's sake, what the first one sends is a proposal, and so is
    what the next one sends who disagrees: nothing follows until two agree, or a senior decides.
    """
    case = _open_to(session, case_id, person)
    return _decide(session, case, person, ruling, decisions.before(session, case))


def _decide(session: Session, case: Case, person: Person, ruling: Ruling, met: Before) -> Decision | Proposal:
    because = proposals.due(session, case, person, ruling, met.proposal)
    if because is not None:
        decisions.require_may_supersede(met.last, person)
        return proposals.propose(session, case, person, ruling, because)
    decision = decisions.decide(session, case, person, ruling, met)
    quality.draw(session, decision)
    enforcement.want(session, case, _wanted(session, case.article_id), decision=decision)
    wake(session, "enforcement.drain")
    judging.note(session, case.id)
    wake(session, "triage.settle")
    telling.decided(session, decision)
    return decision


def _wanted(session: Session, article_id: int) -> Wanted:
    """What the decisions in force on an article, and the case that waits for one, ask of its content store."""
    in_force = decisions.in_force(session, article_id)
    return wanted_state(in_force, hidden=hiding.hides(session, article_id))


def replace_proposal(session: Session, case_id: int, person: Person, ruling: Ruling) -> Proposal:
    """A moderator proposes something else than he did, as long as nobody has decided."""
    return proposals.replace(session, _open_to(session, case_id, person), person, ruling)


def withdraw_proposal(session: Session, case_id: int, person: Person) -> None:
    """A moderator takes his proposal back."""
    proposals.withdraw(session, _open_to(session, case_id, person), person)


def approve(
    session: Session, case_id: int, person: Person, settings: Settings, *, case_version: int, revision: int
) -> Decision | Proposal:
    """A moderator decides what a colleague proposed, on the case and the article as he saw them.

    The same approval sent once more is the decision that it became the first time.
    """
    case = _open_to(session, case_id, person)
    made = approving.made_before(session, case, person, case_version=case_version, revision=revision)
    if made is not None:
        return made
    ruling = approving.the_same(session, case, case_version=case_version, revision=revision)
    return claim_and_decide(session, case_id, person, ruling, settings)


def claim_and_decide(
    session: Session, case_id: int, person: Person, ruling: Ruling, settings: Settings
) -> Decision | Proposal:
    """Decide a case that was looked at, perhaps beside others: the claim is taken on the way.

    The same ruling sent once more is what it became the first time, so that a request may be repeated.
    """
    case = _open_to(session, case_id, person)
    if case.version == ruling.case_version:
        claims.claim(session, case, person, lease=timedelta(seconds=settings.claim_seconds))
    met = decisions.before(session, case)
    made = decisions.sent_before(met.last, person, ruling)
    sent_before = made or proposals.sent_before(met.proposal, case, person, ruling)
    return sent_before or _decide(session, case, person, ruling, met)


def undo(
    session: Session, case_id: int, person: Person, decision_id: int, settings: Settings
) -> Decision | Proposal | None:
    """A moderator takes back what he decided: a further decision brings back what held before, and he holds the case.

    None where nothing is to be brought back: a first clearance left readers what they had. Where it takes two, for a
    rule's sake, it is proposed, and the case is free for whoever agrees.
    """
    case = _open_to(session, case_id, person)
    ruling = undoing.reversal(session, case, person, decision_id)
    made = None if ruling is None else claim_and_decide(session, case_id, person, ruling, settings)
    if not isinstance(made, Proposal):
        claim(session, case_id, person, settings)
    return made


def hide_pending(session: Session, case_id: int) -> bool:
    """Hide an article until its case is reviewed, where its site, its readers' records and its past allow it.

    Whether automatic actions are switched off, whoever calls this has looked; whether it was hidden is the answer.
    """
    return why_not_hidden(session, case_id) is None


def why_not_hidden(session: Session, case_id: int) -> str | None:
    """The same, but the answer is why it was not hidden, in words, and None when it was."""
    case = cases.lock(session, case_id)
    grounds = hiding.grounds(session, case)
    if isinstance(grounds, str):
        return grounds
    if _wanted(session, case.article_id).state == "removed":
        return "the article is taken down already"
    hiding.hide(session, case, grounds, actor=audit.SYSTEM)
    _hide_or_show(session, case)
    return None


def restore_hidden(session: Session, case_id: int, because: str, *, actor: str = audit.SYSTEM) -> bool:
    """Show an article again that its open case hides, and leave the case to its review; whether it was hidden."""
    case = cases.lock(session, case_id)
    restored = hiding.restore(session, case, because=because, actor=actor)
    if restored:
        _hide_or_show(session, case)
    return restored


def _hide_or_show(session: Session, case: Case) -> None:
    enforcement.want(session, case, _wanted(session, case.article_id))
    wake(session, "enforcement.drain")


def lease_order(session: Session, settings: Settings) -> Lease | None:
    """A worker takes an order; it calls the store only after this is committed."""
    enforcement.give_up_silent(session, settings)
    return enforcement.lease_next(session, duration=timedelta(seconds=settings.enforcement_lease_seconds))


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of one try to make a store obey: the state read back, or an error."""

    seen: Wanted | None = None
    error: str = ""
    fatal: bool = False


def carry_out(lease: Lease, transaction: Transaction) -> Tried:
    """Make the store obey and ask it what it shows now; no transaction is open around this.

    `transaction` is for the built-in store, which is a database of its own to this step.
    """
    try:
        store = connect(lease.store, lease.store_options, transaction)
        store.apply(lease.target, lease.wanted, version=lease.version)
        seen = store.read_back(lease.target)
    except RetryableStoreError as error:
        return Tried(error=said_by(error))
    except FatalStoreError as error:
        return Tried(error=said_by(error), fatal=True)
    except Exception as error:
        # An adapter's own defect must be counted and become a dead letter, not come back for ever.
        log.exception("store.broke", order=lease.order_id, store=lease.store)
        return Tried(error=f"{type(error).__name__}: {said_by(error)}")
    if seen != lease.wanted:
        return Tried(error=f"the store shows {seen.to_json()} and not {lease.wanted.to_json()}")
    return Tried(seen=seen)


def settle_order(session: Session, lease: Lease, tried: Tried, settings: Settings) -> None:
    """Write down what came of a try: applied, to be tried again, or a dead letter."""
    if tried.seen is None:
        enforcement.fail(session, lease, tried.error, fatal=tried.fatal, settings=settings)
    elif enforcement.confirm(session, lease, tried.seen):
        telling.applied(session, lease)
    else:
        wake(session, "enforcement.drain")  # a newer decision came in the meantime


def shut_out(session: Session, moderator: Moderator, *, actor: str) -> None:
    """An operator or an admin shuts a moderator out; what he held is free at once."""
    people.deactivate(session, moderator, actor=actor)
    claims.drop_all(session, moderator.id)
