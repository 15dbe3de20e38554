"""What happens on a site, drawn by lot before anybody orders a queue: articles, their views, readers and their flags.

Assumed: total views of an article are lognormal, with a heavy tail; they come along a log-logistic curve of its age,
for some articles in two waves, more by day than by night. A reader who views flags at a rate that depends on whether
the article is bad, on how plainly so (or, if innocent, on how contentious), and on the reader: most flags come from few
readers, some of whom flag what is fine. One account in five is young when it first flags. One flag in five
names a wrong reason. All of it is invented; none of it is measured.
Times are in hours since the site began, views in counts.
"""

from __future__ import annotations

import numpy as np

from benchmarks.queue_order.world import (
    BIN,
    LONG_AGO,
    Articles,
    Flags,
    Floats,
    Ints,
    Numbers,
    Readers,
    Setting,
    World,
    none,
)

SEVERITIES = np.arange(1, 6)
SEVERITY_OF_BAD = (0.20, 0.35, 0.25, 0.15, 0.05)
SEVERITY_OF_MISTAKES = (0.35, 0.30, 0.20, 0.10, 0.05)
RIGHT_REASON = 0.8
# Careful, ordinary, quick to flag, contrary: how much each flags of what is bad and of what is not.
TENDENCY_TO_BAD = np.array([1.5, 1.0, 1.0, 0.3])
TENDENCY_TO_GOOD = np.array([0.2, 1.0, 4.0, 6.0])


def draw(setting: Setting, rng: np.random.Generator) -> World:
    """The site without an attack."""
    articles = _articles(setting, rng)
    kinds = rng.choice(4, size=setting.readers, p=setting.mix)
    activity = rng.lognormal(0.0, 1.5, setting.readers)
    plain = rng.gamma(2.0, 0.5, len(articles))
    contentious = rng.lognormal(-0.5, 1.0, len(articles))
    rate = np.where(articles.bad, setting.rate_bad * plain, setting.rate_good * contentious)
    at, article = moments(articles.views * np.minimum(rate, 0.5)[:, None], rng)
    is_bad = articles.bad[article]
    reader = np.where(
        is_bad,
        chosen(activity * TENDENCY_TO_BAD[kinds], len(at), rng),
        chosen(activity * TENDENCY_TO_GOOD[kinds], len(at), rng),
    )
    flags = Flags(at, article, reader, reasons(articles, article, rng)).joined_by(none())
    # One account in five is young: made in the two days before its first flag.
    since = np.where(rng.random(setting.readers) < 0.2, -48 * rng.random(setting.readers), LONG_AGO)
    first = np.zeros(setting.readers)
    first[flags.reader[::-1]] = flags.at[::-1]
    readers = Readers(first + since, 1 + np.searchsorted(np.quantile(activity, (0.5, 0.9)), activity))
    slots = _slots(setting, rng)
    return World(setting, articles, readers, flags, slots, rng.random(len(slots)))


def moments(expected: Numbers, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """When what is expected that often, by article and bin, happens; and to which article."""
    counts = rng.poisson(expected)
    article, bins = np.nonzero(counts)
    times = counts[article, bins]
    article, bins = np.repeat(article, times), np.repeat(bins, times)
    return (bins + rng.random(len(bins))) * BIN, article


def chosen(weights: Floats, count: int, rng: np.random.Generator) -> Ints:
    """That many of the rows, with repetition, in proportion to their weights."""
    edges = np.cumsum(weights)
    rows: Ints = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return rows


def reasons(articles: Articles, article: Ints, rng: np.random.Generator) -> Ints:
    """The severity of the reason that each flag of these articles names."""
    off = np.where(rng.random(len(article)) < RIGHT_REASON, 0, rng.choice((-1, 1), len(article)))
    mistaken = rng.choice(SEVERITIES, len(article), p=SEVERITY_OF_MISTAKES)
    severity: Ints = np.where(articles.bad[article], np.clip(articles.severity[article] + off, 1, 5), mistaken)
    return severity


def daylight(at: Numbers) -> Floats:
    """How many read at that time, as a multiple of the mean over a day; most at three in the afternoon."""
    return 1 + 0.7 * np.cos((at - 15) * 2 * np.pi / 24)


def _articles(setting: Setting, rng: np.random.Generator) -> Articles:
    """Published more by day than by night, read along their curves."""
    tries = np.sort(rng.random(rng.poisson(2 * setting.articles_a_day * setting.days)) * setting.hours)
    published = tries[rng.random(len(tries)) * 2 < daylight(tries)]
    count = len(published)
    total = rng.lognormal(np.log(setting.median_views), setting.spread_of_views, count)
    edges = np.arange(round(setting.hours / BIN) + 1) * BIN
    age = np.maximum(edges[None, :] - published[:, None], 0.0)
    wave = np.where(rng.random(count) < 0.15, rng.uniform(0.2, 0.6, count), 0.0)[:, None]
    delay = rng.uniform(6, 72, count)[:, None]
    read = (1 - wave) * _read(age, rng) + wave * _read(np.maximum(age - delay, 0.0), rng)
    expected = np.diff(read, axis=1) * daylight(edges[:-1] + BIN / 2)
    bad = rng.random(count) < setting.bad
    return Articles(
        published=published,
        bad=bad,
        severity=np.where(bad, rng.choice(SEVERITIES, count, p=SEVERITY_OF_BAD), 0),
        views=rng.poisson(expected * total[:, None]),
        afterwards=rng.poisson((1 - read[:, -1]) * total),
    )


def _read(age: Floats, rng: np.random.Generator) -> Floats:
    """The share of an article's views that has come at each age: log-logistic, each article with a pace of its own."""
    half = rng.lognormal(np.log(4.0), 0.5, len(age))[:, None]
    shape = rng.uniform(1.2, 2.0, len(age))[:, None]
    grown = (age / half) ** shape
    return grown / (1 + grown)


def _slots(setting: Setting, rng: np.random.Generator) -> Floats:
    """The moments at which a reviewer is free, at random within the shift; the whole day's work is done in it."""
    begins, ends = setting.shift
    worked = setting.days * (ends - begins)
    count = rng.poisson(setting.hours / setting.hours_per_review)
    at = np.sort(rng.random(count)) * worked
    day = np.floor(at / (ends - begins))
    return day * 24 + begins + (at - day * (ends - begins))
