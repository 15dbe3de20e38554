"""From a decision to its takedown read back from the built-in store, with workers that have nothing else to do."""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Iterator

import psycopg

from benchmarks import seed
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.seed import one
from benchmarks.stand import serving, stand, working
from benchmarks.statistic import percentile

DECISIONS, QUICK_DECISIONS = 100, 15
PATIENCE = 30.0  # seconds

OPEN = """
INSERT INTO cases (site_id, article_id, severity, reasons)
SELECT site_id, id, 3, ARRAY['misleading'] FROM articles RETURNING id
"""
APPLIED = """
SELECT count(*) FROM enforcement_orders JOIN cases USING (article_id)
WHERE cases.id = %s AND enforcement_orders.state = 'applied'
"""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Seconds from sending the decision to the order's being applied, which means read back."""
    decisions = QUICK_DECISIONS if quick else DECISIONS
    with stand() as s:
        seed.newsroom(s, articles=decisions)
        cases = [int(row[0]) for row in s.admin.execute(OPEN)]
        _, token = seed.moderator(s, "decider")
        clause = s.admin.execute("SELECT code FROM policy_clauses WHERE 'terms' = ANY (grounds) LIMIT 1").fetchall()[0][
            0
        ]
        with serving(s, "api", "moderation_service.api.server") as port, working(s):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            times = []
            for number, case_id in enumerate(cases):
                progress.say(f"takedown: {number + 1} of {decisions}")
                _post(connection, token, f"/v1/cases/{case_id}/claim", None)
                started = time.perf_counter()
                ruling = {"action": "takedown", "clause": clause, "ground": "terms"}
                seen = {"case_version": 1, "article_revision": 1}
                _post(connection, token, f"/v1/cases/{case_id}/decisions", ruling | seen)
                _until_applied(s.admin, case_id, started)
                times.append(time.perf_counter() - started)
                time.sleep(random.uniform(0.1, 0.4))  # so that no rhythm of the bell is met each time
            connection.close()
    yield Number(
        name="decision to read-back, p95",
        value=percentile(times[1:], 95) * 1000,
        unit="ms",
        at_most=250.0,
        note=f"p50 {percentile(times[1:], 50) * 1000:.0f} ms, most {max(times[1:]) * 1000:.0f} ms; "
        f"built-in store, idle worker, {len(times) - 1} decisions",
    )


def _post(connection: http.client.HTTPConnection, token: str, path: str, body: object) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request("POST", path, body=None if body is None else json.dumps(body), headers=headers)
    answer = connection.getresponse()
    words = answer.read()
    if answer.status not in {200, 201}:
        raise RuntimeError(f"{path} answered {answer.status}: {words.decode()}")


def _until_applied(admin: psycopg.Connection, case_id: int, started: float) -> None:
    while not one(admin, APPLIED, case_id):
        if time.perf_counter() - started > PATIENCE:
            raise TimeoutError(f"the decision on case {case_id} is not applied after {PATIENCE:g} s")
        time.sleep(0.002)
