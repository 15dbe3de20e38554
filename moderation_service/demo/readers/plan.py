"""The plan of a play: all that its readers will do, from a seed. Pure functions; the same seed, the same plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from random import Random

from moderation_service.demo.readers import saying
from moderation_service.demo.readers.attention import views
from moderation_service.demo.readers.crowd import Crowd
from moderation_service.demo.readers.events import Event, Flag, Kind, LegalNotice, Quote, View, Withdrawal
from moderation_service.demo.world import Known, Merit

# Of those who open an article, how many flag it: where something is wrong, and out of dislike.
HONEST, NOISY = 0.12, 0.012
DISLIKED = 2.5  # times as many dislike an opinion that some gang together against
READING = (3.0, 18.0)  # seconds from opening an article to flagging it

ABOUT_PART, QUOTING = 0.65, 0.25  # of the honest flags, where parts are wrong; the others mean the whole article
COMMENTS = {Kind.HONEST: 0.6, Kind.NOISY: 0.8, Kind.BRIGADE: 1.0}
WITHDRAWN = {Kind.HONEST: 0.04, Kind.NOISY: 0.08, Kind.BRIGADE: 0.0}
REGRET = (20.0, 90.0)  # seconds after which a flag is taken back
TELL_ME = 0.06  # of the honest flags leave an e-mail address
TWO_CLICKS = 0.08

FIRST_BRIGADE, BRIGADE_EVERY, BRIGADE_LASTS = 90.0, 720.0, 150.0  # seconds
BRIGADE_SIZE = (12, 16)
NOTICE_EVERY = 500.0  # seconds on average

Texts = Mapping[str, Mapping[str, str]]  # of each article its parts


def plan(world: Mapping[str, Known], texts: Texts, seed: int, *, minutes: float) -> list[Event]:
    """All events of so many minutes at pace 1, in the order of time."""
    chance = Random(seed)  # noqa: S311  a play, no secret
    author = _Author(world, texts, Crowd(f"reader-{seed}", chance), chance)
    seen = list(views(world, chance, minutes=minutes))
    flags = [*author.moved_by(seen), *author.brigades()]
    events: list[Event] = [*seen, *flags, *author.regrets(flags), *author.notices(60 * minutes)]
    return sorted((event for event in events if event.at < 60 * minutes), key=lambda event: event.at)


class _Author:
    """Writes the flags, each with a number of its own."""

    def __init__(self, world: Mapping[str, Known], texts: Texts, crowd: Crowd, chance: Random) -> None:
        self._world = world
        self._texts = texts
        self._crowd = crowd
        self._chance = chance
        self._numbers = count(1)

    def moved_by(self, seen: Sequence[View]) -> Iterator[Flag]:
        """The flags of those who opened an article and could not leave it at that."""
        for view in seen:
            known, drawn = self._world[view.article], self._chance.random()
            honest = HONEST if known.merit else 0.0
            noisy = NOISY * (DISLIKED if known.brigade else 1.0)
            if drawn < honest + noisy:
                kind = Kind.HONEST if drawn < honest else Kind.NOISY
                flag = self._flag(kind, view.article, view.at + self._chance.uniform(*READING))
                if flag is not None:
                    yield flag

    def brigades(self) -> Iterator[Flag]:
        """One gang after another, each against another harmless article."""
        targets = [article for article, known in self._world.items() if known.brigade]
        self._chance.shuffle(targets)
        for place, article in enumerate(targets):
            begin = FIRST_BRIGADE + place * BRIGADE_EVERY
            for _ in range(self._chance.randint(*BRIGADE_SIZE)):
                # Most come soon after they were called.
                at = begin + self._chance.triangular(0, BRIGADE_LASTS, BRIGADE_LASTS / 5)
                flag = self._flag(Kind.BRIGADE, article, at)
                if flag is not None:
                    yield flag

    def regrets(self, flags: Sequence[Flag]) -> Iterator[Withdrawal]:
        """Who takes his flag back."""
        for flag in flags:
            if self._chance.random() < WITHDRAWN[flag.kind]:
                yield Withdrawal(at=flag.at + self._chance.uniform(*REGRET), flag=flag.number)

    def notices(self, seconds: float) -> Iterator[LegalNotice]:
        """Now and then somebody says that what breaks the law does."""
        illegal = [(a, k, k.merit) for a, k in self._world.items() if k.merit and k.merit.ground == "law"]
        at = self._chance.expovariate(1 / NOTICE_EVERY)
        while illegal and at < seconds:
            article, known, merit = self._chance.choice(illegal)
            number = next(self._numbers)
            yield LegalNotice(
                at=at,
                number=number,
                article=article,
                reason=merit.reason,
                explanation=saying.explanation(known.language, self._chance),
                name=f"Reader No. {number}",
                email=f"reader-{number}@reader.example",
            )
            at += self._chance.expovariate(1 / NOTICE_EVERY)

    def _flag(self, kind: Kind, article: str, at: float) -> Flag | None:
        known = self._world[article]
        reader = self._crowd.somebody(kind, article)
        if reader is None:
            return None
        chance, number = self._chance, next(self._numbers)
        merit = known.merit if kind is Kind.HONEST else None
        part, quote = self._target(merit, article) if merit else (None, None)
        return Flag(
            at=at,
            number=number,
            kind=kind,
            reader=reader,
            article=article,
            on_bad=known.merit is not None,
            reason=self._reason(kind, known),
            part=part,
            quote=quote,
            comment=self._comment(kind, known) if chance.random() < COMMENTS[kind] else None,
            email=f"reader-{number}@reader.example" if merit and chance.random() < TELL_ME else None,
            clicks=2 if chance.random() < TWO_CLICKS else 1,
        )

    def _reason(self, kind: Kind, known: Known) -> str:
        if kind is Kind.HONEST and known.merit:
            return saying.honest_reason(known.merit, self._chance)
        return known.brigade if kind is Kind.BRIGADE and known.brigade else saying.noisy_reason(self._chance)

    def _comment(self, kind: Kind, known: Known) -> str:
        if kind is Kind.HONEST and known.merit:
            return saying.honest_comment(known.merit, known.language, self._chance)
        write = saying.brigade_comment if kind is Kind.BRIGADE else saying.noisy_comment
        return write(known.language, self._chance)

    def _target(self, merit: Merit, article: str) -> tuple[str | None, Quote | None]:
        """What of an article somebody means who sees what is wrong with it: a part, words in a part, or all of it."""
        shown = self._texts.get(article, {})
        wrong = [part for part in merit.parts or sorted(shown) if part.startswith("p") and part in shown]
        drawn = self._chance.random()
        # Where all of it is wrong, most mean all of it.
        about, quoting = (ABOUT_PART, QUOTING) if merit.parts else (ABOUT_PART / 5, QUOTING / 2)
        if not wrong or drawn > about + quoting:
            return None, None
        part = self._chance.choice(wrong)
        return part, saying.quote_from(shown[part], self._chance) if drawn < quoting else None
