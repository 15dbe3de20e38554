"""The two routes that give what was given up on another life; the same for decisions and for notices."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from moderation_service import dead_letters
from moderation_service.api.blueprint import Blueprint
from moderation_service.api.current import person, transaction
from moderation_service.api.recognition import for_moderators
from moderation_service.dead_letters import Kind
from moderation_service.policy.vocabulary import Role


class ReplayedSchema(Schema):
    """How many have another life."""

    replayed = fields.Integer()


def add_replays(blueprint: Blueprint, path: str, kind: Kind) -> None:
    """Hang both on a blueprint, beneath the path of its list."""

    @blueprint.route(path + "/<row:row_id>:replay", methods=["POST"])
    @for_moderators
    @blueprint.response(200, ReplayedSchema)
    def replay(row_id: int) -> dict[str, Any]:
        """Try one anew, all its tries."""
        with transaction() as session:
            dead_letters.replay(session, kind, row_id, person())
        return {"replayed": 1}

    @blueprint.route(path + ":replay-all", methods=["POST"])
    @for_moderators
    @blueprint.response(200, ReplayedSchema)
    def replay_all() -> dict[str, Any]:
        """Try all of them anew, on the sites where you are a senior."""
        sites, actor = person().sites_as(Role.SENIOR), person().actor
        with transaction() as session:
            return {"replayed": dead_letters.replay_all(session, kind, sites=sites, actor=actor)}
