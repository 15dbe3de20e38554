"""Blueprints whose routes read JSON bodies, and refuse every body that is none."""

from __future__ import annotations

import json
from typing import Any

import flask_smorest
from flask import Request
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import UnsupportedMediaType


class JsonParser(FlaskParser):
    """Reads JSON bodies."""

    def _raw_load_json(self, req: Request) -> Any:
        if not is_json_request(req) and req.get_data(cache=True):
            raise UnsupportedMediaType("Send the body as application/json.")
        try:
            return super()._raw_load_json(req)
        except json.JSONDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            # Python reads no number of more than 4,300 digits, and no deeper nesting than its own stack.
            raise json.JSONDecodeError(str(error), doc="…", pos=0) from error


class Blueprint(flask_smorest.Blueprint):
    """A part of the API."""

    ARGUMENTS_PARSER = JsonParser()
