"""The result as a Markdown page: what was aimed at, the mean of each order, every cell."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import report
from benchmarks.queue_order.settings import SETTINGS
from benchmarks.queue_order.study import CASES, CLEAN, HIDING, ORDERS, OURS, TUNED_ON, Result
from benchmarks.queue_order.summary import Mean, lead, over_seeds, share
from benchmarks.report import Number

LOST_AT_MOST = 0.15  # percent
ASSUMED = """\
## What is assumed

All worlds are invented: they compare orders, they do not foretell what a site will see.

- Total views of an article are lognormal with a heavy tail; they come along a log-logistic curve of its age (half of
  them within some four hours), for 15 % of the articles in a second wave after up to three days; more by day.
- A reader flags at a rate per view that is higher for bad articles, differs from article to article (gamma for the bad,
  lognormal for the contentious but innocent), and from reader to reader: careful, ordinary, quick to flag, contrary.
  Activity is lognormal; one flag in five on a bad article names a wrong reason. One account in five is young.
- Reviewers are free at random moments of the shift; every verdict is right; what was cleared stays cleared.
- Harm is views times severity (1 to 5) of bad articles. Prevented is what comes after the review, and while hidden.
- The clairvoyant has the same reviews and the same queue, knows what is bad and all views to come, and schedules its
  reviews in the best possible way; it does not hide, so an order that hides may come close to it or pass it.
- Each run begins as an empty site: no reader has a record, the rates and cohorts are learned within the run; the
  curve of remaining views stays the one that is shipped.
- Views are not invented where none are reported, so "spoofed views" is the mean of three sites.
- All of this is drawn before any order runs, and is the same for all orders. An attack is added to the clean world.
- The flag ratio has 200 views added to its denominator, tuned like this order's constants on other seeds.
- Discourse's type bonus is the severity less one; its trust level follows how active a reader is, 0 for new accounts.
"""


def page(results: Sequence[Result], *, seeds: Sequence[int], quick: bool) -> str:
    """The whole page."""
    warning = "A quick run: too short to be quoted.\n\n" if quick else ""
    sites = "\n".join(f"- {s.name}: {s.gloss}, {s.days} days" for s in SETTINGS)
    return (
        f"# The order of the queue\n\n{warning}"
        f"Share of the harm that a clairvoyant reviewer prevents. Mean over the worlds and {len(seeds)} seeds "
        f"({min(seeds)} to {max(seeds)}) with 95 % confidence intervals; constants were tuned on the seeds "
        f"{TUNED_ON.start} to {TUNED_ON.stop - 1}.\n\n"
        f"{means(results)}\n\n## What was aimed at\n\n{report.table(aims(results))}\n\n## Every cell\n\n"
        f"{cells(results)}\n\n{ASSUMED}\n## The sites\n\n{sites}\n"
    )


def means(results: Sequence[Result]) -> str:
    """By attack, the share of each order."""
    head = f"| | {' | '.join(ORDERS)} |\n|---|{'---|' * len(ORDERS)}"
    rows = [
        f"| {case} | {' | '.join(_bold(order, str(share(_of(results, case), order))) for order in ORDERS)} |"
        for case in CASES
    ]
    return "\n".join([head, *rows])


def cells(results: Sequence[Result]) -> str:
    """By attack and world: this order, the best of its peers, the lead over it, and what hiding cost."""
    rows = [
        "| attack | site | this order | best peer | lead | innocent views lost | longest hidden |",
        f"|{'---|' * 7}",
    ]
    for case in CASES:
        for setting in SETTINGS:
            cell = _of(results, case, setting.name)
            if cell:
                rows.append(_cell(case, setting.name, cell))
    return "\n".join(rows)


def _cell(case: str, setting: str, cell: Sequence[Result]) -> str:
    peer, ahead = lead(cell)
    return (
        f"| {case} | {setting} | {share(cell, OURS)} | {peer} {share(cell, peer)} | {_signed(ahead)} | "
        f"{_lost(cell).value:.2f} % | {_longest(cell):.0f} min |"
    )


def aims(results: Sequence[Result]) -> list[Number]:
    """The numbers that were aimed at."""
    numbers = []
    for case in CASES:
        of_case, least = _of(results, case), least_share(case)
        ours = share(of_case, OURS)
        spread = (ours.value - ours.give, ours.value + ours.give)
        numbers.append(Number(name=f"share, {case}", value=ours.value, at_least=least, spread=spread))
    leads = {(r.case, r.setting): lead(_of(results, r.case, r.setting))[1].value for r in results}
    worst = min(leads, key=leads.__getitem__)
    note = f"{worst[0]}, {worst[1]}"
    numbers.append(Number(name="least lead over the best peer of any cell", value=leads[worst], at_least=0, note=note))
    for case in CASES:
        of_case = _of(results, case)
        note = f"longest {_longest(of_case):.0f} min"
        most = None if case == CLEAN else LOST_AT_MOST
        name = f"innocent views lost to hiding, {case}"
        lost = _lost(of_case)
        spread = (max(lost.value - lost.give, 0.0), lost.value + lost.give)
        numbers.append(Number(name=name, value=lost.value, unit="%", at_most=most, spread=spread, note=note))
    return numbers


def least_share(case: str) -> float:
    """The share of the clairvoyant's that was aimed at."""
    return 0.8 if case == CLEAN else 0.7


def _of(results: Sequence[Result], case: str, setting: str | None = None) -> list[Result]:
    return [r for r in results if r.case == case and setting in (None, r.setting)]


def _lost(results: Sequence[Result]) -> Mean:
    """Percent of all views of innocent articles."""
    return over_seeds(results, lambda result: 100 * result.lost)


def _longest(results: Sequence[Result]) -> float:
    """Minutes that an innocent article was hidden at the longest."""
    return 60 * max(r.longest_hidden for r in results)


def _signed(difference: Mean) -> str:
    return f"{difference.value:+.3f} ±{difference.give:.3f}"


def _bold(order: str, words: str) -> str:
    return f"**{words}**" if order in (OURS, HIDING) else words
