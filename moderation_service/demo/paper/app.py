"""The newspaper's pages, each as a view."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from moderation_service.client import ClientError, Hidden, Listed, ModerationService, Removed, RemovedLegally, Visible
from moderation_service.demo.paper import pages
from moderation_service.demo.paper.mailbox import Letter
from moderation_service.demo.paper.shelf import RETRY_SECONDS, Shelf
from moderation_service.demo.paper.subscription import Subscription
from moderation_service.demo.paper.views import Views
from moderation_service.demo.paper.words import SECTIONS, WORDS, day_in_words, edition_of, section_of
from moderation_service.demo.world import world

# What readers' browsers may load: our own style, and of the service its script and what that sends.
POLICY = (
    "default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; img-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

blueprint = Blueprint("paper", __name__)


def create_app(
    subscription: Subscription, service: ModerationService, views: Views, letters: Collection[Letter] = ()
) -> Flask:
    """The WSGI application of the newspaper; `letters` are those in its mailbox."""
    app = Flask(__name__)
    app.extensions["shelf"] = Shelf(service)
    app.extensions["views"] = views
    app.extensions["letters"] = letters
    app.jinja_env.globals.update(
        subscription=subscription,
        sections=SECTIONS,
        section_of=section_of,
        edition_of=edition_of,
        day=day_in_words,
        form=partial(_form, subscription),
    )
    app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _no_such_page)
    app.register_error_handler(ClientError, _unavailable)
    app.after_request(partial(_secure, policy=POLICY.format(service=_origin(subscription.service))))
    return app


@blueprint.get("/", defaults={"edition": "en"})
@blueprint.get("/<any(de):edition>/")
def front(edition: str) -> Response:
    """What is in an edition."""
    shown = _shelf().all()
    return _page("front.html", edition, front=pages.front_of(shown.articles, edition, _shelf().one), fresh=shown.fresh)


@blueprint.get("/<any(en, de):edition>/<section>")
def section(edition: str, section: str) -> Response:
    """All stories of a section."""
    if section not in SECTIONS:
        return _absent("unknown", edition)
    shown = _shelf().all()
    ranked = pages.stories(shown.articles, edition, section)
    stories = [teased for story in ranked if (teased := pages.teased(story, _shelf().one))]
    return _page("section.html", edition, section=section, stories=stories, fresh=shown.fresh)


@blueprint.get("/articles/<external_id>")
def article(external_id: str) -> Response:
    """An article as it may be shown; or that it may not, and why."""
    known = world().get(external_id)
    edition = edition_of(known.language if known else None)
    others = _shelf().all().articles
    seen = _shelf().one(external_id)
    match seen.answer:
        case Visible() as visible:
            return _shown(visible, pages.next_story(others, visible), fresh=seen.fresh)
        case Hidden(retry_after=seconds):
            return _absent("hidden", edition, {"Retry-After": str(seconds)})
        case Removed():
            return _absent("removed", edition)
        case RemovedLegally(blocked_by=blocker):
            # RFC 7725: readers, and what reads for them, are told who blocks it.
            link = {"Link": f'<{blocker}>; rel="blocked-by"'} if blocker else {}
            return _absent("removed_legal", edition, link, blocked_by=blocker)
    return _absent("unknown", edition)


@blueprint.get("/mailbox", defaults={"edition": "en"})
@blueprint.get("/<any(de):edition>/mailbox")
def mailbox(edition: str) -> Response:
    """The letters to readers that were to be sent by mail."""
    return _page("mailbox.html", edition, letters=list(current_app.extensions["letters"]), fresh=True)


def _shown(article: Visible, onward: Listed | None, *, fresh: bool) -> Response:
    if request.method == "GET":
        current_app.extensions["views"].count(article.external_id)
    return _page("article.html", edition_of(article.language), article=article, onward=onward, fresh=fresh)


STATUS = {
    "unknown": HTTPStatus.NOT_FOUND,
    "hidden": HTTPStatus.NOT_FOUND,
    "removed": HTTPStatus.GONE,
    "removed_legal": HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS,
    "away": HTTPStatus.SERVICE_UNAVAILABLE,
}


def _absent(why: str, edition: str, headers: Mapping[str, str] | None = None, **context: Any) -> Response:
    answer = _page("absent.html", edition, why=why, fresh=True, **context)
    answer.status_code = STATUS[why]
    answer.headers.update(headers or {})
    return answer


def _page(template: str, edition: str, **context: Any) -> Response:
    return make_response(render_template(template, edition=edition, say=WORDS[edition], **context))


def _no_such_page(error: HTTPException) -> Response:
    if error.code != HTTPStatus.NOT_FOUND:
        return error.get_response()  # type: ignore[return-value]  # Flask takes Werkzeug's own too
    return _absent("unknown", "en")


def _unavailable(_: ClientError) -> Response:
    edition = (request.view_args or {}).get("edition", "en")
    return _absent("away", edition, {"Retry-After": str(RETRY_SECONDS)})


def _secure(answer: Response, *, policy: str) -> Response:
    answer.headers["Content-Security-Policy"] = policy
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if request.endpoint != "static":
        # Kept by nobody: what is taken down must not come back with the back button.
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(subscription: Subscription, external_id: str, part: str | None = None) -> str:
    """Where readers flag without scripts."""
    query = {"article": external_id} | ({"part": part} if part else {})
    return f"{subscription.service}/flag/{subscription.site}?{urlencode(query)}"


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _shelf() -> Shelf:
    shelf: Shelf = current_app.extensions["shelf"]
    return shelf
