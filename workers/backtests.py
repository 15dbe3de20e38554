"""Backtests: lease, run with no transaction open, write down what came of it."""

from __future__ import annotations

import structlog

from moderation_service.triage.backtest import service as backtests
from moderation_service.triage.backtest.run import run
from moderation_service.triage.backtest.shares import Ended
from workers import running
from workers.app import app, database, settings
from workers.running import Keeper, Lost, Stopped

log = structlog.get_logger()


@app.task(name="backtests.drain")
def drain() -> int:
    """Run what waits, one after the other; how many there were."""
    return running.each(run_one)


def run_one() -> bool:
    """Run the backtest that waits longest; whether there was one that nobody else runs."""
    with database().transaction() as session:
        lease = backtests.lease_next(session)
    if lease is None:
        return False
    keeper = Keeper(lambda session, done: backtests.keep(session, lease, done=done))
    try:
        report = run(settings.database_url, lease.document, lease.period, progress=keeper)
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
