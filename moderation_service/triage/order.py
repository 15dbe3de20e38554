"""The order of the queue: expected harm if left alone. Pure functions; numbers in, numbers out.

    index = P(the flags are right) x severity x views still to come

The chance is a Poisson comparison of two rates (flags per view on articles that were taken down, and on all others), in
which each reader counts by his record. The idea of ordering by exposure prevented: Kim et al., WSDM 2018 (CURB); of
learning readers' reliability from verdicts: Tschiatschek et al., WWW 2018 Companion (DETECTIVE); of bounding what a
reader without a record can do: Resnick and Sami, RecSys 2007. Natural logarithms; times in hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property
from math import exp, log

from moderation_service.articles.velocity import age_bucket
from moderation_service.articles.velocity import velocity_after as velocity_after  # noqa: PLC0414 (one of the order's)

PRIOR = 0.05  # the share of flagged articles that are taken down, before anything is known of them
UPHELD_BEFORE, DECIDED_BEFORE = 2.0, 5.0  # flags' worth of each cohort before any is decided
DECAY = 0.995  # what earlier decisions still count after one more
CASES_DECAY = 0.999  # what earlier cases still count for the usual number of voices, after one more
RATES_DECAY = 0.9999  # and for the rates, which are made of many more flags and views
MOST_TAUGHT = 20.0  # voices' worth that one decision teaches, however many had spoken
MOST_COUNTED = 20  # voices of one case, its first, that tell how many are usual
SHRINK = 4.0  # flags' worth of doubt on either rate
REPORTER_DOUBT = 2.0  # decisions' worth of his cohort that each reader begins with
LEAST_DEVIATION, MOST_DEVIATION = -4.0, 2.0  # how far a reader may differ from the site's mean, in log odds
MOST_VOICES_REFRESHED = 50
OLDEST_SHARE = 0.05  # of all claims take the oldest case: the promise of timeliness, and an audit of this model
TYPICAL_REACH = 100.0  # views still to come for a new article whose site reports none
SLOWING_HOURS = 6.0  # how fast those fade with the article's age
FRESH_ACCOUNT_HOURS = 24.0  # from making the account to its first flag; said in words as "younger than a day"
VIEWS_BELIEVED = 0.3  # times the views that bring an ordinary article as many flags
HIDE_CHANCE = 0.9
HIDE_VOUCHERS = 2
VOUCHER_MARGIN = 4  # upheld flags for each that might have been rejected: a record bought for one attack is shorter
LEAST_DOUBT_OF_HIDDEN = 0.1

# Hours' worth of its present velocity that an article has in the next half day, by `age_bucket`: what comes later a
# later review can still save. Rounded from log-logistic view curves, half of the views within four to seven hours.
FALLBACK_CURVE = (8.0, 5.0, 5.0, 5.5, 7.0, 9.0, 10.5, 11.0)


class Cohort(IntEnum):
    """Which readers a reader without a record of his own is judged by."""

    NEW = 0
    RECORDED = 1
    FRESH = 2


@dataclass(frozen=True, slots=True)
class Share:
    """How many flags of some readers were decided, and how many of those upheld; both decayed, so no whole numbers."""

    upheld: float = UPHELD_BEFORE
    decided: float = DECIDED_BEFORE

    def learn(self, *, upheld: float, decided: float) -> Share:
        """The share after one more decision; what it began with does not fade."""
        return Share(
            _fade(self.upheld, UPHELD_BEFORE, DECAY) + upheld, _fade(self.decided, DECIDED_BEFORE, DECAY) + decided
        )

    @property
    def mean(self) -> float:
        """The upheld share, kept away from 0 and 1, where no log odds are."""
        return min(max(self.upheld / self.decided, 0.005), 0.995)


@dataclass(frozen=True)
class Terms:
    """What a site's own decisions have taught; the starting values are the prior's.

    `cohorts` stand in the order of `Cohort`. Flags and views are those of upheld articles and of the rest of the site,
    with the prior's own in them; `cases` and `case_flags` count the cases and the readers' voices in them. All of them
    fade but for the prior's own, and no single case adds much to any: neither a brigade nor one story that goes round
    is what the site is like.
    """

    prior: float = PRIOR
    cohorts: tuple[Share, Share, Share] = (Share(), Share(), Share())
    upheld_flags: float = 0.02 * 500
    upheld_views: float = 500.0
    other_flags: float = 0.002 * 5000
    other_views: float = 5000.0
    cases: float = 20.0
    case_flags: float = 20.0
    typical_reach: float = TYPICAL_REACH
    curve: tuple[float, ...] = FALLBACK_CURVE

    @cached_property
    def upheld_rate(self) -> float:
        """Flags per view on articles that were taken down (r1); always above the other rate."""
        return max(self.upheld_flags / self.upheld_views, 1.5 * self.other_rate)

    @cached_property
    def other_rate(self) -> float:
        """Flags per view on all other articles (r0)."""
        return max(self.other_flags, 0.01) / self.other_views

    @cached_property
    def full_weight(self) -> float:
        """What the flag of a reader of average reliability adds to the log odds (L)."""
        return log(self.upheld_rate / self.other_rate)

    @cached_property
    def site_share(self) -> float:
        """The upheld share of all decided flags of the site."""
        upheld = sum(share.upheld for share in self.cohorts)
        return Share(upheld, sum(share.decided for share in self.cohorts)).mean

    @cached_property
    def usual_views(self) -> float:
        """Views that bring a case its usual number of flags; stands in where the site reports none."""
        rate = (self.upheld_flags + self.other_flags) / (self.upheld_views + self.other_views)
        return self.case_flags / self.cases / rate

    def arrive(self, *, cases: int, voices: int, voices_with_views: int) -> Terms:
        """The terms after so many cases were opened, and voices given to them or others; the last where views are told.

        Of each case only the first `MOST_COUNTED` voices are meant.
        """
        start, lately, rates = Terms(), CASES_DECAY**cases, RATES_DECAY**cases
        return replace(
            self,
            cases=_fade(self.cases, start.cases, lately) + cases,
            case_flags=_fade(self.case_flags, start.case_flags, lately) + voices,
            upheld_flags=_fade(self.upheld_flags, start.upheld_flags, rates),
            upheld_views=_fade(self.upheld_views, start.upheld_views, rates),
            other_flags=_fade(self.other_flags, start.other_flags, rates) + voices_with_views,
            other_views=_fade(self.other_views, start.other_views, rates),
        )

    def view(self, views: int) -> Terms:
        """The terms after so many views more, or fewer, of articles that are known; the prior's own stay."""
        return replace(self, other_views=max(self.other_views + views, Terms().other_views))

    def learn(self, outcomes: Mapping[Cohort, tuple[int, int]]) -> Terms:
        """The terms after a decision: of the readers of each cohort who had spoken, how many were upheld, and of all.

        Every cohort's earlier decisions fade alike, so that none keeps what the others forget.
        """
        taught = _part_taught(sum(decided for _, decided in outcomes.values()))
        new, recorded, fresh = (
            share.learn(upheld=upheld * taught, decided=decided * taught)
            for cohort, share in zip(Cohort, self.cohorts, strict=True)
            for upheld, decided in [outcomes.get(cohort, (0, 0))]
        )
        return replace(self, cohorts=(new, recorded, fresh))

    def uphold(self, *, voices: int, views: int | float) -> Terms:
        """The terms after an article with known views was taken down: it is no longer one of the rest of the site."""
        start, taught = Terms(), _part_taught(voices)
        return replace(
            self,
            upheld_flags=self.upheld_flags + voices * taught,
            upheld_views=self.upheld_views + views * taught,
            other_flags=max(self.other_flags - min(voices, MOST_COUNTED), start.other_flags),
            other_views=max(self.other_views - views, start.other_views),
        )


def _fade(now: float, start: float, left: float) -> float:
    """What is left of a sum; the prior's own part of it stays, so that no rate is ever made of nothing."""
    return start + (now - start) * left


def _part_taught(voices: int) -> float:
    return min(1.0, MOST_TAUGHT / max(voices, 1))


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of a reader: his decided voices, those that wait (the present one among them), and his standing."""

    upheld: int = 0
    rejected: int = 0
    pending: int = 1
    fresh: bool = False
    muted: bool = False
    trusted: bool = False

    @property
    def cohort(self) -> Cohort:
        """Which readers he is judged by as long as little is known of him."""
        if self.upheld + self.rejected:
            return Cohort.RECORDED
        return Cohort.FRESH if self.fresh else Cohort.NEW


def weight(record: Record, terms: Terms) -> float:
    """What a reader's flag adds to the log odds of each case he flagged (w); never below 0.

    The last factor is the influence budget: without a record of upheld flags there is little of it, spread over all his
    flags that wait. A trusted flagger counts as the most reliable reader, without a budget; a muted one not at all.
    """
    if record.muted:
        return 0.0
    if record.trusted:
        return terms.full_weight + MOST_DEVIATION
    decided = record.upheld + record.rejected
    like_him = terms.cohorts[record.cohort].mean
    reliability = (record.upheld + REPORTER_DOUBT * like_him) / (decided + REPORTER_DOUBT)
    deviation = logit(reliability) - logit(terms.site_share)
    deviation = min(max(deviation, LEAST_DEVIATION), MOST_DEVIATION)
    budget = min(1.0, (2 + 2 * record.upheld) / max(record.pending, 1))
    return max(0.0, terms.full_weight + deviation) * budget


def evidence(total: float, views: float | None, terms: Terms) -> float:
    """What the flags of an article say together, in log odds; `total` is the sum of its readers' weights.

    `views` are those so far; None where the site reports none. For fixed views it never falls when `total` grows.
    """
    full = terms.full_weight
    seen = terms.usual_views if views is None else believed_views(views, total, terms)
    expected = (SHRINK + terms.upheld_rate * seen) / (SHRINK + terms.other_rate * seen)
    return total - (total / full + SHRINK) * log(expected)


def believed_views(views: float, total: float, terms: Terms) -> float:
    """As many of the reported views as may count against the flags: invented ones must not bury a case.

    With SHRINK in the limit, as it is in the rates, `evidence` grows with `total` along the limit too: with x = limit *
    r0 / SHRINK its slope is g(1 / x) - g(r0 / (r1 x)), where g(y) = log(1 + y) - y / (1 + y) never falls.
    """
    return min(views, VIEWS_BELIEVED * (total / terms.full_weight + SHRINK) / terms.other_rate)


def chance(total: float, views: float | None, terms: Terms) -> float:
    """The probability that the flags of an article will be upheld (P)."""
    return sigmoid(logit(terms.prior) + evidence(total, views, terms))


def reach(age: float, velocity: float | None, terms: Terms) -> float:
    """Views still to come (R), from the article's age in hours and its views per hour (None: not reported)."""
    if velocity is None:
        return terms.typical_reach / (1 + max(age, 0.0) / SLOWING_HOURS)
    return velocity * terms.curve[age_bucket(age)]


def index(chance: float, severity: int, reach: float, *, hidden: bool = False) -> float:
    """What the queue is ordered by: the harm a visible article does, or the good a hidden one would do."""
    at_stake = max(1 - chance, LEAST_DOUBT_OF_HIDDEN) if hidden else chance
    return at_stake * severity * reach


@dataclass(frozen=True, slots=True)
class Voucher:
    """A flagger of a case, as far as hiding depends on him; `barred` after he helped to hide what was then cleared."""

    upheld: int
    rejected: int
    barred: bool = False

    @property
    def vouches(self) -> bool:
        """Whether his word may help to hide an article."""
        return not self.barred and self.upheld >= VOUCHER_MARGIN * (self.rejected + 1)


def may_hide(chance: float, flaggers: Sequence[Voucher]) -> bool:
    """Whether a case may be hidden until it is reviewed: very likely right, and readers with good records say so.

    A count of flags alone never hides anything: whoever makes accounts could.
    """
    return chance >= HIDE_CHANCE and sum(flagger.vouches for flagger in flaggers) >= HIDE_VOUCHERS


def takes_oldest(draw: float) -> bool:
    """Whether a claim goes to the oldest case instead of the first; `draw` is uniform between 0 and 1."""
    return draw < OLDEST_SHARE


def logit(p: float) -> float:
    """Log odds of a probability strictly between 0 and 1."""
    return log(p / (1 - p))


def sigmoid(x: float) -> float:
    """The probability of log odds, for any size of them."""
    if x >= 0:
        return 1 / (1 + exp(-x))
    grown = exp(x)
    return grown / (1 + grown)
