"""Replay many cases: in this process when they are few, otherwise in processes of their own, one for each core.

Processes, because a replay is arithmetic in Python and a worker's other threads must not wait for it; started anew
(spawned), because a fork of a process with threads may hang. They end with the process that started them: the first
word they cannot get rid of ends them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from typing import Any

from moderation_service.errors import Unavailable
from moderation_service.triage.backtest import history
from moderation_service.triage.backtest.reading import Connection, Period, connect
from moderation_service.triage.backtest.replay import Hit, first_hit
from moderation_service.triage.rules import document as language
from moderation_service.triage.rules.gather import SOURCE_FIELDS

AT_ONCE = 5_000  # moments whose cases are read together
WORTH_A_PROCESS = 50_000  # moments; it takes half a second to start one
PATIENCE = 0.5  # seconds between two words to whoever waits
MOST_PROCESSES = 2

Told = Callable[[int], None]


class Ended(Unavailable):
    """A process of the backtest ended before its work did: it was killed, or the service is stopping."""


class Broke(Exception):
    """A process of the backtest met an error, which its words name; it will meet it again."""


@dataclass(frozen=True, slots=True)
class Share:
    """Some cases to replay, each with how many moments it has in the period."""

    document: Mapping[str, Any]
    period: Period
    cases: Mapping[int, int]

    @property
    def moments(self) -> int:
        """How much work it is."""
        return sum(self.cases.values())

    def parts(self, size: int) -> Iterator[Share]:
        """The share in parts of about `size` moments; a case is never divided."""
        part: dict[int, int] = {}
        moments = 0
        for case_id, count in self.cases.items():
            part[case_id] = count
            moments += count
            if moments >= size:
                yield Share(self.document, self.period, part)
                part, moments = {}, 0
        if part:
            yield Share(self.document, self.period, part)


def replay(url: str, share: Share, *, told: Told) -> list[Hit]:
    """The cases of the share on which the rule fires; `told` hears how many moments are done, and ends it by raising.

    Raises:
        Ended: one of its processes was killed.
        Broke: one of them met an error.
    """
    processes = min(MOST_PROCESSES, os.cpu_count() or 1)
    if share.moments < WORTH_A_PROCESS:
        with connect(url) as connection:
            return list(_replayed(connection, share, told))
    return _apart(url, list(share.parts(-(-share.moments // processes))), told)


def _replayed(connection: Connection, share: Share, told: Told) -> Iterator[Hit]:
    rule = language.load(share.document)
    fields = {test.field for test in rule.conditions.tests()}
    source = history.source(connection, share.period) if SOURCE_FIELDS.intersection(fields) else {}
    least = rule.conditions.least_voices
    done = 0
    for part in share.parts(AT_ONCE):
        for case in history.cases(connection, share.period, list(part.cases), fields=fields, least_voices=least):
            hit = first_hit(case, rule.conditions, source)
            if hit is not None:
                yield hit
        done += part.moments
        told(done)


def _apart(url: str, shares: Sequence[Share], told: Told) -> list[Hit]:
    """Replay each share in a process of its own."""
    started: list[tuple[SpawnProcess, Pipe]] = []
    try:
        for share in shares:
            started.append(_start(url, share))
        return _listen([ear for _, ear in started], told)
    finally:
        for process, ear in started:
            process.kill()
            process.join()
            ear.close()


def _start(url: str, share: Share) -> tuple[SpawnProcess, Pipe]:
    context = multiprocessing.get_context("spawn")
    ear, mouth = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(url, share, mouth), name="backtest", daemon=True)
    with _deaf_to_interrupts():
        process.start()
    mouth.close()  # now the process alone holds it, so its end is heard
    return process, ear


def _work(url: str, share: Share, mouth: Pipe) -> None:
    """What a process does: words of progress, and as the last one its hits, or why there are none."""
    os.setsid()  # a signal to the group of the process that waits is for that one to obey
    try:
        with connect(url) as connection:
            mouth.send(list(_replayed(connection, share, mouth.send)))
    except BrokenPipeError:
        return  # nobody listens any more
    except Exception as error:
        mouth.send(Broke(f"{type(error).__name__}: {error}"))  # not every error can be sent itself


def _listen(ears: Sequence[Pipe], told: Told) -> list[Hit]:
    """What the processes find, once all are done."""
    done = dict.fromkeys(ears, 0)
    hits: list[Hit] = []
    working = list(ears)
    while working:
        speaking = wait(working, timeout=PATIENCE)
        for ear in [ear for ear in working if ear in speaking]:
            word = _word(ear)
            if isinstance(word, int):
                done[ear] = word
            else:
                hits += word
                working.remove(ear)
        told(sum(done.values()))
    return hits


def _word(ear: Pipe) -> int | list[Hit]:
    try:
        word: int | list[Hit] | Broke = ear.recv()
    except EOFError as error:
        raise Ended("A process of this backtest was ended from outside") from error
    if isinstance(word, Broke):
        raise word
    return word


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """What is started here hears no Ctrl-C; only the main thread can say so, and only it gets any."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
