"""Set malformed messages aside: one of them ends a worker, and a bad body ends every one that is started after it."""

from __future__ import annotations

import base64
import json

import redis
import structlog

from moderation_service.jobs import QUEUES
from moderation_service.redis_url import connect

log = structlog.get_logger()

PREFIX = "mod:"
ASIDE = "mod:malformed"


def set_malformed_aside(redis_url: str) -> int:
    """Move what is no message of ours off the queues, to be looked at; how many there were.

    Called before a worker consumes. A worker that met one in the meantime is started again, and comes by here.
    """
    moved = 0
    try:
        client = connect(redis_url, timeout=5)
        for queue in QUEUES:
            for element in client.lrange(PREFIX + queue, 0, -1):
                if not is_message(element):
                    client.rpush(ASIDE, element)
                    moved += int(client.lrem(PREFIX + queue, 1, element))
    except redis.RedisError as error:
        log.warning("broker.not_checked", error=type(error).__name__)
    if moved:
        log.error("broker.malformed_messages", moved=moved, to=ASIDE)
    return moved


def is_message(element: bytes) -> bool:
    """Whether a worker can read this element without ending."""
    try:
        message = json.loads(element)
        properties = message["properties"]
        body = message["body"]
        if properties.get("body_encoding") == "base64":
            body = base64.b64decode(body, validate=True)
        json.loads(body)
        return isinstance(message["headers"], dict) and "delivery_tag" in properties and "delivery_info" in properties
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
