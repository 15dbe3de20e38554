"""What is done to a site: each attack adds readers, flags or invented views to a world that stays as it was otherwise.

Attackers do not know verdicts in advance, prefer articles that are read, and claim the gravest reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.queue_order.drawing import chosen, moments, reasons
from benchmarks.queue_order.world import BIN, LONG_AGO, Flags, Floats, Ints, World, none

ACCOUNTS = 50  # of a brigade
OPERATIONS_A_DAY = 3.0
GRAVEST = 5
FLOOD_ACCOUNTS, FLOOD_FLAGS_EACH = 150, 20
FACTION_READERS = 150

Attack = Callable[[World, np.random.Generator], World]


def factions(world: World, rng: np.random.Generator) -> World:
    """Two camps of honest readers who also flag what they merely dislike: a fifth of what is innocent, eightfold."""
    articles, setting = world.articles, world.setting
    readers = world.readers.joined_by(np.full(2 * FACTION_READERS, LONG_AGO), trust_level=1)
    activity = rng.lognormal(0.0, 1.0, FACTION_READERS)
    flags = none()
    for camp in range(2):
        disliked = ~articles.bad & (rng.random(len(articles)) < 0.1)
        rate = np.where(disliked, 8 * setting.rate_good, np.where(articles.bad, 0.1 * setting.rate_bad, 0.0))
        at, article = moments(articles.views * rate[:, None], rng)
        member = len(world.readers) + camp * FACTION_READERS + chosen(activity, len(at), rng)
        flags = flags.joined_by(Flags(at, article, member, reasons(articles, article, rng)))
    return replace(world, readers=readers, flags=world.flags.joined_by(flags))


def reused_brigade(world: World, rng: np.random.Generator) -> World:
    """Fifty old accounts that all flag the same innocent article, three times a day."""
    return _brigade(world, rng)


def fresh_brigade(world: World, rng: np.random.Generator) -> World:
    """Fifty new accounts for each operation; the site tells when it first saw each."""
    return _brigade(world, rng, fresh=True)


def earning_brigade(world: World, rng: np.random.Generator) -> World:
    """Fifty accounts that earn a record first, by joining in where three others have flagged; then they attack.

    They earn all the time, and attack in the second half alone.
    """
    first = len(world.readers)
    plain = _plain_cases(world)
    followed = plain[rng.random(len(plain)) < 0.5]
    pairs = rng.random((len(followed), ACCOUNTS)) < 0.2
    case, account = np.nonzero(pairs)
    article = world.flags.article[followed[case]]
    at = world.flags.at[followed[case]] + rng.exponential(1.0, len(case))
    earned = _within(world, Flags(at, article, first + account, world.flags.severity[followed[case]]))
    attacked = _brigade(world, rng, since=world.setting.hours / 2, trust_level=2)
    return replace(attacked, flags=attacked.flags.joined_by(earned))


def flood(world: World, rng: np.random.Generator) -> World:
    """A hundred and fifty accounts that flag twenty innocent articles each, any that are read."""
    first, count = len(world.readers), FLOOD_ACCOUNTS * FLOOD_FLAGS_EACH
    article = _targets(world, count, rng)
    account = np.repeat(np.arange(FLOOD_ACCOUNTS), FLOOD_FLAGS_EACH)
    at = world.articles.published[article] + rng.exponential(6.0, count)
    flags = _within(world, Flags(at, article, first + account, np.full(count, GRAVEST)))
    readers = world.readers.joined_by(np.full(FLOOD_ACCOUNTS, LONG_AGO), trust_level=1)
    return replace(world, readers=readers, flags=world.flags.joined_by(flags))


def spoofed_views(world: World, rng: np.random.Generator) -> World:
    """Who publishes what is bad calls it often in its first two hours: twentyfold its real views and 2,000 more."""
    articles = world.articles
    spoofed = articles.bad & (rng.random(len(articles)) < 0.8)
    amount = np.where(spoofed, 20 * articles.views.sum(axis=1) + 2000, 0)
    invented = np.zeros_like(articles.views)
    begins = np.ceil(articles.published / BIN).astype(np.int64)
    bins = round(2 / BIN)
    for step in range(bins):
        at = np.minimum(begins + step, invented.shape[1] - 1)
        np.add.at(invented, (np.arange(len(articles)), at), rng.poisson(amount / bins))
    return replace(world, invented=invented)


ATTACKS: dict[str, Attack] = {
    "honest factions": factions,
    "reused brigade": reused_brigade,
    "fresh brigade": fresh_brigade,
    "brigade with a record": earning_brigade,
    "flood": flood,
    "spoofed views": spoofed_views,
}


def _brigade(
    world: World, rng: np.random.Generator, *, fresh: bool = False, since: float = 0.0, trust_level: int = 1
) -> World:
    """Operations at random times from `since` on; with the same old accounts, or each with fresh ones of its own."""
    operations = rng.poisson(OPERATIONS_A_DAY * (world.setting.hours - since) / 24)
    targets = _targets(world, operations, rng, since=since)
    begins = world.articles.published[targets] + rng.uniform(0.5, 6.0, operations)
    at = np.repeat(begins, ACCOUNTS) + rng.exponential(0.5, operations * ACCOUNTS)
    account = np.arange(len(at)) if fresh else np.tile(np.arange(ACCOUNTS), operations)
    made = np.repeat(begins - 0.5, ACCOUNTS) if fresh else np.full(ACCOUNTS, LONG_AGO)
    added = Flags(at, np.repeat(targets, ACCOUNTS), len(world.readers) + account, np.full(len(at), GRAVEST))
    readers = world.readers.joined_by(made, trust_level=0 if fresh else trust_level)
    return replace(world, readers=readers, flags=world.flags.joined_by(_within(world, added)))


def _targets(world: World, count: int, rng: np.random.Generator, *, since: float = 0.0) -> Ints:
    """Innocent articles published from then on, the more likely the more they are read."""
    articles = world.articles
    worthwhile = ~articles.bad & (articles.published >= since)
    weights: Floats = np.sqrt(articles.views.sum(axis=1) + 1.0) * worthwhile
    return chosen(weights, count, rng)


def _plain_cases(world: World) -> Ints:
    """The flags that were the third of a bad article's; bad as any look at it shows."""
    order = np.argsort(world.flags.article, kind="stable")
    article = world.flags.article[order]
    nth = np.arange(len(article)) - np.searchsorted(article, article)
    return np.sort(order[(nth == 2) & world.articles.bad[article]])


def _within(world: World, flags: Flags) -> Flags:
    """Those that come while the site is watched."""
    kept = flags.at < world.setting.hours
    return Flags(flags.at[kept], flags.article[kept], flags.reader[kept], flags.severity[kept])
