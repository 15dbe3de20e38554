"""What the database says after a fault, compared with what callers were told."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import psycopg
import requests

from tests.at_once import at_once
from tests.live import Caller, Service, flag_of, until

ACCEPTED = {200, 202}
PATIENCE = 30  # seconds


@dataclass(slots=True)
class Told:
    """What the senders of flags were told: receipts by reporter, statuses that were not acceptance, broken calls."""

    receipts: dict[str, str] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    broken: int = 0
    done: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))


def send_until_accepted(live: Service, told: Told, article: str, reporter: str) -> None:
    """Send a flag as an honest client does: again, with the same key, until it is accepted."""

    def accepted() -> bool:
        try:
            key = {"Idempotency-Key": f'"{reporter}"'}
            answer = live.reader.post("/v1/flags", flag_of(article, reporter), **key)
        except requests.RequestException:
            told.broken += 1
            return False
        if answer.status_code not in ACCEPTED:
            assert answer.headers["Content-Type"] == "application/problem+json"
            told.refused.append(answer.status_code)
            return False
        told.receipts[reporter] = answer.json()["receipt"]
        return True

    until(accepted, seconds=PATIENCE)
    told.done.release()


class Crowd:
    """Many readers who flag at the same time, each until he is heard."""

    def __init__(self, live: Service, articles: Iterable[str], count: int, *, at_once: int = 32) -> None:
        self.told = Told()
        self._live = live
        self._count = count
        self._pool = ThreadPoolExecutor(at_once)
        names = list(articles)
        self._sent = [
            self._pool.submit(send_until_accepted, live, self.told, names[n % len(names)], f"reader-{n}")
            for n in range(count)
        ]

    def wait_for(self, accepted: int) -> None:
        """Until so many flags were accepted."""
        for _ in range(accepted):
            assert self.told.done.acquire(timeout=PATIENCE)

    def finish(self) -> Told:
        """Until everybody was heard; what they were told."""
        self._live.until(lambda: all(sent.done() for sent in self._sent), seconds=2 * PATIENCE)
        for sent in self._sent:
            sent.result()
        self._pool.shutdown()
        assert len(self.told.receipts) == self._count
        return self.told


def select(live: Service, statement: str) -> list[tuple[Any, ...]]:
    """Rows from the service's database."""
    with psycopg.connect(live.settings.database_url) as connection:
        return connection.execute(statement.encode()).fetchall()


def assert_each_flag_once(live: Service, told: Told) -> None:
    """Every receipt that was given out is one row, there is no other row, and none was audited twice."""
    stored = [str(receipt) for (receipt,) in select(live, "SELECT receipt FROM flags")]
    assert sorted(stored) == sorted(told.receipts.values())
    audited = select(
        live,
        "SELECT jsonb_array_elements(detail->'flags')::bigint FROM audit_entries WHERE action = 'flags.received'",
    )
    assert sorted(audited) == sorted(select(live, "SELECT id FROM flags"))


def assert_all_in_cases(live: Service) -> None:
    """Every flag comes to be in a case, and no article has two open ones."""
    live.until(lambda: select(live, "SELECT count(*) FROM flags WHERE case_id IS NULL") == [(0,)], seconds=PATIENCE)
    assert select(live, "SELECT count(*) FROM untriaged_flags") == [(0,)]
    assert select(live, "SELECT article_id FROM cases WHERE state = 'open' GROUP BY 1 HAVING count(*) > 1") == []


def assert_all_applied(live: Service) -> None:
    """Every decision ends applied, once for each state that was wanted."""
    live.until(
        lambda: select(live, "SELECT count(*) FROM enforcement_orders WHERE state <> 'applied'") == [(0,)],
        seconds=PATIENCE,
    )
    assert select(live, "SELECT count(*) FROM enforcement_orders WHERE applied_version <> wanted_version") == [(0,)]
    confirmed = "SELECT order_id, wanted_version FROM enforcement_attempts WHERE outcome = 'applied'"
    assert select(live, f"{confirmed} GROUP BY 1, 2 HAVING count(*) > 1") == []


def post_at_once(callers: list[Caller], path: str, body: Any = None, **headers: str) -> list[requests.Response]:
    """The answers to the same post, sent by each caller in the same moment."""
    answers = at_once(lambda caller: caller.post(path, body, **headers), callers)
    return [answer for answer in answers if isinstance(answer, requests.Response)]
