"""What people type into forms, as they typed it: browsers send each line end as two characters, and count it as one."""

from __future__ import annotations

import re
from typing import IO

from flask import Flask, Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]

_LINE_END = re.compile(r"\r\n?")


class AsTyped(FormDataParser):
    """Reads forms; a line end in a field is `\\n`, whether a browser sent the form or a script did."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Parsed:
        """The rest of the body, the fields and the files."""
        rest, form, files = super().parse(stream, mimetype, content_length, options)
        fields = [(name, _LINE_END.sub("\n", value)) for name, value in form.items(multi=True)]
        return rest, self.cls(fields), files


class TypedRequest(Request):
    """A request whose form says what was typed, so that no page has to think of how it was sent."""

    form_data_parser_class = AsTyped


def register(app: Flask) -> None:
    """Install it."""
    app.request_class = TypedRequest
