"""`moderation-service serve`, `worker` and `beat`: one process each, for operators with a supervisor of their own."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import click

from moderation_service import embedded
from moderation_service.cli.command import Command
from moderation_service.config import Settings
from workers.app import beat_command, worker_command


@click.command(cls=Command)
def serve() -> None:
    """Serve the API until told to stop; HOST, PORT, API_PROCESSES and API_THREADS say where and how.

    \b
    Example: moderation-service serve
    """
    settings = _complete()
    _become([sys.executable, "-m", "moderation_service.api.server"], settings)


@click.command(cls=Command)
def worker() -> None:
    """Triage flags and carry out decisions until told to stop; start as many as there is work for.

    \b
    Example: moderation-service worker
    """
    settings = _complete()
    _become(worker_command(settings), settings)


@click.command(cls=Command)
def beat() -> None:
    """Wake the workers in time for what was missed; start exactly one.

    \b
    Example: moderation-service beat
    """
    settings = _complete()
    _become(beat_command(settings), settings)


def _complete() -> Settings:
    settings = embedded.attached(Settings.from_env())
    return settings.require("database_url", "redis_url", "secret_key")


def _become(command: list[str], settings: Settings) -> NoReturn:
    """Go on as another program in this very process, so that signals reach it."""
    # The service never needs the role that owns the tables.
    for name, value in settings.replace(migration_database_url="").as_env().items():
        os.putenv(name, value)
    os.execv(command[0], command)  # noqa: S606  no shell is wanted
