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
    """Whether this is what our producers send; a worker ends over much of what is nearly that."""
    try:
        message = json.loads(element)
        properties, headers = dict(message["properties"]), dict(message["headers"])
        delivery = dict(properties["delivery_info"])
        form = (message["content-type"], message["content-encoding"], properties["body_encoding"])
        args, kwargs, embed = json.loads(base64.b64decode(message["body"], validate=True))
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
    words = (headers.get("task"), headers.get("id"), properties.get("delivery_tag"), delivery.get("routing_key"))
    return (
        form == ("application/json", "utf-8", "base64")
        and all(isinstance(word, str) for word in words)
        and (type(args), type(kwargs), type(embed)) == (list, dict, dict)
    )
