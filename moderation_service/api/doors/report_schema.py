"""The shape of a `createReport`; its objects are open, so that members nobody knows here are passed by."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from moderation_service.api.fields import Text
from moderation_service.doors.create_report import ACCOUNT, REASON_BYTES, RECORD
from moderation_service.doors.dids import is_did
from moderation_service.doors.report import URI_LONGEST, is_name

TYPE_LONGEST = 500


def _check_uri(value: str) -> None:
    if not is_name(value):
        raise ValidationError("This is no URI.")


def _check_did(value: str) -> None:
    if not is_did(value):
        raise ValidationError("This is no did:plc or did:web.")


class _Open(Schema):
    class Meta:
        unknown = EXCLUDE


class SubjectSchema(_Open):
    """What is reported."""

    type = fields.String(required=True, data_key="$type", validate=validate.OneOf([RECORD, ACCOUNT]))
    uri = Text(longest=URI_LONGEST, checks=[_check_uri])
    cid = Text(longest=200)

    @validates_schema
    def _names_a_record(self, data: dict[str, Any], **_: Any) -> None:
        if data["type"] == RECORD and "uri" not in data:
            raise ValidationError("A strongRef has this.", "uri")


class ModToolSchema(_Open):
    """With what the report was made."""

    name = Text(longest=TYPE_LONGEST, required=True)
    meta = fields.Dict()


class ReportSchema(_Open):
    """A report; `reportedBy` is ours, for whoever passes on what others report."""

    reason_type = Text(longest=TYPE_LONGEST, shortest=1, required=True, data_key="reasonType")
    reason = Text(longest=REASON_BYTES)
    subject = fields.Nested(SubjectSchema, required=True)
    mod_tool = fields.Nested(ModToolSchema, data_key="modTool")
    reported_by = Text(longest=URI_LONGEST, data_key="reportedBy", checks=[_check_did])


REPORT = ReportSchema()
