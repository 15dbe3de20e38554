"""From a decision to the moment at which a site's own system has its webhook, with workers that do nothing else."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from benchmarks.deciding import deciding, open_cases
from benchmarks.progress import Progress
from benchmarks.report import Number
from benchmarks.seed import one
from benchmarks.stand import Stand, serving, stand, working
from benchmarks.statistic import percentile
from moderation_service.notifications.webhooks import endpoints
from moderation_service.notifications.webhooks.vocabulary import EventType

DECISIONS, QUICK_DECISIONS = 200, 20
PATIENCE = 60.0  # seconds


class Receiver(ThreadingHTTPServer):
    """Takes every webhook; `arrived` is when each case's first of each type came (`time.perf_counter`)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.arrived: dict[tuple[str, int], float] = {}
        self.posts = 0


class _Post(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.arrived.setdefault((event["type"], event["data"]["case_id"]), time.perf_counter())
        self.server.posts += 1
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def measure(progress: Progress, *, quick: bool) -> Iterator[Number]:
    """Seconds from sending a decision to the arrival of `decision.made`, and of `decision.applied`."""
    decisions = QUICK_DECISIONS if quick else DECISIONS
    sent: dict[int, float] = {}
    with stand() as plain, _receiving() as receiver:
        s = dataclasses.replace(plain, settings=plain.settings.replace(webhook_allow_private=True))
        cases = open_cases(s, decisions)
        _listen(s, f"http://127.0.0.1:{receiver.server_port}/")
        with (
            serving(s, "api", "moderation_service.api.server") as port,
            working(s),
            deciding(s, port) as decider,
        ):
            for number, case_id in enumerate(cases):
                progress.say(f"webhooks: {number + 1} of {decisions}")
                sent[case_id] = decider.take_down(case_id)
                decider.pause()
            _until(lambda: len(receiver.arrived) == 2 * decisions)
    for kind, at_most in ((EventType.DECISION_MADE, 500.0), (EventType.DECISION_APPLIED, None)):
        times = [receiver.arrived[kind, case_id] - at for case_id, at in list(sent.items())[1:]]
        yield Number(
            name=f"decision to its webhook `{kind}`, p95",
            value=percentile(times, 95) * 1000,
            unit="ms",
            at_most=at_most,
            note=f"p50 {percentile(times, 50) * 1000:.0f} ms, most {max(times) * 1000:.0f} ms; idle worker, "
            f"{len(times)} decisions, {receiver.posts} posts for {len(receiver.arrived)} events",
        )


def _listen(s: Stand, url: str) -> None:
    site_id = one(s.admin, "SELECT id FROM sites")
    types = [EventType.DECISION_MADE, EventType.DECISION_APPLIED]
    with contextlib.closing(s.database()) as database, database.transaction() as session:
        endpoints.add(session, site_id, url=url, description="benchmark", types=types, actor="benchmark")


@contextlib.contextmanager
def _receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()


def _until(done: Callable[[], bool]) -> None:
    started = time.perf_counter()
    while not done():
        if time.perf_counter() - started > PATIENCE:
            raise TimeoutError(f"not all webhooks came within {PATIENCE:g} s")
        time.sleep(0.01)
