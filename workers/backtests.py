"""Backtests: lease, run with no transaction open, write down what came of it."""

from __future__ import annotations

import threading
import time
from typing import Any

import structlog
from celery import signals

from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.backtest.run import run
from moderation_service.triage.backtest.service import Lease
from moderation_service.triage.backtest.shares import Ended
from workers.app import app, database, settings

log = structlog.get_logger()

SECONDS_BETWEEN_WORDS = 1.0
_stopping = threading.Event()


class Lost(Exception):
    """Somebody cancelled the backtest, or another worker took it over."""


class Stopped(Exception):
    """This worker is being stopped."""


@signals.worker_shutting_down.connect
def stop(**_: Any) -> None:
    """Leave what is being run to another worker, and begin nothing."""
    _stopping.set()


@app.task(name="backtests.drain")
def drain() -> int:
    """Run what waits, one after the other; how many there were."""
    done = 0
    while not _stopping.is_set() and run_one():
        done += 1
    return done


def run_one() -> bool:
    """Run the backtest that waits longest; whether there was one that nobody else runs."""
    with database().transaction() as session:
        lease = backtests.lease_next(session)
    if lease is None:
        return False
    try:
        report = run(settings.database_url, lease.document, lease.period, progress=_Keeper(lease))
    except Lost:
        log.info("backtest.lost", backtest=lease.backtest_id)
    except Stopped:
        with database().transaction() as session:
            backtests.give_back(session, lease)
    except Ended as error:
        # Whatever killed it may do so each time: it is left to its lease, which runs out, and not for ever.
        log.warning("backtest.ended", backtest=lease.backtest_id, because=str(error))
    except Exception as error:
        log.exception("backtest.broke", backtest=lease.backtest_id)
        with database().transaction() as session:
            backtests.fail(session, lease, f"{type(error).__name__}: {error}")
    else:
        with database().transaction() as session:
            backtests.finish(session, lease, report)
        log.info("backtest.done", backtest=lease.backtest_id, seconds=report.result["seconds"])
    return True


class _Keeper:
    """Says now and then how far a backtest is, and ends it when nobody waits for it or the worker is to stop."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._next_word = 0.0

    def __call__(self, done: float) -> None:
        if _stopping.is_set():
            raise Stopped
        if time.monotonic() < self._next_word:
            return
        self._next_word = time.monotonic() + SECONDS_BETWEEN_WORDS
        with database().transaction() as session:
            if not backtests.keep(session, self._lease, done=done):
                raise Lost
