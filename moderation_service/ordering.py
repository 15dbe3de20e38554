"""What keeps the queue in order: readers are heard, judged by what was decided, and time takes its share.

Steps of the story that `pipeline.py` calls; apart from it because recomputing everything from scratch takes the same
steps. Whoever calls one holds no lock of a case yet: the sites' locks come first (`triage.terms.lock`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from moderation_service.articles import site_views
from moderation_service.cases import scoring
from moderation_service.cases import service as case_verbs
from moderation_service.cases.arrivals import Touched
from moderation_service.cases.models import Case
from moderation_service.cases.scoring import Score
from moderation_service.db import Transaction
from moderation_service.decisions import service as decisions
from moderation_service.decisions.effect import standing
from moderation_service.intake import service as intake
from moderation_service.intake.service import Sender
from moderation_service.policy.vocabulary import Action
from moderation_service.sites.service import all_site_ids
from moderation_service.triage import judging, records, voices
from moderation_service.triage import terms as site_terms
from moderation_service.triage.judging import Verdict
from moderation_service.triage.order import Terms
from moderation_service.triage.voices import Heard

log = structlog.get_logger()


PART = 250  # cases scored in one transaction: it holds the site's lock
PART_VOICES = 20_000  # and so many voices, but for the last case's
TOLERANCE = 0.01  # a place that would move by less is left where it is, and its row unwritten

# A story that a hundred thousand flagged is one case: its voices are weighed and judged in one transaction or not at
# all, in statements that may take longer than those of a request. Nobody waits for them but other workers.
PATIENCE = text("SET LOCAL statement_timeout = '5min'; SET LOCAL idle_in_transaction_session_timeout = '60s'")


def hear(session: Session, flag_ids: Sequence[int], touched: Sequence[Touched], terms: Mapping[int, Terms]) -> None:
    """Give the readers of these flags their voices in the cases they belong to, and those cases their place.

    Under the locks of their sites. What is known of each reader is noted with his flags.
    """
    heard = _hear(session, flag_ids, touched, terms)
    scores = scoring.score(session, heard.touched, terms=terms, weights=heard.weights, voices=heard.voices)
    _count_arrivals(session, touched, scores, heard.counted)
    scoring.log(session, [case.case_id for case in touched if case.is_open], terms=terms)


def _hear(session: Session, flag_ids: Sequence[int], cases: Sequence[Touched], terms: Mapping[int, Terms]) -> Heard:
    heard = voices.hear(
        session,
        flag_ids,
        open_cases={case.article_id: case.case_id for case in cases if case.is_open},
        closed_cases={case.article_id: case.case_id for case in cases if not case.is_open},
        terms=terms,
    )
    senders = [
        Sender(r.reporter, r.weight, known.upheld, known.rejected, known.fresh, known.trusted, known.muted)
        for r in heard.readers
        for known in [r.record]
    ]
    intake.mark_triaged(session, flag_ids, {case.article_id: case.case_id for case in cases}, senders)
    return heard


def _count_arrivals(
    session: Session, touched: Sequence[Touched], scores: Sequence[Score], counted: Mapping[int, int]
) -> None:
    """Tell each site's terms how many cases came, and voices that count for what is usual."""
    opened = {case.case_id for case in touched if case.change == "opened"}
    for site_id in {score.site_id for score in scores}:
        here = [score for score in scores if score.site_id == site_id]
        site_terms.count_arrivals(
            session,
            site_id,
            cases=sum(score.case_id in opened for score in here),
            voices=sum(counted.get(score.case_id, 0) for score in here),
            voices_with_views=sum(counted.get(score.case_id, 0) for score in here if score.views is not None),
        )


def settle_each(transaction: Transaction, *, most: int) -> int:
    """Judge the readers of up to `most` of the cases that wait for it, each on its own; how many were judged.

    A case that fails is put behind the others and written down: the next call meets it again, and them before it.
    """
    judged = 0
    with transaction() as session:
        up_to = judging.newest(session)
    for _ in range(most):
        taken: list[int] = []
        try:
            with transaction() as session:
                session.execute(PATIENCE)
                taken = judging.take(session, 1, up_to=up_to)
                judge(session, taken)
        except Exception:
            if not taken:
                raise
            log.exception("settle.failed", case_id=taken[0])
            with transaction() as session:
                judging.put_last(session, taken[0], up_to=up_to)
        else:
            if not taken:
                break
            judged += 1
    return judged


def judge(session: Session, case_ids: Sequence[int]) -> None:
    """Bring the voices of these cases to what was decided of them, and every case that depends on them to its place."""
    if not case_ids:
        return
    site_ids = case_verbs.sites_of(session, case_ids)
    site_terms.lock(session, site_ids)
    terms = site_terms.in_force(session, site_ids)
    for case_id in case_ids:
        judged = judging.judge(session, _verdict(session, case_id))
        scoring.score(session, judged.weights, terms=terms, weights=judged.weights, voices=judged.voices)


def _verdict(session: Session, case_id: int) -> Verdict:
    """What a case's decision says of each reader with a voice in it."""
    case = session.get_one(Case, case_id, populate_existing=True)
    decision = decisions.latest(session, case_id) if case.state == "closed" else None
    past = case_verbs.past(session, case_id)
    parts = intake.parts_by_reporter(session, case.article_id, case_id)
    # Closed without a decision: as a repeat, by no person's verdict.
    standings = dict.fromkeys(parts, "pending" if case.state == "open" else "late")
    if decision is not None:
        # Whoever was heard by then is judged by what he had said, even if he has taken it back or said more since.
        heard = intake.parts_heard_by(session, case.article_id, case_id, past.decided_at or decision.decided_at)
        standings |= {reporter: standing(decision, flagged) for reporter, flagged in heard.items()}
    return Verdict(
        case_id=case_id,
        site_id=case.site_id,
        standings=standings,
        upheld=None if decision is None else decision.action == Action.TAKEDOWN,
        views=case.views,
        was_hidden=past.was_hidden,
    )


def reweigh(session: Session, readers: Mapping[bytes, int]) -> None:
    """Bring the waiting voices of readers (with their sites) to what they weigh now, and their cases to their place."""
    if not readers:
        return
    terms = site_terms.in_force(session, set(readers.values()))
    weights = voices.reweigh(session, voices.known(session, readers, terms))
    scoring.score(session, weights, terms=terms, weights=weights, voices={})


@dataclass(frozen=True, slots=True)
class Part:
    """What came of refreshing some cases: how many were looked at, how many moved, and whether there are more."""

    looked_at: int
    moved: int
    more: bool


def refresh(transaction: Transaction, *, most: int) -> int:
    """Refresh the open cases of every site, each up to `most` of them; how many had to move.

    What was learned comes into force, and time takes its share. Between two events an index only falls (articles age,
    readers move on), so at worst a case sinks late. What a call leaves, the next one goes on with; a site where it
    fails keeps none of the others from it.
    """
    moved = 0
    with transaction() as session:
        sites = all_site_ids(session)
    for site_id in sites:
        try:
            moved += _refresh_site(transaction, site_id, most=most)
        except Exception:
            log.exception("refresh.failed", site_id=site_id)
    return moved


def _refresh_site(transaction: Transaction, site_id: int, *, most: int) -> int:
    moved = looked_at = 0
    with transaction() as session:
        begin_round(session, site_id)
    while looked_at < most:
        with transaction() as session:
            part = refresh_part(session, site_id, limit=min(PART, most - looked_at))
        moved, looked_at = moved + part.moved, looked_at + part.looked_at
        if not part.more:
            break
    return moved


def begin_round(session: Session, site_id: int) -> None:
    """Put what a site has learned into force, unless a round of its refresh is under way: that one ends first."""
    site_terms.lock(session, [site_id])
    if site_terms.come_to(session, site_id) == 0:
        site_terms.count_views(session, site_id, site_views.take_uncounted(session, site_id))
        site_terms.adopt(session, site_id)


def refresh_part(session: Session, site_id: int, *, limit: int = PART) -> Part:
    """Refresh some of a site's open cases, from where the last call ended: up to `limit`, and fewer large ones."""
    session.execute(PATIENCE)
    site_terms.lock(session, [site_id])
    after = site_terms.come_to(session, site_id)
    terms = site_terms.in_force(session, [site_id])
    found = scoring.next_open(session, site_id, after=after, limit=limit)
    case_ids = _of_bounded_size(found)
    sums = voices.weigh_anew(session, case_ids, terms)
    more = len(found) == limit or len(case_ids) < len(found)
    site_terms.note_come_to(session, site_id, case_ids[-1] if more else 0)
    # The last of it: from here to the commit those cases are locked that move.
    moved = scoring.rescore(session, sums, terms=terms, tolerance=TOLERANCE)
    return Part(len(case_ids), moved, more)


def _of_bounded_size(cases: Sequence[tuple[int, int]]) -> list[int]:
    """The first of these cases, given with their voices, as many as one transaction takes; never none of some."""
    before = accumulate((voices for _, voices in cases), initial=0)
    return [case_id for (case_id, _), sum_before in zip(cases, before, strict=False) if sum_before < PART_VOICES]


def recompute(
    transaction: Transaction, *, progress: Callable[[int, int], None] = lambda _looked_at, _differed: None
) -> tuple[int, int]:
    """Derive every record, weight and place anew from flags and decisions; how many cases there are, and had differed.

    `progress` is told both after each part. What the sites have learned comes into force first.
    """
    looked_at = differed = 0
    with transaction() as session:
        sites = all_site_ids(session)
    for site_id in sites:
        _judge_all(transaction, site_id)
        with transaction() as session:
            site_terms.lock(session, [site_id])
            records.count_anew(session, site_id)
            site_terms.note_come_to(session, site_id, 0)
            begin_round(session, site_id)
        more = True
        while more:
            with transaction() as session:
                part = refresh_part(session, site_id)
            looked_at, differed, more = looked_at + part.looked_at, differed + part.moved, part.more
            progress(looked_at, differed)
    return looked_at, differed


def _judge_all(transaction: Transaction, site_id: int) -> None:
    after = 0
    while True:
        with transaction() as session:
            site_terms.lock(session, [site_id])
            case_ids = scoring.next_cases(session, site_id, after=after, limit=PART)
            judge(session, case_ids)
        if not case_ids:
            return
        after = case_ids[-1]
