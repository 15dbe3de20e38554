"""What a browser would send of a form that a page shows."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


def seen_on(page: str) -> str:
    """What a page with a form knows by what its settings were when it was opened."""
    found = re.search(r'name="seen" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def fields_of(answer: TestResponse, form_id: str) -> MultiDict[str, str]:
    """The fields of a form as they stand, without its buttons."""
    reader = _Reader(form_id)
    reader.feed(answer.text)
    return reader.fields


class _Reader(HTMLParser):
    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.fields: MultiDict[str, str] = MultiDict()
        self._form_id, self._inside = form_id, False
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        name, value = known.get("name", ""), known.get("value", "")
        if tag == "form":
            self._inside = known.get("id") == self._form_id
        elif not self._inside:
            return
        elif tag == "input" and (known.get("type") != "checkbox" or "checked" in known):
            self.fields.add(name, value)
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in known or self._select not in self.fields):
            self.fields[self._select] = value
        elif tag == "textarea":
            self._textarea, self.fields[name] = name, ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.fields[self._textarea] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None
        elif tag == "form":
            self._inside = False
