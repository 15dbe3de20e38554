"""A plain Redis client for the URLs that Celery understands."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import redis


def connect(url: str, *, timeout: float) -> Any:
    """A client that gives up after `timeout` seconds; `redis+socket:///path?virtual_host=0` is a Unix socket."""
    options = {"socket_timeout": timeout, "socket_connect_timeout": timeout}
    if url.startswith("redis+socket://"):
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        password = query.get("password", [parts.password or ""])[0] or None
        return redis.Redis(
            unix_socket_path=parts.path,
            db=int(query.get("virtual_host", ["0"])[0]),
            password=password,
            socket_timeout=timeout,
            socket_connect_timeout=timeout,
        )
    return redis.Redis.from_url(url, **options)
