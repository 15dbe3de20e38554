"""The bare ceiling: the smallest Flask route that inserts one row with psycopg and commits.

It checks nothing and knows nobody. Each thread of the web server has a connection of its own.

    python -m benchmarks.bare    (DATABASE_URL, PORT, API_THREADS, API_PROCESSES as for the API)
"""

from __future__ import annotations

import threading

import psycopg
from flask import Flask, request
from granian.constants import Interfaces
from granian.server import Server

from moderation_service.config import Settings
from moderation_service.db import driver_url

TABLE = "CREATE TABLE bare_flags (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL)"

app = Flask("bare", static_folder=None)
local = threading.local()


@app.post("/")
def insert() -> tuple[str, int]:
    """Insert what was sent, and commit."""
    if not hasattr(local, "connection"):
        local.connection = psycopg.connect(driver_url(Settings.from_env().database_url))
    local.connection.execute("INSERT INTO bare_flags (body) VALUES (%s)", (request.get_data(as_text=True),))
    local.connection.commit()
    return "", 202


def main() -> None:
    """Serve under the API's web server, set as the API sets it."""
    settings = Settings.from_env()
    Server(
        "benchmarks.bare:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.api_processes,
        blocking_threads=settings.api_threads,
    ).serve()


if __name__ == "__main__":
    main()
