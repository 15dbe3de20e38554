"""How every page for readers is made: its template, its language, and the ways to answer."""

from __future__ import annotations

from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from flask import Response, make_response, redirect, render_template, request, url_for

from moderation_service.widget import words
from moderation_service.widget.assets import asset


def page(template: str, status: int = 200, *, part: str, **context: Any) -> Response:
    """A page as an answer; `part` is which of the tongue's words its `say` knows."""
    shared = {
        "language": words.language(),
        "languages": words.names(),
        "say": partial(words.say, part),
        "frame": partial(words.say, "page"),
        "moment": words.moment,
        "asset": asset,
        "here": here,
        "to": to,
    }
    return make_response(render_template(f"readers/{template}", **(shared | context)), status)


def to(endpoint: str, **values: Any) -> str:
    """The address of another page for readers, in the language that was chosen for this one."""
    return url_for(f"readers.{endpoint}", **({"lang": words.chosen()} | values))


def here(lang: str) -> str:
    """The address of this page in another language, with all else that it was asked with."""
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return f"?{urlencode([*asked, ('lang', lang)])}"


def back_to(endpoint: str, **values: Any) -> Response:
    """Send the browser on to another page after a change: by 303, so that loading it anew repeats nothing."""
    return cast("Response", redirect(to(endpoint, **values), 303, Response))  # of the class that it is handed
