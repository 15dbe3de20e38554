"""Logs: one JSON object a line, with the request's or the task's id, and no personal data."""

from __future__ import annotations

import logging.config
import sys
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


# These say at every sweep that there was nothing to do; what was done, our own tasks say.
CHATTY = ("celery.beat", "celery.worker.strategy", "celery.app.trace")


def configure(level: str) -> None:
    """Send our own logs and the libraries' to standard error as JSON."""
    structlog.configure(
        processors=[*_SHARED, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.config.dictConfig(for_libraries(level))


def for_libraries(level: str) -> dict[str, Any]:
    """A configuration of Python's own logging that prints the same JSON."""
    to_json = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [*_SHARED, structlog.stdlib.add_logger_name],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": to_json},
        "handlers": {"errors": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["errors"], "level": level.upper()},
        "loggers": {
            "_granian": {"level": level.upper()},
            **{name: {"level": "DEBUG" if level.upper() == "DEBUG" else "WARNING"} for name in CHATTY},
        },
    }
