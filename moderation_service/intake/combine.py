"""Requests that arrive together share one commit: the first leads, the others wait for what it did.

A commit costs the disk one flush however many rows it carries. Each lane is one batch in flight. A request that finds
no batch in flight begins one at once, so a lone request waits for nobody; one that does joins the next, and when enough
have gathered they take another lane. Waiting a little for company halves the CPU of each.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from moderation_service.errors import Unavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Work = Callable[[list[Item]], Sequence[Answer | Exception]]


class _Ticket(Generic[Item, Answer]):
    """One waiting request; `turn` opens when it has its answer or a lane to lead."""

    __slots__ = ("answer", "item", "lane", "turn")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.turn = threading.Lock()
        self.turn.acquire()
        self.lane: Work[Item, Answer] | None = None
        self.answer: Answer | Exception | None = None


class Combiner(Generic[Item, Answer]):
    """Runs items in batches on a fixed number of lanes.

    A lane is a function from a list of items to as many answers, an exception standing for an item that failed.
    """

    def __init__(self, lanes: Sequence[Work[Item, Answer]], *, largest: int = 64, enough: int = 16) -> None:
        self._free = list(lanes)
        self._all = len(self._free)
        self._enough = enough
        self._waiting: deque[_Ticket[Item, Answer]] = deque()
        self._lock = threading.Lock()
        self._largest = largest

    def submit(self, item: Item, *, timeout: float) -> Answer:
        """The item's answer, or the exception that stands for it.

        Raises:
            Unavailable: no lane came free within `timeout` seconds; the item was not tried.
        """
        answer = self.submit_all([item], timeout=timeout)[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def submit_all(self, items: Sequence[Item], *, timeout: float) -> list[Answer | Exception]:
        """The answers of several items, in their order; `Unavailable` stands for one that was not tried in time."""
        tickets: list[_Ticket[Item, Answer]] = [_Ticket(item) for item in items]
        with self._lock:
            leads = bool(tickets) and self._may_lead()
            if leads:
                tickets[0].lane = self._free.pop()
            self._waiting.extend(tickets[leads:])
        return [self._answer(ticket, timeout) for ticket in tickets]

    def _may_lead(self) -> bool:
        """Whether to take a free lane now: when no batch is under way, or enough wait to be worth another."""
        return bool(self._free) and (len(self._free) == self._all or len(self._waiting) >= self._enough)

    def _answer(self, ticket: _Ticket[Item, Answer], timeout: float) -> Answer | Exception:
        if ticket.lane is None and not ticket.turn.acquire(timeout=timeout) and self._left_queue(ticket):
            return Unavailable("The service is too busy to record this; try again")
        if ticket.answer is None and ticket.lane is not None:
            self._lead(ticket, ticket.lane)
        assert ticket.answer is not None  # noqa: S101 (a lane answers every item it took)
        return ticket.answer

    def _lead(self, leader: _Ticket[Item, Answer], lane: Work[Item, Answer]) -> None:
        with self._lock:
            followers = [self._waiting.popleft() for _ in range(min(self._largest - 1, len(self._waiting)))]
        batch = [leader, *followers]
        answered: list[tuple[_Ticket[Item, Answer], Answer | Exception]]
        try:
            answered = list(zip(batch, lane([ticket.item for ticket in batch]), strict=True))
        except Exception as error:  # every waiting request must hear of it, and the lane must go on
            answered = [(ticket, error) for ticket in batch]
        for ticket, answer in answered:
            ticket.answer = answer
        self._pass_on(lane)
        for ticket in followers:
            ticket.turn.release()

    def _pass_on(self, lane: Work[Item, Answer]) -> None:
        with self._lock:
            if not self._waiting:
                self._free.append(lane)
                return
            # Off the queue at once: were it left there, another lane could be given to the same ticket, and be lost.
            leader = self._waiting.popleft()
            leader.lane = lane
        leader.turn.release()

    def _left_queue(self, ticket: _Ticket[Item, Answer]) -> bool:
        """Whether the ticket could leave; one already in a batch waits, which the database's time limits bound."""
        with self._lock:
            if ticket.lane is None and ticket in self._waiting:
                self._waiting.remove(ticket)
                return True
        ticket.turn.acquire()
        return False
