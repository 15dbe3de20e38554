"""The Celery app: each setting with its reason, and the timetable.

The database is the queue of record. A task only says "look": it may run twice, late or never, and nothing is lost.
"""

from __future__ import annotations

import gc
import sys
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from celery import Celery, signals
from celery.exceptions import SecurityWarning
from celery.schedules import crontab

from moderation_service import logs
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.jobs import QUEUES, broker_settings, connect_bell
from workers.broker import set_malformed_aside

settings = Settings.from_env()
# What makes a worker of root's dangerous are messages that are unpickled, and so run code; ours are JSON alone.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)

app = Celery("workers", include=[f"workers.{queue}" for queue in QUEUES])  # the tasks of each lie in one file
app.conf.update(broker_settings(settings))
app.conf.update(
    # A task is confirmed when it has ended, so that one whose worker was killed is delivered again.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # A task that failed is not looped: the rows it left are found by the next sweep.
    task_acks_on_failure_or_timeout=True,
    # Nothing is taken that cannot be started at once: another worker may be free.
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    # A task that lost its broker would be delivered again beside itself.
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=10,
    worker_enable_soft_shutdown_on_idle=True,
    worker_eta_task_limit=1000,
    worker_hijack_root_logger=False,
    # A sweep that nobody took in time is worth nothing: the next one is on its way.
    beat_schedule={
        "sweep triage": {
            "task": "triage.drain",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "triage", "expires": 30},
        },
        "sweep verdicts": {
            "task": "triage.settle",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "triage", "expires": 30},
        },
        "refresh the queue": {
            "task": "triage.refresh",
            "schedule": settings.refresh_seconds,
            "options": {"queue": "upkeep", "expires": settings.refresh_seconds},
        },
        "sweep enforcement": {
            "task": "enforcement.drain",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "enforcement", "expires": 30},
        },
        "press overdue cases": {
            "task": "upkeep.deadlines",
            "schedule": 60,
            "options": {"queue": "upkeep", "expires": 60},
        },
        "look after hidden articles": {
            "task": "upkeep.hidden",
            "schedule": 60,
            "options": {"queue": "upkeep", "expires": 60},
        },
        "sweep events": {
            "task": "notifications.relay",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "notifications", "expires": 30},
        },
        "sweep letters": {
            "task": "notifications.tell",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "notifications", "expires": 30},
        },
        "sweep notifications": {
            "task": "notifications.drain",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "notifications", "expires": 30},
        },
        "sweep backtests": {
            "task": "backtests.drain",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "backtests", "expires": 30},
        },
        "sweep verifications": {
            "task": "audit.drain",
            "schedule": settings.sweep_seconds,
            "options": {"queue": "audit", "expires": 30},
        },
        "verify the trail": {
            "task": "audit.nightly",
            "schedule": crontab(hour="4", minute="10"),
            "options": {"queue": "audit", "expires": 6 * 3600},
        },
        # At an hour of the day: beat keeps no state, and counts an interval anew whenever it is started.
        "learn curves": {
            "task": "upkeep.learn_curves",
            "schedule": crontab(hour="3", minute="20"),
            "options": {"queue": "upkeep", "expires": 6 * 3600},
        },
        "tidy": {"task": "upkeep.tidy", "schedule": 600, "options": {"queue": "upkeep", "expires": 600}},
        "reconcile": {
            "task": "upkeep.reconcile",
            "schedule": 6 * 3600,
            "options": {"queue": "upkeep", "expires": 3600},
        },
    },
)


@cache
def database() -> Database:
    """This worker's database, connected when the first task asks for it."""
    return Database(settings, pool_size=settings.worker_threads + 1, bell=connect_bell(settings))


@signals.setup_logging.connect
def _log_as_json(**_: Any) -> None:
    logs.configure(settings.log_level)


@signals.beat_init.connect
def _tell_of_each_beat(**_: Any) -> None:
    # In beat alone: workers publish too, and would have a beat that is dead look alive.
    signals.after_task_publish.connect(_still_beating)


def _still_beating(**_: Any) -> None:
    if settings.heartbeat_file:
        Path(settings.heartbeat_file).touch()


@signals.worker_init.connect
def _before_consuming(**_: Any) -> None:
    settings.require("database_url", "redis_url", "secret_key")
    set_malformed_aside(settings.redis_url)
    # What was imported lives as long as the worker: the collector need not walk it after every batch.
    gc.collect()
    gc.freeze()


def worker_command(settings: Settings) -> list[str]:
    """How to start a worker for all queues.

    Threads, not processes: the work is waiting for the database and for stores, and threads stop in under a second
    where processes were seen to take half a minute. Every call they make has a time limit of its own.

    Whoever starts it must start it again when it ends: Celery 5.7 ends a worker that loses its broker while a message
    is unconfirmed, as does a malformed message.
    """
    return [
        *(sys.executable, "-m", "celery", "-A", "workers.app:app", "--quiet", "worker"),
        *("--pool", "threads", "--concurrency", str(settings.worker_threads)),
        *("--queues", ",".join(QUEUES), "--without-gossip", "--without-mingle"),
        *("--loglevel", settings.log_level),
    ]


def beat_command(settings: Settings) -> list[str]:
    """How to start beat; there must be one, and its sweeps may be lost, so it keeps no state."""
    scheduler = "celery.beat:Scheduler"
    return [
        *(sys.executable, "-m", "celery", "-A", "workers.app:app", "--quiet", "beat"),
        *("--scheduler", scheduler, "--pidfile", "", "--loglevel", settings.log_level),
    ]
