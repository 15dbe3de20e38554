"""The API under its web server: `python -m moderation_service.api.server`."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from granian.constants import Interfaces
from granian.server import Server

from moderation_service import logs
from moderation_service.config import Settings


def main() -> None:
    """Serve until told to stop; requests in flight are answered first."""
    settings = Settings.from_env()
    _empty(settings.metrics_dir)
    logging.getLogger("_granian").addFilter(_is_news)
    Server(
        "moderation_service.api.wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.api_processes,
        blocking_threads=settings.api_threads,
        # Longer than a request may take; one told to stop while it starts does not hear it, and is killed.
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        log_dictconfig=logs.for_libraries(settings.log_level),
    ).serve()


def _is_news(record: logging.LogRecord) -> bool:
    """Whether the server has something to say besides that its threads outnumber the cores.

    They are meant to: most of a request is waiting for a commit, and those that wait together share it.
    """
    return "Python threads, which seems quite high" not in record.getMessage()


def _empty(folder: str) -> None:
    """Metrics of processes that are gone must not be counted again."""
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True)


if __name__ == "__main__":
    main()
