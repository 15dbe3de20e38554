"""Parse JSON so that whatever is wrong with it has a line."""

from __future__ import annotations

import json

from moderation_service.articles.importing.draft import UnreadablePage


def parse_json(text: str, *, line: int = 1) -> object:
    """The value that `text`, which begins on `line` of its file, stands for.

    Raises:
        UnreadablePage: it is not JSON, is nested too deeply, or has an endless number.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        where = line + error.lineno - 1
        raise UnreadablePage(where, f"not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise UnreadablePage(line, "the JSON is nested too deeply") from error
    except ValueError as error:
        raise UnreadablePage(line, f"not JSON: {error}") from error


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number in JSON")
