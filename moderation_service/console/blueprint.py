"""The console's one blueprint: every page hangs on it, and what holds for all of them is installed here."""

from __future__ import annotations

from flask import Blueprint

from moderation_service.console import compression, csrf, failures, flashes, headers

blueprint = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
blueprint.before_request(csrf.check)
# The last one here is the first to see an answer.
blueprint.after_request(compression.compress)
blueprint.after_request(flashes.save)
blueprint.after_request(csrf.save)
blueprint.after_request(headers.secure)
failures.register(blueprint)
