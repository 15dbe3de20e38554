"""Fields that let only valid text through, and name what is wrong with the rest."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validate

from moderation_service.articles.content import text_fault, url_fault

EMAIL_MAX = 254


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


class MailAddress(Text):
    """An e-mail address; whether it exists, only a mail to it can tell."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=EMAIL_MAX, checks=[validate.Email()], **options)


class Whole(fields.Integer):
    """A whole number that the database can hold; `from_text` also reads one out of a query string."""

    def __init__(self, *, least: int = 0, most: int = 2**31 - 1, from_text: bool = False, **options: Any) -> None:
        super().__init__(strict=not from_text, validate=validate.Range(min=least, max=most), **options)


def _check_url(value: str) -> None:
    fault = url_fault(value)
    if fault is not None:
        raise ValidationError(f"The address {fault}.")
