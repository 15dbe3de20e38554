"""What a content store said when it failed, as people may read it: its first line, bounded, and without secrets."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError

LONGEST = 300  # characters

# Who is let into an address; what stands beside the name of a secret; what proves who asks.
_SECRETS = (
    (re.compile(r"(\w://)\S*@"), r"\1…@"),
    (
        re.compile(r"(?i)([\w-]*(?:passw(?:or)?d|secret|token|key|signature|credential)[\"']?\s*[=:]\s*)[^\s&;,]+"),
        r"\1…",
    ),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 …"),
)


def said_by(error: Exception) -> str:
    """What went wrong, on one line; of a database's error what the server said, for the rest is our own statement.

    An error of no words is told by its name.
    """
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    lines = (line.strip() for line in str(cause).splitlines())
    first = next((line for line in lines if line), type(cause).__name__)
    for secret, instead in _SECRETS:
        first = secret.sub(instead, first)
    shown = "".join(sign if sign.isprintable() else " " for sign in first)
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
