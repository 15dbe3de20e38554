"""Which text of a new revision goes on from which text of the old one."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence

# Enough of a paragraph's beginning or end to know it again after an edit.
_GIST = 40


def trace(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """For places in `new`, the place in `old` that each goes on from; places of new texts are left out.

    A redaction must follow its text, so identity is looked for in this order, each old text used once:

    1. the unchanged runs at both ends, so that one insertion, deletion or edit moves nothing else, even among
       equal texts;
    2. the same text anywhere: a moved paragraph;
    3. the same opening, then the same ending: an edited paragraph whose neighbours changed too;
    4. by position, a run as long as the run it stands in place of: a rewritten paragraph.

    Linear in the length of the texts, whatever they are.
    """
    pairs = _ends(old, new)
    for key in (_whole, _opening, _ending):
        pairs |= _same(key, old, new, pairs)
    return pairs | _replaced(old, new, pairs)


def _ends(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    head = shared(old, new)
    tail = shared(old[head:][::-1], new[head:][::-1])
    first = {place: place for place in range(head)}
    return first | {len(new) - back: len(old) - back for back in range(1, tail + 1)}


def shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many texts both begin with."""
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _whole(text: str) -> str:
    return text


def _opening(text: str) -> str:
    return text[:_GIST]


def _ending(text: str) -> str:
    return text[-_GIST:]


def _same(
    key: Callable[[str], str], old: Sequence[str], new: Sequence[str], pairs: Mapping[int, int]
) -> dict[int, int]:
    """Pairs of places not yet in `pairs` whose texts have the same key, first come first served."""
    taken = set(pairs.values())
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for place, text in enumerate(old):
        if place not in taken:
            waiting[key(text)].append(place)
    open_places = ((place, waiting[key(text)]) for place, text in enumerate(new) if place not in pairs)
    return {place: queue.popleft() for place, queue in open_places if queue}


def _replaced(old: Sequence[str], new: Sequence[str], pairs: Mapping[int, int]) -> dict[int, int]:
    """Pairs by position inside runs of equal length that stand between the same neighbours."""
    taken = set(pairs.values())
    gone = _runs([place if place in taken else None for place in range(len(old))])
    come = _runs([pairs.get(place) for place in range(len(new))])
    return {
        here: there
        for between, run in come.items()
        if len(run) == len(gone.get(between, ()))
        for here, there in zip(run, gone[between], strict=True)
    }


def _runs(origins: Sequence[int | None]) -> dict[tuple[int, int], list[int]]:
    """The places of each run without an origin, by the origins before and after it (-1 at either end)."""
    runs: dict[tuple[int, int], list[int]] = {}
    before, run = -1, list[int]()
    for place, origin in enumerate([*origins, -1]):
        if origin is None:
            run.append(place)
            continue
        if run:
            runs[before, origin] = run
        before, run = origin, []
    return runs
