"""Answers to who asks again and again: nothing, while nothing has changed."""

from __future__ import annotations

import hashlib

from flask import Response, request

from moderation_service.console import csrf


def unless_known(answer: Response) -> Response:
    """The answer with a digest of itself as its ETag; 304 and no body where the asker has it already (RFC 9110)."""
    # But for the token of its forms, which is written in another way each time.
    answer.set_etag(hashlib.sha256(answer.get_data().replace(csrf.token().encode(), b"")).hexdigest()[:20])
    return answer.make_conditional(request)  # type: ignore[return-value]
