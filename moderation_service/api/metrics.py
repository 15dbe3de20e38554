"""What is counted while it happens; what can be asked of the database is asked at scrape time instead."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.orm import Session

from moderation_service import queries

REQUESTS = Counter("moderation_requests", "Requests answered.", ["method", "route", "status"])
LATENCY = Histogram(
    "moderation_request_seconds",
    "Time from a request's arrival to its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FLAGS = Counter("moderation_flags", "Flags answered, by what became of them.", ["outcome"])


class Backlog(Collector):
    """How much work waits, and for how long, read from the database."""

    def __init__(self, session: Session) -> None:
        self._backlog = queries.backlog(session)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One gauge for each number."""
        for name, (words, value) in self._backlog.items():
            yield GaugeMetricFamily(f"moderation_{name}", words, value)


def scrape(session: Session, shared_folder: str) -> bytes:
    """All metrics in Prometheus' text format; those of all processes when they share a folder."""
    registry = CollectorRegistry()
    if shared_folder:
        multiprocess.MultiProcessCollector(registry, path=shared_folder)  # type: ignore[no-untyped-call]
    else:
        for metric in (REQUESTS, LATENCY, FLAGS):
            registry.register(metric)
    registry.register(Backlog(session))
    return generate_latest(registry)
