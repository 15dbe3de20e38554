"""JSON that somebody sent or typed, and that is to be kept."""

from __future__ import annotations

import json
import re
from typing import Any

# An escaped NUL, which is JSON, but no text that the database can keep; the backslashes before it are pairs.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def parsed(words: str) -> Any:
    """What it says.

    Raises:
        ValueError: it is no JSON, is nested too deeply, or says what the database cannot keep: numbers without end,
            NUL, halves of letters.
    """
    try:
        said = json.loads(words)
        written = json.dumps(said, ensure_ascii=False, allow_nan=False)
    except RecursionError as error:
        raise ValueError("It is nested too deeply") from error
    if _NUL.search(written):
        raise ValueError("It has a NUL")
    written.encode()  # refuses halves of letters
    return said
