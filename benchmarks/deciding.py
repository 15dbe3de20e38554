"""Cases that wait for nothing but a decision, and somebody who takes them down through the API."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import time
from collections.abc import Iterator

from benchmarks import seed
from benchmarks.stand import Stand

OPEN = """
INSERT INTO cases (site_id, article_id, severity, reasons)
SELECT site_id, id, 3, ARRAY['misleading'] FROM articles RETURNING id
"""
CLAUSE = "SELECT code FROM policy_clauses WHERE 'terms' = ANY (grounds) LIMIT 1"


def open_cases(s: Stand, number: int) -> list[int]:
    """So many open cases, each on an article of its own."""
    seed.newsroom(s, articles=number)
    return [int(row[0]) for row in s.admin.execute(OPEN)]


class Decider:
    """A moderator before the API."""

    def __init__(self, s: Stand, port: int) -> None:
        _, self._token = seed.moderator(s, "decider")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._clause = s.admin.execute(CLAUSE).fetchall()[0][0]

    def take_down(self, case_id: int) -> float:
        """Claim a case and take its article down; when the decision was sent (`time.perf_counter`)."""
        self._post(f"/v1/cases/{case_id}/claim", None)
        sent_at = time.perf_counter()
        ruling = {"action": "takedown", "clause": self._clause, "ground": "terms"}
        self._post(f"/v1/cases/{case_id}/decisions", ruling | {"case_version": 1, "article_revision": 1})
        return sent_at

    def pause(self) -> None:
        """Wait a little, so that no rhythm of the bell is met each time."""
        time.sleep(random.uniform(0.1, 0.4))

    def _post(self, path: str, body: object) -> None:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body)
        self._connection.request("POST", path, body=sent, headers=headers)
        answer = self._connection.getresponse()
        words = answer.read()
        if answer.status not in {200, 201}:
            raise RuntimeError(f"{path} answered {answer.status}: {words.decode()}")

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


@contextlib.contextmanager
def deciding(s: Stand, port: int) -> Iterator[Decider]:
    """A decider until the end of the block."""
    with contextlib.closing(Decider(s, port)) as decider:
        yield decider
