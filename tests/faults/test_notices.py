"""A worker is killed at each point of sending a mail: it arrives, and a repeat is known as one."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.sites.service import site_by_slug
from tests.factories import make_notice
from tests.faults.books import select
from tests.live import Service, service, until
from tests.notifications.sinks import MailSink, serving

pytestmark = pytest.mark.fault

STATES = "SELECT DISTINCT state FROM notices"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    with serving(sink):
        yield sink


@pytest.fixture
def live(impatient: Settings, sink: MailSink, tmp_path: Path) -> Iterator[Service]:
    """A service that sends its mail to the sink, none of whose processes runs yet.

    One thread, so that a death catches one mail on its way: what others send at that moment may be repeated as well.
    """
    changes: dict[str, Any] = {"smtp_url": sink.url, "mail_from": "desk@courier.example"}
    changes |= {"notification_lease_seconds": 1, "worker_threads": 1}
    with service(impatient.replace(**changes), tmp_path) as live:
        yield live


def note_mails(live: Service, *keys: str) -> None:
    """Note a mail for each key."""
    with contextlib.closing(Database(live.settings)) as database, database.transaction() as session:
        site_id = site_by_slug(session, "courier").id
        for key in keys:
            make_notice(session, site_id, key, recipient=f"{key}@courier.example", subject=key)


@pytest.mark.parametrize(
    ("point", "repeats"),
    [("after the notice is leased", 0), ("after the notice is sent", 1), ("after the notice is settled", 0)],
)
def test_every_mail_arrives(live: Service, sink: MailSink, tmp_path: Path, point: str, repeats: int) -> None:
    note_mails(live, "one", "two", "three")
    live.start_worker([sys.executable, "-m", "tests.faults.dying_worker", point, str(tmp_path / "died")])
    live.start_beat()
    worker = live.children["worker"]
    until(lambda: worker.returncode is not None, seconds=30)
    assert worker.returncode == -signal.SIGKILL, live.log_of("worker")
    live.start_worker()
    until(lambda: select(live, STATES) == [("sent",)], seconds=30)
    assert sorted({letter.mail["Subject"] for letter in sink.letters}) == ["one", "three", "two"]
    assert len({letter.mail["Message-ID"] for letter in sink.letters}) == 3
    assert len(sink.letters) <= 3 + repeats
