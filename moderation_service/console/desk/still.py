"""Answers to who asks again and again: nothing, while nothing has changed."""

from __future__ import annotations

from flask import Response, request


def unless_known(answer: Response) -> Response:
    """The answer with a digest of itself as its ETag; 304 and no body where the asker has it already (RFC 9110)."""
    answer.add_etag()
    return answer.make_conditional(request)  # type: ignore[return-value]
