"""The OpenAPI document, made from the schemas that check the requests, and a page to read it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema

from moderation_service.api.problems import ProblemApi

INFO: dict[str, Any] = {
    "description": "Readers' flags in, moderators' decisions applied to the content store and read back. "
    "Every error is problem details (RFC 9457).",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}


def schema_name(schema: Schema | type[Schema] | str) -> str:
    """The name of a schema in the document: its class's, without the word Schema."""
    name = schema if isinstance(schema, str) else (schema if isinstance(schema, type) else type(schema)).__name__
    return name.removesuffix("Schema")


SPEC_OPTIONS: dict[str, Any] = {}


def register(api: ProblemApi) -> None:
    """Name the two ways to show who one is."""
    bearer = {"type": "http", "scheme": "bearer"}
    api.spec.components.security_scheme("siteKey", bearer | {"description": "A site's publishable or secret key."})
    api.spec.components.security_scheme("moderatorToken", bearer | {"description": "A session or a personal token."})
