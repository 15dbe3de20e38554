"""The play in one picture: lines of text for a terminal of any width. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from moderation_service.demo.readers.attention import OPENING_HOUR
from moderation_service.demo.readers.events import Kind
from moderation_service.demo.readers.judging import Waiting, bad_before_fine, on_top, place_of
from moderation_service.demo.readers.tally import Counts
from moderation_service.demo.readers.watching import Seen
from moderation_service.demo.world import world

BAR = 24  # characters of the longest bar
FULL_BAR = 48  # flags in the last minute that fill it
FEWEST_ROWS, LOG_ROWS = 3, 4


class Look(StrEnum):
    """How a line is set apart."""

    PLAIN = "plain"
    HEAD = "head"
    QUIET = "quiet"
    BAD = "bad"
    WARN = "warn"


class Line(NamedTuple):
    """One line of the picture."""

    text: str
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """All that a picture shows; `elapsed` and `lasts` in seconds, `outstanding` what waits to be sent again."""

    elapsed: float
    lasts: float
    pace: float
    seed: int
    counts: Counts
    seen: Seen
    besieged: Sequence[str]
    outstanding: int


def picture(scene: Scene, width: int, height: int) -> list[Line]:
    """The scene on so many columns and rows; never wider or higher."""
    fixed = [*_title(scene), *_came_in(scene), *_well(scene), *_trouble(scene)]
    log = [Line(f"{clock(at)}  {words}", Look.QUIET) for at, words in scene.counts.last[-LOG_ROWS:]]
    room = max(FEWEST_ROWS, height - len(fixed) - len(log) - 2)
    lines = [*fixed[:-1], *_queue(scene, room), fixed[-1], *log]
    return [Line(line.text[:width], line.look) for line in lines][:height]


def summary(scene: Scene) -> list[str]:
    """The end of the play in some lines."""
    told = [*_title(scene), *_came_in(scene), *_well(scene)]
    risen = [f"  {clock(at)}  {article}" for article, at in scene.seen.risen.items()]
    if risen:
        told += [Line(""), Line("BAD ARTICLES, and when each came to the top of the queue"), *map(Line, risen)]
    return [line.text for line in told]


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"


def _title(scene: Scene) -> Iterator[Line]:
    hour = (OPENING_HOUR + scene.elapsed * scene.pace / 60) % 24
    told = (f"pace {scene.pace:g}", f"seed {scene.seed}", f"{clock(scene.elapsed)} of {clock(scene.lasts)}")
    yield Line("   ".join(["READERS OF THE DEMO NEWSROOM", *told, f"there it is {int(hour)} o'clock"]), Look.HEAD)
    yield Line("")


def _came_in(scene: Scene) -> Iterator[Line]:
    total, lately = scene.counts.total, scene.counts.lately
    gone = total.get("views of what is gone", 0)
    yield Line(f"{'CAME IN':<16}{'so far':>8}{'last minute':>13}", Look.HEAD)
    more = f"  {gone} more found the article gone" if gone else ""
    yield Line(f"  {'views':<14}{total.get('views', 0):>8}{lately.get('views', 0):>13}{more}")
    for kind in Kind:
        now = lately.get(kind, 0)
        bar = "#" * min(BAR, -(-now * BAR // FULL_BAR))
        yield Line(f"  {kind + ' flags':<14}{total.get(kind, 0):>8}{now:>13}  {bar}".rstrip())
    also = {
        "notices": ("legal notice", "legal notices"),
        "withdrawn": ("taken back", "taken back"),
        "repeats": ("repeat, counted once", "repeats, counted once"),
    }
    told = [f"{total[name]} {words[total[name] != 1]}" for name, words in also.items() if total.get(name)]
    yield Line(f"  {', '.join(told)}", Look.QUIET)
    yield Line("")


def _queue(scene: Scene, rows: int) -> Iterator[Line]:
    queue = scene.seen.queue
    if not scene.seen.looked:
        yield Line("IN THE QUEUE   not known yet", Look.HEAD)
        return
    if queue is None:
        yield Line(
            "IN THE QUEUE   not shown: the demo's moderator is not let in with the password of demo.json", Look.HEAD
        )
        return
    escalated = sum(case.escalated for case in queue)
    yield Line(f"IN THE QUEUE   {len(queue)} wait, {escalated} of them escalated (!)", Look.HEAD)
    places = list(enumerate(queue, 1))
    # The besieged are what one looks for: they are shown wherever they stand.
    below = [(place, case) for place, case in places[max(0, rows - 4) :] if case.besieged]
    for place, case in [*places[: max(0, rows - 2 - len(below))], *below]:
        yield _case(place, case)
    yield Line("")


def _case(place: int, case: Waiting) -> Line:
    truth, look = ("bad", Look.BAD) if case.bad else ("fine", Look.PLAIN)
    if case.besieged:
        truth, look = "fine, besieged", Look.WARN
    elsewhere = f", in {case.queue}" if case.queue != "main" else ""
    mark = "!" if case.escalated else " "
    flags = _flags(case.flags)
    return Line(
        f"  {place:>3} {mark}{_short(case.index):>8}  {case.article:<34.34} {flags:>9}  {truth}{elsewhere}", look
    )


def _short(index: float) -> str:
    """Two digits are enough to compare by."""
    return f"{index:,.0f}" if index >= 10 else f"{index:.2g}"


def _well(scene: Scene) -> Iterator[Line]:
    total, seen, queue = scene.counts.total, scene.seen, scene.seen.queue or ()
    bad = [article for article, known in world().items() if known.merit]
    yield Line("HOW WELL", Look.HEAD)
    yield Line(f"  flags: {total.get('on bad', 0)} on bad articles, {total.get('on fine', 0)} on fine ones")
    share = bad_before_fine(queue)
    if share is not None:
        waits = sum(case.bad for case in queue)
        yield Line(
            f"  queue: {len(on_top(queue))} of {waits} bad articles are among its first {waits}; "
            f"bad stands before fine in {share:.0%} of pairs"
        )
    down = [f"{article} ({seen.states[article].replace('_', ', ')})" for article in seen.gone if article in bad]
    yield Line(f"  taken down, or in part: {len(down)} of {len(bad)} bad articles" + _listed(down))
    wronged = [article for article in seen.gone if article not in bad]
    if wronged:
        yield Line(f"  fine, and yet not shown as it was: {', '.join(wronged)}", Look.WARN)
    for article in scene.besieged:
        if total.get(f"{Kind.BRIGADE} {article}"):
            yield Line(f"  brigade against {article}: {_besieged(scene, article)}", Look.WARN)
    yield Line("")


def _besieged(scene: Scene, article: str) -> str:
    queue = scene.seen.queue or ()
    place = place_of(queue, article)
    stands = f"place {place} of {len(queue)} in the queue" if place else "not in the queue"
    state = scene.seen.states.get(article, "visible")
    up = "still up" if state == "visible" else state.replace("_", ", ")
    return f"{_flags(scene.counts.total[f'{Kind.BRIGADE} {article}'])}, {stands}, {up}"


def _flags(count: int) -> str:
    return f"{count} {'flag' if count == 1 else 'flags'}"


def _trouble(scene: Scene) -> Iterator[Line]:
    """Always one line, so that nothing jumps when trouble comes or goes."""
    total = scene.counts.total
    told = {
        scene.seen.away or "": bool(scene.seen.away),
        f"{scene.outstanding} wait to be sent again": scene.outstanding > 0,
        f"{total.get('refused', 0)} refused": bool(total.get("refused")),
        f"{total.get('views failed', 0)} views without an answer of the newsroom": bool(total.get("views failed")),
        f"{total.get('counted twice', 0)} COUNTED TWICE": bool(total.get("counted twice")),
    }
    words = "; ".join(word for word, holds in told.items() if holds)
    yield Line(f"TROUBLE  {words}", Look.WARN) if words else Line("no trouble", Look.QUIET)


def _listed(names: Sequence[str]) -> str:
    return f": {', '.join(names)}" if names else ""
