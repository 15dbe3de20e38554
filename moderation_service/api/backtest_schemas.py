"""The shape of backtests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from moderation_service.api.fields import Text
from moderation_service.triage.rules import RuleSchema

# Before any site had readers' flags; dates of long ago are beyond what Python and PostgreSQL both know.
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class NewBacktestSchema(Schema):
    """A rule to try, and the stretch of the past to try it on."""

    document = fields.Nested(RuleSchema, load_default=None, metadata={"description": "A rule as it stands here."})
    rule = Text(
        longest=63,
        load_default=None,
        metadata={"description": "Without one: the name of a rule in the book, the site's or else the one for all."},
    )
    from_at = fields.AwareDateTime(required=True, data_key="from", validate=validate.Range(min=EARLIEST))
    to_at = fields.AwareDateTime(
        required=True,
        data_key="until",
        validate=validate.Range(min=EARLIEST),
        metadata={"description": "It ends before this, and now at the latest; at most a year after `from`."},
    )

    @validates_schema
    def _check_rule(self, data: dict[str, Any], **_options: Any) -> None:
        if data["document"] is None and data["rule"] is None:
            raise ValidationError("Send a document, or the name of a rule.", "document")


class BacktestSchema(Schema):
    """A backtest, and once it is done what came of it."""

    id = fields.Integer()
    state = fields.String(validate=validate.OneOf(["waiting", "running", "done", "cancelled", "failed"]))
    done = fields.Float(metadata={"description": "How much of it, from 0 to 1."})
    document = fields.Dict()
    from_at = fields.AwareDateTime(data_key="from")
    to_at = fields.AwareDateTime(data_key="until")
    author = fields.String()
    asked_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    result = fields.Dict(
        allow_none=True,
        metadata={"description": "Figures, and the most urgent of the cases; all of them are in the CSV."},
    )
    error = fields.String(allow_none=True)
