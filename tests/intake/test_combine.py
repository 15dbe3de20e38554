"""Requests that share a commit: each answered once, whatever becomes of the others."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation_service.errors import Unavailable
from moderation_service.intake.combine import Combiner
from tests.at_once import at_once


class SlowLane:
    """A lane that works only while its gate is open, and remembers its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.busy = threading.Event()
        self.gate = threading.Event()

    def __call__(self, batch: list[int]) -> Sequence[int | Exception]:
        self.batches.append(batch)
        self.busy.set()
        assert self.gate.wait(10)
        return [item * 2 for item in batch]


def _doubled(batch: list[int]) -> Sequence[int | Exception]:
    return [item * 2 for item in batch]


def _started(combiner: Combiner[int, int], item: int, timeout: float = 10) -> threading.Thread:
    thread = threading.Thread(target=combiner.submit, args=(item,), kwargs={"timeout": timeout})
    thread.start()
    return thread


def _until_waiting(combiner: Combiner[int, int], count: int) -> None:
    deadline = time.monotonic() + 5
    while len(combiner._waiting) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_lone_item_has_its_answer_from_its_own_thread() -> None:
    threads: list[int] = []

    def lane(batch: list[int]) -> Sequence[int | Exception]:
        threads.append(threading.get_ident())
        return _doubled(batch)

    assert Combiner([lane]).submit(21, timeout=1) == 42
    assert threads == [threading.get_ident()]


def test_what_arrives_while_the_lane_is_busy_shares_the_next_batch() -> None:
    lane = SlowLane()
    combiner = Combiner([lane])
    threads = [_started(combiner, 0)]
    lane.busy.wait(5)
    threads += [_started(combiner, item) for item in (1, 2, 3)]
    _until_waiting(combiner, 3)
    lane.gate.set()
    for thread in threads:
        thread.join(5)
    assert [sorted(batch) for batch in lane.batches] == [[0], [1, 2, 3]]


def test_a_batch_has_no_more_than_the_largest_number() -> None:
    sizes: list[int] = []

    def lane(batch: list[int]) -> Sequence[int | Exception]:
        sizes.append(len(batch))
        return _doubled(batch)

    assert Combiner([lane], largest=4).submit_all(range(10), timeout=1) == [n * 2 for n in range(10)]
    assert sizes == [4, 4, 2]


def test_several_lanes_work_at_the_same_time() -> None:
    lanes = [SlowLane(), SlowLane()]
    combiner = Combiner(lanes, enough=0)
    threads = [_started(combiner, item) for item in (1, 2)]
    assert all(lane.busy.wait(5) for lane in lanes)
    for lane in lanes:
        lane.gate.set()
    for thread in threads:
        thread.join(5)


def test_no_items_need_no_lane() -> None:
    assert Combiner([_doubled]).submit_all([], timeout=1) == []


def test_who_finds_no_lane_in_time_is_told_and_not_tried_and_the_lane_goes_on() -> None:
    lane = SlowLane()
    combiner = Combiner([lane])
    thread = _started(combiner, 1)
    lane.busy.wait(5)
    with pytest.raises(Unavailable):
        combiner.submit(2, timeout=0.02)
    lane.gate.set()
    thread.join(5)
    assert lane.batches == [[1]]
    assert combiner.submit(3, timeout=1) == 6


def test_an_exception_of_the_lane_reaches_everyone_in_the_batch() -> None:
    def broken(batch: list[int]) -> Sequence[int | Exception]:
        raise ZeroDivisionError(len(batch))

    answers = Combiner([broken]).submit_all([1, 2, 3], timeout=1)
    assert [type(answer) for answer in answers] == [ZeroDivisionError] * 3


def test_an_exception_leaves_the_lane_free_for_the_next() -> None:
    def fussy(batch: list[int]) -> Sequence[int | Exception]:
        return [1 // item for item in batch]

    combiner = Combiner([fussy])
    with pytest.raises(ZeroDivisionError):
        combiner.submit(0, timeout=1)
    assert combiner.submit(1, timeout=1) == 1


def test_an_exception_that_stands_for_one_item_spoils_no_other() -> None:
    def picky(batch: list[int]) -> Sequence[int | Exception]:
        return [ValueError(item) if item % 2 else item for item in batch]

    first, second = Combiner([picky]).submit_all([1, 2], timeout=1)
    assert isinstance(first, ValueError)
    assert second == 2


def test_a_lane_that_forgets_an_item_is_told_of_by_all_and_not_lost() -> None:
    def forgetful(batch: list[int]) -> Sequence[int | Exception]:
        return batch[1:]

    combiner = Combiner([forgetful])
    for _ in range(2):
        answers = combiner.submit_all([1, 2], timeout=0.5)
        assert [type(answer) for answer in answers] == [ValueError] * 2


@settings(max_examples=15, deadline=None)
@given(
    lanes=st.integers(1, 3),
    largest=st.integers(1, 5),
    groups=st.lists(st.integers(1, 6), min_size=1, max_size=16),
    seed=st.randoms(use_true_random=False),
)
def test_every_item_is_tried_once_and_answered_with_its_own_answer(
    lanes: int, largest: int, groups: list[int], seed: object
) -> None:
    tried: Counter[tuple[int, int]] = Counter()
    lock = threading.Lock()

    def lane(batch: list[tuple[int, int]]) -> Sequence[tuple[int, int] | Exception]:
        with lock:
            tried.update(batch)
        time.sleep(0.0003 * (len(batch) % 3))
        if len(batch) == 3:
            raise OSError("a batch of three")
        return batch

    combiner = Combiner([lane] * lanes, largest=largest)
    items = [[(group, place) for place in range(size)] for group, size in enumerate(groups)]
    answered = at_once(lambda mine: combiner.submit_all(mine, timeout=10), items)
    for mine, answers in zip(items, answered, strict=True):
        assert isinstance(answers, list)
        assert [a if isinstance(a, tuple) else type(a) for a in answers] == [
            item if isinstance(answer, tuple) else OSError for item, answer in zip(mine, answers, strict=True)
        ]
    assert tried == Counter({item: 1 for mine in items for item in mine})


def test_many_threads_that_lose_patience_leave_no_item_tried_twice_and_none_unanswered() -> None:
    tried: Counter[int] = Counter()

    def slow(batch: list[int]) -> Sequence[int | Exception]:
        tried.update(batch)
        time.sleep(0.004)
        return batch

    combiner = Combiner([slow], largest=3)
    answers = at_once(lambda item: combiner.submit(item, timeout=0.01), range(40))
    given_up = [item for item, answer in enumerate(answers) if isinstance(answer, Unavailable)]
    assert [answer for answer in answers if not isinstance(answer, Unavailable)] == sorted(tried)
    assert sorted([*given_up, *tried]) == list(range(40))
    assert max(tried.values()) == 1
    assert combiner.submit(99, timeout=1) == 99
