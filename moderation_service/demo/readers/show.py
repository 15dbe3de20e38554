"""A play from its first to its last event, and whoever watches it."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TextIO

from moderation_service.client import ModerationService, Visible
from moderation_service.demo.readers.access import Access
from moderation_service.demo.readers.doors import Doors
from moderation_service.demo.readers.events import Flag, Kind
from moderation_service.demo.readers.picture import Scene, clock, picture, summary
from moderation_service.demo.readers.plan import Texts, plan
from moderation_service.demo.readers.playing import Player
from moderation_service.demo.readers.screen import shown_on
from moderation_service.demo.readers.tally import Tally
from moderation_service.demo.readers.watching import Watch
from moderation_service.demo.world import world

REDRAWN, TOLD = 0.5, 10.0  # seconds between two pictures, and between two lines about views


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to see; `minutes` of real time, `plain` for lines in place of a picture."""

    pace: float
    minutes: float
    seed: int
    plain: bool


def show(access: Access, wish: Wish, out: TextIO) -> None:
    """Play, until it is over or Ctrl-C, and end with a summary.

    Raises:
        ClientError: the service does not answer, or not to the demo's keys.
    """
    texts = texts_of(access.site_client())
    stage = Stage(access, wish, texts, out)
    try:
        with stage.played() as over:
            stage.draw(over)
    except KeyboardInterrupt:
        out.write("Stopped.\n")
    out.write("\n".join(summary(stage.scene())) + "\n")


def texts_of(service: ModerationService) -> Texts:
    """What readers may see of the demo's articles now: of each its parts."""
    answers = {external_id: service.get_article(external_id) for external_id in world()}
    return {
        external_id: {part.id: part.text for part in answer.parts if part.text}
        for external_id, answer in answers.items()
        if isinstance(answer, Visible)
    }


class Stage:
    """Everything a play needs, put together."""

    def __init__(self, access: Access, wish: Wish, texts: Texts, out: TextIO) -> None:
        self._wish = wish
        self._out = out
        events = plan(world(), texts, wish.seed, minutes=wish.minutes * wish.pace)
        brigade = [event.article for event in events if isinstance(event, Flag) and event.kind is Kind.BRIGADE]
        self._besieged = tuple(dict.fromkeys(brigade))
        began = time.monotonic()

        def now() -> float:
            return time.monotonic() - began

        self._now = now
        self._tally = Tally(now, self._say if wish.plain else None)
        self._watch = Watch(access, self._tally, now=now, besieged=self._besieged)
        self._doors = Doors(access, self._tally, run=secrets.token_hex(6), began=datetime.now(UTC))
        self._player = Player(events, self._doors, self._tally, pace=wish.pace, now=now, seen=self._watch.may_flag)

    def scene(self) -> Scene:
        """How it stands."""
        return Scene(
            elapsed=self._now(),
            lasts=60 * self._wish.minutes,
            pace=self._wish.pace,
            seed=self._wish.seed,
            counts=self._tally.counts(),
            seen=self._watch.seen,
            besieged=self._besieged,
            outstanding=self._player.outstanding,
        )

    @contextlib.contextmanager
    def played(self) -> Iterator[threading.Event]:
        """Play, and look at the service meanwhile; the event is set when the play is over."""
        over, stop = threading.Event(), threading.Event()
        with contextlib.closing(self._doors), ThreadPoolExecutor(2) as threads:
            watching = threads.submit(self._watch.keep_looking, stop)
            playing = threads.submit(self._player.play)
            playing.add_done_callback(lambda _: over.set())
            try:
                yield over
            finally:
                self._player.stop()
                stop.set()
            for work in (playing, watching):
                work.result()

    def draw(self, over: threading.Event) -> None:
        """Show it until it is over."""
        if self._wish.plain:
            while not over.wait(TOLD):
                counts = self._tally.counts()
                self._say(self._now(), f"views in the last minute: {counts.lately.get('views', 0)}")
            return
        with shown_on(self._out) as screen:
            while not over.wait(REDRAWN):
                screen.draw(partial(picture, self.scene()))

    def _say(self, at: float, words: str) -> None:
        self._out.write(f"{clock(at)}  {words}\n")
        self._out.flush()
