"""The form for flagging without a script: what its address asks, what was typed, and the flag that it becomes. Pure."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from re import fullmatch
from typing import Any

from moderation_service.api.flag_schemas import PART_ID, VISITOR
from moderation_service.articles.addresses import address_fault
from moderation_service.articles.content import EXTERNAL_ID, HEADLINE_MAX
from moderation_service.intake.legal import ITEMS_MOST
from moderation_service.queries import Flaggable

ADDRESS_TOLD = 120  # characters of an address that is wrong, which are enough to find it by
ONCE = "once"  # the field that makes one of a form that was sent twice, whatever was changed between
# The field of the form that a field of the API is typed into.
TYPED_IN = {
    **{name: name for name in ("reason", "email", "name")},
    **{"comment": "why", "explanation": "why", "target": "words", "items": "words", "article": "url"},
}
# What is said of a field that is not as it must be, by its name among the words for readers.
WRONG = {
    "reason": "flagging.required",
    "why": "form.not_taken",
    "words": "form.not_taken",
    "name": "form.not_taken",
    "email": "flagging.email_wrong",
    "url": "form.address_wrong",
}


class Faulty(Exception):
    """Something that was typed, or was not, keeps it from being sent: by field, the name of the words for it.

    `places` are what those words have room for, such as the very line that is wrong.
    """

    def __init__(self, faults: Mapping[str, str], **places: object) -> None:
        super().__init__(faults)
        self.faults, self.places = faults, places


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form's address says of the article; whatever of it cannot be is as if it were not there."""

    external_id: str | None
    url: str | None
    title: str | None
    part: str | None

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Asked:
        """What these arguments of an address say."""
        told = {name: address.get(name) or "" for name in ("article", "url", "title", "part")}
        return cls(
            external_id=told["article"] if EXTERNAL_ID.fullmatch(told["article"]) else None,
            url=told["url"] if address_fault(told["url"]) is None else None,
            title=told["title"] if 0 < len(told["title"]) <= HEADLINE_MAX else None,
            part=told["part"] if fullmatch(PART_ID, told["part"]) else None,
        )


def typed_into(form: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """What was typed into these fields, without the white space around it, and its token."""
    typed = {name: form.get(name, "").strip() for name in names}
    token = form.get(ONCE, "")
    return typed | {ONCE: token if fullmatch(VISITOR, token) else new_token()}


def new_token() -> str:
    """A token for a new page."""
    return secrets.token_hex(16)


def key_of(typed: Mapping[str, str]) -> str:
    """The Idempotency-Key of a form: what is sent from one page is one flag, or one notice."""
    return f"form/{typed[ONCE]}"


def sent_as(address: str, typed: Mapping[str, str]) -> bytes:
    """All that a form sent, as its address and what was typed: the same only when it is sent again as it was."""
    return repr((address, sorted(typed.items()))).encode()


def article_of(asked: Asked, about: Flaggable, typed: Mapping[str, str]) -> dict[str, str]:
    """The article, as the API takes it: as the address of the form names it, or as somebody typed.

    Raises:
        Faulty: nothing says which article, or it is not the site's.
    """
    if about.asks_address and about.url is None:
        url = typed["url"]
        wrong = "form.address_wrong" if address_fault(url) else "form.address_foreign"
        raise Faulty({"url": wrong if url else "flagging.required"})
    named = {"external_id": asked.external_id, "url": about.url, "title": asked.title}
    return {name: value for name, value in named.items() if value is not None}


def items_of(about: Flaggable, typed: Mapping[str, str]) -> list[dict[str, Any]]:
    """The further addresses of a legal notice, one on each line, as the API takes them.

    Raises:
        Faulty: one is none, or none of the site's, or they are too many.
    """
    lines = list(enumerate(typed["urls"].split("\n"), start=1))
    urls = [url for number, line in lines for url in _own_addresses(about, number, line)]
    if len(urls) >= ITEMS_MOST:
        raise Faulty({"urls": "form.not_taken"})
    return [{"article": {"url": url}} for url in dict.fromkeys(urls)]


def _own_addresses(about: Flaggable, number: int, line: str) -> list[str]:
    """The addresses in one line of many, each of them the site's."""
    for url in line.split():
        wrong = "form.line_wrong" if address_fault(url) else None if about.owns(url) else "form.line_foreign"
        if wrong:
            raise Faulty({"urls": wrong}, line=number, address=url[:ADDRESS_TOLD])
    return line.split()


def target_of(about: Flaggable, typed: Mapping[str, str]) -> dict[str, Any]:
    """What in the article is meant, as the API takes it; words that were typed say it best."""
    if typed["words"]:
        return {"kind": "quotation", "selector": {"exact": typed["words"]}}
    if about.part is not None and typed["place"] == "part":
        return {"kind": "part", "part": about.part}
    return {"kind": "article"}


def filled(**fields: str) -> dict[str, str]:
    """Those of these fields that something was typed into."""
    return {name: value for name, value in fields.items() if value}


def faults_in(problems: Mapping[Any, Any]) -> dict[str, str]:
    """What is wrong in the fields of the form, as the API's schema said it of its own."""
    fields = {TYPED_IN.get(str(name), "") for name in problems}
    return {field: WRONG[field] for field in fields if field}
