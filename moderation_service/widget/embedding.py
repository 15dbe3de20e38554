"""The readers' script, for every page of the web that wants it."""

from __future__ import annotations

from flask import Blueprint, Response, request

from moderation_service.api.recognition import for_anybody
from moderation_service.api.static_files import FOREVER
from moderation_service.widget import script

JAVASCRIPT = "text/javascript; charset=utf-8"
SHORTLY = "public, max-age=300"
HEADERS = {
    # It is the same for everybody, and `integrity` needs an answer that any origin may read.
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}

blueprint = Blueprint("embedding", __name__, url_prefix="/widget/v1")


@blueprint.get("/flag-content.js")
@for_anybody
def newest() -> Response:
    """The script, under the address that stays."""
    return _script(SHORTLY)


@blueprint.get("/<digest>/flag-content.js")
@for_anybody
def exactly(digest: str) -> Response:
    """The script of this digest; under another digest the newest one, and where its own address is.

    A page that asks with an older tag's `integrity` refuses it, says so in its console, and keeps its plain link; one
    without has a button that works.
    """
    if digest == script.digest():
        return _script(FOREVER)
    answer = _script(SHORTLY)
    # RFC 5829. Relative, since a proxy may have put the service under a path of its own.
    answer.headers["Link"] = f'<../{script.digest()}/flag-content.js>; rel="latest-version"'
    return answer


def _script(kept: str) -> Response:
    packed = request.accept_encodings.quality("gzip") > 0
    answer = Response(script.compressed() if packed else script.content(), content_type=JAVASCRIPT)
    answer.headers.update(HEADERS)
    answer.headers["Cache-Control"] = kept
    answer.vary.add("Accept-Encoding")
    if packed:
        answer.content_encoding = "gzip"
    # Weak: the bytes are others where they are compressed.
    answer.set_etag(script.digest(), weak=True)
    answer.make_conditional(request)
    return answer
