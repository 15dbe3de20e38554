"""Moderators sign in and out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import request
from marshmallow import Schema, fields

from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, services, transaction
from moderation_service.api.fields import Text
from moderation_service.api.recognition import for_anybody, for_moderators, takes_passwords
from moderation_service.api.submissions import network_of
from moderation_service.policy import service as policy
from moderation_service.policy.vocabulary import REASONS
from moderation_service.sites import people, signing_in

blueprint = Blueprint("sessions", __name__, url_prefix="/v1", description="Who moderates, and by which policy.")


class SignInSchema(Schema):
    """Who signs in."""

    username = Text(longest=100, shortest=1, required=True)
    password = Text(longest=1000, shortest=1, required=True, load_only=True)
    code = Text(
        longest=40,
        shortest=1,
        load_only=True,
        metadata={"description": "A one-time or a recovery code, where the account has a second factor."},
    )


class SessionSchema(Schema):
    """A session."""

    token = fields.String(metadata={"description": "Send it as `Authorization: Bearer`."})
    expires_in = fields.Integer(metadata={"description": "Seconds."})


class RoleSchema(Schema):
    """A role on a site; null for all sites."""

    site_id = fields.Integer(allow_none=True)
    role = fields.String()


class PersonSchema(Schema):
    """A moderator."""

    id = fields.Integer()
    username = fields.String()
    display_name = fields.String()
    roles = fields.List(fields.Nested(RoleSchema))


class PolicyQuerySchema(Schema):
    """Whose policy."""

    site = Text(longest=63, load_default=None, metadata={"description": "Left out: the house's own."})


class PolicySchema(Schema):
    """The words of reports and the clauses of decisions."""

    id = fields.Integer(metadata={"description": "Send it as the `policy_id` of a takedown that cites a clause of it."})
    version = fields.Integer()
    second_for_editorial = fields.Boolean(
        metadata={"description": "Takedowns of editorial articles wait for a second person."}
    )
    second_over = fields.Integer(
        allow_none=True,
        metadata={"description": "Takedowns sent together with more than so many others wait; null: none does."},
    )
    qa_percent = fields.Float(metadata={"description": "So many of the decided cases are put before a senior, blind."})
    reasons = fields.List(fields.Dict())
    clauses = fields.List(fields.Dict())


@blueprint.route("/sessions", methods=["POST"])
@for_anybody
@takes_passwords
@blueprint.arguments(SignInSchema)
@blueprint.response(201, SessionSchema)
def sign_in(who: dict[str, Any]) -> dict[str, Any]:
    """Sign in with a password; ten tries in five minutes, for an account and for an address."""
    settings, limits = services().settings, services().limits
    limits.hit("login", "network " + network_of(request.remote_addr))
    limits.hit("login", "account " + people.folded(who["username"]))
    lifetime = timedelta(hours=settings.session_hours)
    with transaction() as session:
        token = signing_in.sign_in(session, **who, lifetime=lifetime, key=settings.secret_key)
    return {"token": token, "expires_in": int(lifetime.total_seconds())}


@blueprint.route("/sessions/current", methods=["DELETE"])
@for_moderators
@blueprint.response(204)
def sign_out() -> None:
    """Sign out: the token is worth nothing from now on."""
    with transaction() as session:
        people.end_session(session, person().token_id)


@blueprint.route("/me", methods=["GET"])
@for_moderators
@blueprint.response(200, PersonSchema)
def me() -> dict[str, Any]:
    """Who I am here, and what I may do."""
    who = person()
    return {
        "id": who.id,
        "username": who.username,
        "display_name": who.display_name,
        "roles": [{"site_id": site_id, "role": role.value} for site_id, role in who.roles],
    }


@blueprint.route("/policy", methods=["GET"])
@for_moderators
@blueprint.arguments(PolicyQuerySchema, location="query")
@blueprint.response(200, PolicySchema)
def policy_in_force(query: dict[str, Any]) -> dict[str, Any]:
    """The reasons readers give, and the clauses a takedown may cite: those in force on a site, or the house's own."""
    with transaction() as session:
        site = people.site_for(session, person(), query["site"]) if query["site"] else None
        version = policy.in_force(session, site.id if site else None)
        clauses = policy.clauses(session, version)
    return {
        "id": version.id,
        "version": version.number,
        "second_for_editorial": version.second_for_editorial,
        "second_over": version.second_over,
        "qa_percent": version.qa_percent,
        "reasons": [{"reason": r.value, "severity": f.severity, "gloss": f.gloss} for r, f in REASONS.items()],
        "clauses": [{"clause": c.code, "title": c.title, "text": c.text, "grounds": c.grounds} for c in clauses],
    }
