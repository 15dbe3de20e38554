"""A worker is killed on the way from a decision to its webhook: it arrives, and a repeat is known as one."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.sites.service import site_by_slug
from tests.deliveries import make_endpoint
from tests.factories import make_case, make_decision, make_moderator
from tests.faults.books import select
from tests.live import Service, service, until
from tests.notifications.sinks import Receiver, serving

pytestmark = pytest.mark.fault

THREADS = 2  # that may have sent something when the worker dies


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(receiver):
        yield receiver


@pytest.fixture
def live(impatient: Settings, tmp_path: Path) -> Iterator[Service]:
    """A service whose webhooks may go to this machine, none of whose processes runs yet."""
    changes = {"webhook_allow_private": True, "notification_lease_seconds": 1}
    with service(impatient.replace(**changes), tmp_path) as live:
        yield live


def decide(live: Service, receiver: Receiver) -> None:
    """Take an article down on a site that listens: three events, and a fourth once the decision is read back."""
    with contextlib.closing(Database(live.settings)) as database, database.transaction() as session:
        site = site_by_slug(session, "courier")
        make_endpoint(session, site, receiver.url())
        make_decision(session, make_case(session, site), make_moderator(session, "grace"))


@pytest.mark.parametrize(
    ("point", "repeats"),
    [("after events are relayed, before the commit", 0), ("after the notice is sent", THREADS)],
)
def test_every_event_arrives(live: Service, receiver: Receiver, tmp_path: Path, point: str, repeats: int) -> None:
    decide(live, receiver)
    live.start_worker([sys.executable, "-m", "tests.faults.dying_worker", point, str(tmp_path / "died")])
    live.start_beat()
    worker = live.children["worker"]
    until(lambda: worker.returncode is not None, seconds=30)
    assert worker.returncode == -signal.SIGKILL, live.log_of("worker")
    live.start_worker()
    until(lambda: select(live, "SELECT count(*) FROM notices WHERE state = 'sent'") == [(4,)], seconds=30)
    told = {json.loads(post.body)["data"]["sequence"] for post in receiver.received}
    assert told == {1, 2, 3, 4}
    assert len({post.headers["webhook-id"] for post in receiver.received}) == 4
    assert len(receiver.received) <= 4 + repeats
