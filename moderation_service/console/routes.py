"""The console's pages, module by module; the app registers them here."""

from __future__ import annotations

from flask import Flask

from moderation_service.console import account, files, home, identities, openid, password, second_factor, sign_in, words
from moderation_service.console.admin import (
    accounts,
    dead_letters,
    keys,
    overview,
    people,
    person,
    policies,
    sites,
    trail,
    webhooks,
)
from moderation_service.console.blueprint import blueprint
from moderation_service.console.desk import approvals, case, deciding, handling, images, queue, together, views
from moderation_service.console.numbers import views as numbers
from moderation_service.console.pages import furnish
from moderation_service.console.quality import views as quality
from moderation_service.console.rules import backtesting, editing, listing, one, reverting, why

ACCOUNT = (sign_in, openid, account, password, second_factor, identities)
DESK = (queue, views, case, images, handling, deciding, together, approvals)
ADMIN = (overview, sites, keys, webhooks, people, person, accounts, policies, dead_letters, trail)
RULES = (listing, one, reverting, editing, backtesting, why)
# Importing one hangs its pages on the blueprint.
PAGES = (home, files, *ACCOUNT, *DESK, numbers, quality, *ADMIN, *RULES)


def register(app: Flask) -> None:
    """Install the console; every catalogue is read now, so that a broken one is not found by a reader."""
    furnish(app)
    for code in words.languages():
        words.catalogue(code)
    app.register_blueprint(blueprint)
