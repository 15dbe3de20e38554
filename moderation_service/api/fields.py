"""Fields that let only valid text through, and name what is wrong with the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, fields, validate

from moderation_service import mail_address
from moderation_service.articles.aliases import ALIAS_LONGEST, alias_fault
from moderation_service.articles.content import text_fault, url_fault

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the web is no older, nor is anybody's account on it


class Matches(validate.Regexp):
    """The whole text has this form; marshmallow's own validator is content with the beginning."""

    def __call__(self, value: Any) -> Any:
        """The value, when it matches to its end."""
        if self.regex.fullmatch(value) is None:
            raise ValidationError(self._format_error(value))
        return value


class Text(fields.String):
    """A bounded string of valid Unicode: no NUL, no lone surrogate, no stray control character."""

    def __init__(self, *, longest: int, shortest: int = 0, **options: Any) -> None:
        length = validate.Length(min=shortest or None, max=longest)
        super().__init__(validate=[length, *options.pop("checks", ())], **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        words: str = super()._deserialize(value, attr, data, **options)
        fault = text_fault(words)
        if fault is not None:
            raise ValidationError(f"The text {fault}.")
        return words


class WebAddress(Text):
    """An http or https URL."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=2000, checks=[_check_url], **options)


class Uri(Text):
    """An http, https or at:// URI."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=ALIAS_LONGEST, checks=[_check_uri], **options)


class MailAddress(Text):
    """An e-mail address, as mail travels to it; whether it exists, only a mail to it can tell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=mail_address.LONGEST, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        address = mail_address.mailable(super()._deserialize(value, attr, data, **options))
        if address is None:
            raise ValidationError("Not an address that mail can be sent to.")
        return address


class Whole(fields.Integer):
    """A whole number that the database can hold; `from_text` also reads one out of a query string."""

    def __init__(self, *, least: int = 0, most: int = 2**31 - 1, from_text: bool = False, **options: Any) -> None:
        super().__init__(strict=not from_text, validate=validate.Range(min=least, max=most), **options)


class Moment(fields.AwareDateTime):
    """A time with its offset, not before the web; it comes out in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        moment: datetime = super()._deserialize(value, attr, data, **options)
        if moment < EARLIEST:
            raise ValidationError("This is before the web was made.")
        try:
            return moment.astimezone(UTC)
        except OverflowError as error:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE) from error


class Reporter(NamedTuple):
    """A reader as his site names him, and since when he has an account there, if it says so."""

    id: str
    first_seen_at: datetime | None = None


class ReporterSchema(Schema):
    """A reader, with what his site knows of him."""

    id = Text(longest=200, shortest=1, required=True)
    first_seen_at = Moment()


_ID: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 200}
_REPORTER: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": _ID,
        "first_seen_at": {
            "type": "string",
            "format": "date-time",
            "description": "Since when the site knows him; his first flags count for less while he is new.",
        },
    },
    "required": ["id"],
    "additionalProperties": False,
}


class ReporterField(fields.Field[Reporter]):
    """A reader: his id alone, or an object with his id and since when he has an account."""

    def __init__(self, *, description: str) -> None:
        super().__init__(metadata={"description": description, "oneOf": [_ID, _REPORTER]})
        self._alone = Text(longest=200, shortest=1)
        self._object = ReporterSchema()

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Reporter:
        if isinstance(value, dict):
            return Reporter(**self._object.load(value))
        return Reporter(self._alone.deserialize(value))


class OneByOne(fields.Nested):
    """An object that the API's document describes, left as it came: a batch is not refused for one of its members.

    Whatever it is, its own schema refuses it, once its turn has come.
    """

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        """The value."""
        return value


def _check_url(value: str) -> None:
    fault = url_fault(value)
    if fault is not None:
        raise ValidationError(f"The address {fault}.")


def _check_uri(value: str) -> None:
    fault = alias_fault(value)
    if fault is not None:
        raise ValidationError(f"The address {fault}.")
