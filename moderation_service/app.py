"""One API process: its parts, its routes in the order of the flow, its error table."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter, IntegerConverter

from moderation_service import logs, pipeline
from moderation_service.api import (
    articles,
    backtests,
    cases,
    cors,
    dead_letters,
    decisions,
    docs,
    flags,
    legal,
    notices,
    operations,
    problems,
    quality,
    queue,
    reach,
    reporters,
    requests,
    rules,
    sessions,
    typed,
    webhooks,
)
from moderation_service.api.current import Services
from moderation_service.api.doors import activitypub, atproto
from moderation_service.api.ratelimits import RateLimits
from moderation_service.api.remembered import Remembered
from moderation_service.api.short_cut import ShortCut
from moderation_service.config import Settings
from moderation_service.console import routes as console
from moderation_service.db import Database
from moderation_service.intake.gate import Gate
from moderation_service.intake.submission import Recorded, Submission
from moderation_service.jobs import connect_bell
from moderation_service.sites import people
from moderation_service.sites import service as sites
from moderation_service.sites.provider import provider_of
from moderation_service.widget import routes as widget

BLUEPRINTS = (
    articles,
    reach,
    flags,
    legal,
    sessions,
    queue,
    cases,
    decisions,
    quality,
    reporters,
    rules,
    backtests,
    dead_letters,
    notices,
    webhooks,
)
BODY_LIMIT = 64 * 1024  # bytes; routes that need more say so


class Json(DefaultJSONProvider):
    """Dates as RFC 3339, wherever in an answer they stand; keys in the order they were written."""

    sort_keys = False
    ensure_ascii = False

    @staticmethod
    def default(value: Any) -> Any:
        """What JSON has no word for."""
        return value.isoformat() if isinstance(value, date) else DefaultJSONProvider.default(value)


class RowId(IntegerConverter):
    """A row's id in a path: no more digits than the database can hold."""

    regex = r"\d{1,18}"


class SmallRowId(IntegerConverter):
    """The same for a table that stays small, such as that of the moderators: its ids have 32 bits."""

    regex = r"\d{1,9}"


class Slug(BaseConverter):
    """A short plain name in a path; a verb may follow it after a colon."""

    regex = r"[a-z0-9][a-z0-9-]{0,62}"


class Hash(BaseConverter):
    """A keyed hash in a path, in hexadecimal digits; a verb may follow it after a colon."""

    regex = r"[0-9a-f]{32}"


def create_app(settings: Settings) -> Flask:
    """The WSGI application; opens no connection before the first request.

    Raises:
        ConfigError: a setting that the API cannot do without is missing, or cannot work.
    """
    settings.require("database_url", "redis_url", "secret_key")
    logs.configure(settings.log_level)
    app = Flask("moderation_service", static_folder=None)
    app.json = Json(app)
    app.config.update(
        MAX_CONTENT_LENGTH=BODY_LIMIT,
        API_TITLE="Moderation Service",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    services = app.extensions["moderation"] = connect(settings)
    app.wsgi_app = ShortCut(app.wsgi_app, services, body_limit=BODY_LIMIT)  # type: ignore[method-assign]
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies
        )
    app.url_map.converters |= {"hash": Hash, "row": RowId, "small": SmallRowId, "slug": Slug}
    requests.register(app)
    typed.register(app)
    cors.register(app)
    api = problems.ProblemApi(app, spec_kwargs={"info": docs.INFO, "servers": [{"url": settings.public_url}]})
    problems.register(app)
    docs.register(api)
    for module in BLUEPRINTS:
        api.register_blueprint(module.blueprint)
    for door in (activitypub, atproto):
        app.register_blueprint(door.blueprint)
    app.register_blueprint(operations.blueprint)
    app.register_blueprint(docs.blueprint)
    console.register(app)
    widget.register(app)
    return app


def connect(settings: Settings) -> Services:
    """The parts of an API process, connected to each other."""
    bell = connect_bell(settings)
    database = Database(settings, pool_size=settings.api_threads, bell=bell)

    def slow_way(submission: Submission) -> Recorded:
        with database.transaction() as session:
            return pipeline.submit_flag(session, submission)

    def in_transaction(function: Any) -> Any:
        def call(argument: str) -> Any:
            with database.transaction() as session:
                return function(session, argument)

        return call

    remember = timedelta(seconds=5)
    return Services(
        settings=settings,
        database=database,
        bell=bell,
        gate=Gate(settings, slow_way, lambda: bell.ring("triage.drain")),
        limits=RateLimits(settings),
        recognise_key=Remembered(in_transaction(sites.recognise), remember),
        recognise_person=in_transaction(people.recognise),
        origin_is_known=Remembered(in_transaction(sites.origin_is_known), remember),
        provider=provider_of(settings),
    )
