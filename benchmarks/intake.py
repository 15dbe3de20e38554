"""Intake: accepted flags a second against the bare ceiling, their CPU, triage beside it, and one viral article."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from benchmarks import bare, seed
from benchmarks.flagging import Comparison, Flagging, Round, in_turns, median_rate, readers, until_triaged
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.seed import Newsroom
from benchmarks.stand import Stand, serving, stand, working
from moderation_service.embedded.postgres import APP

CLIENTS = {1: 0.9, 8: None, 32: 1.2}  # connections, and the least ratio to the bare ceiling
STORM = 32
SERVERS = ("api", "postgres", "valkey")


@dataclass(frozen=True)
class _Course:
    """What every part of this benchmark needs: the servers, the newsroom behind the port, and how long to measure."""

    stand: Stand
    room: Newsroom
    port: int
    progress: Progress
    seconds: float
    rounds: int

    def flagging(self, *names: str, articles: int | None = None) -> Callable[[int], Round]:
        """A round of flags with so many clients, the CPU of these process trees counted."""
        flag = readers(self.port, self.room, self.stand.pids(*names), articles=articles)
        return lambda clients: flag(clients, self.seconds)


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """All numbers of intake, on one set of servers."""
    seconds, rounds = (1.0, 2) if quick else (3.0, 5)
    with stand() as s:
        room = seed.newsroom(s)
        with serving(s, "api", "moderation_service.api.server") as port:
            course = _Course(s, room, port, progress, seconds, rounds)
            progress.say("intake: warming up")
            course.flagging(*SERVERS)(STORM)
            yield from _against_the_ceiling(course)
            yield _viral(course)
            yield from _with_triage(course)


def _against_the_ceiling(course: _Course) -> Iterator[Number]:
    admin = course.stand.admin
    admin.execute(bare.TABLE)
    admin.execute(f"GRANT INSERT ON bare_flags TO {APP}".encode())
    with serving(course.stand, "bare", "benchmarks.bare") as port:
        pids = course.stand.pids("bare", "postgres")
        insert = Flagging(port=port, key=course.room.key, articles=course.room.articles, pids=pids, path="/")
        flag = course.flagging(*SERVERS)
        insert(STORM, course.seconds)
        for clients, aim in CLIENTS.items():
            course.progress.say(f"intake: {clients} clients, in turns with the bare insert")
            compared = in_turns(partial(flag, clients), partial(insert, clients, course.seconds), course.rounds)
            yield from _compared(clients, aim, compared)


def _compared(clients: int, aim: float | None, compared: Comparison) -> Iterator[Number]:
    name = f"{clients} client{'s' if clients > 1 else ''}"
    yield Number(
        name=f"accepted flags a second, {name}",
        value=median_rate(compared.ours),
        unit="/s",
        note=f"{_costs(compared.ours, SERVERS)}; {_generator(compared.ours)}",
    )
    yield Number(
        name=f"bare insert and commit, {name}",
        value=median_rate(compared.theirs),
        unit="/s",
        note=f"{_costs(compared.theirs, ('bare', 'postgres'))}; {_generator(compared.theirs)}",
    )
    yield Number(
        name=f"ratio to the bare ceiling, {name}",
        value=compared.ratio,
        at_least=aim,
        spread=compared.spread,
        note=f"CPU per flag: {_cost(compared.ours) / _cost(compared.theirs):.2f} of the bare insert's",
    )


def _viral(course: _Course) -> Number:
    course.progress.say("intake: one viral article, in turns with an even spread")
    viral, even = course.flagging(*SERVERS, articles=1), course.flagging(*SERVERS)
    compared = in_turns(partial(viral, STORM), partial(even, STORM), course.rounds)
    return Number(
        name="all flags on one article, against 10,000 articles",
        value=compared.ratio,
        at_least=0.95,
        spread=compared.spread,
        note=f"{STORM} clients, triage not running",
    )


def _with_triage(course: _Course) -> Iterator[Number]:
    s = course.stand
    with working(s):
        course.progress.say("intake: triaging what has gathered")
        until_triaged(s.admin)
        flag = readers(course.port, course.room, s.pids(*SERVERS, "worker", "beat"))

        def with_triage() -> Round:
            return flag(STORM, course.seconds, settle=partial(until_triaged, s.admin))

        def alone() -> Round:
            with s.paused("worker", "beat"):
                measured = flag(STORM, course.seconds)
            until_triaged(s.admin)  # not left for the next round
            return measured

        course.progress.say("intake: with triage running, in turns with intake alone")
        with_triage()
        compared = in_turns(with_triage, alone, course.rounds)
    yield Number(
        name="intake with triage running, against alone",
        value=compared.ratio,
        at_least=0.9,
        spread=compared.spread,
        note=f"{STORM} clients",
    )
    yield Number(
        name="CPU per accepted flag, triage included",
        value=_cost(compared.ours),
        unit="ms",
        at_most=0.7,
        spread=(min(r.cost for r in compared.ours), max(r.cost for r in compared.ours)),
        note=_costs(compared.ours, (*SERVERS, "worker", "beat")),
    )


def _cost(rounds: list[Round]) -> float:
    return statistics.median(r.cost for r in rounds)


def _costs(rounds: list[Round], names: tuple[str, ...]) -> str:
    """What each process tree used for one flag."""
    medians = {name: statistics.median(r.cost_of(name) for r in rounds) for name in names}
    return "CPU ms per flag: " + ", ".join(f"{name} {cost:.3f}" for name, cost in medians.items())


def _generator(rounds: list[Round]) -> str:
    own = statistics.median(r.outcome.cpu / r.outcome.accepted * 1000 for r in rounds)
    return f"load generator {own:.3f}"
