"""The shape of readers who flagged, and of what is asked about them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from moderation_service.api.fields import Text
from moderation_service.api.paging import PageQuerySchema


class ReporterQuerySchema(PageQuerySchema):
    """Which readers."""

    site = Text(longest=63, load_default=None, metadata={"description": "Its readers; without it, those of all yours."})
    muted = fields.String(
        validate=validate.OneOf(["asked", "confirmed", "any"]),
        load_default=None,
        metadata={"description": "`asked`: by a rule, and waiting for a person's word."},
    )
    trusted = fields.Boolean(load_default=None)


class MutedBySchema(Schema):
    """Which version of a rule asked for a mute."""

    rule = fields.String()
    version = fields.Integer()


class StandingNoteSchema(Schema):
    """What the person said who changed a reader's standing last."""

    note = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()


class ReporterRowSchema(Schema):
    """A reader in a list."""

    reporter = fields.String(metadata={"description": "His keyed hash, as the flags of a case show it."})
    site = fields.String()
    upheld = fields.Integer(metadata={"description": "In how many cases his voice was upheld."})
    rejected = fields.Integer()
    pending = fields.Integer(metadata={"description": "In how many open cases he has a voice."})
    account_since = fields.AwareDateTime(allow_none=True, metadata={"description": "If the site says so."})
    first_flag_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "None for who was trusted before he flagged."}
    )
    trusted = fields.Boolean()
    muted = fields.String(allow_none=True, metadata={"description": "asked or confirmed; his voice weighs nothing."})
    muted_at = fields.AwareDateTime(allow_none=True, metadata={"description": "Since when: when the rule fired."})
    muted_by = fields.Nested(MutedBySchema, allow_none=True, metadata={"description": "None: a person alone."})
    barred_until = fields.AwareDateTime(
        allow_none=True, metadata={"description": "Until then his voice helps to hide nothing."}
    )
    note = fields.Nested(StandingNoteSchema, allow_none=True)


class ReporterPageSchema(Schema):
    """A page of readers."""

    reporters = fields.List(fields.Nested(ReporterRowSchema))
    next_cursor = fields.String(allow_none=True)


class VoiceSchema(Schema):
    """A reader's voice in one case."""

    case_id = fields.Integer()
    standing = fields.String(metadata={"description": "pending, upheld, rejected, withdrawn, or late: never judged."})
    weight = fields.Float(metadata={"description": "What it adds to the log odds of the case, or added last."})


class ReporterDetailSchema(ReporterRowSchema):
    """A reader, with his latest voices."""

    voices = fields.List(fields.Nested(VoiceSchema))
