"""What the service answers, as types that a caller can match on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of an article, such as `p3`; without `text` it was removed, and the page says so in its place."""

    id: str
    kind: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Visible:
    """An article as readers may see it, perhaps without some of its parts. No `headline`: that was removed."""

    external_id: str
    url: str | None
    origin: str
    revision: int
    category: str | None
    headline: str | None
    place: str | None
    published_on: date | None
    language: str | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Hidden:
    """Answer 404: a person has to look at it first; ask again in `retry_after` seconds."""

    external_id: str
    retry_after: int


@dataclass(frozen=True, slots=True)
class Removed:
    """Answer 410: it was taken down."""

    external_id: str


@dataclass(frozen=True, slots=True)
class RemovedLegally:
    """Answer 451: it was taken down on legal grounds, by whoever `blocked_by` links to (RFC 7725)."""

    external_id: str
    blocked_by: str | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Answer 404: the service never heard of it."""

    external_id: str


Absent = Hidden | Removed | RemovedLegally | Unknown
Answer = Visible | Absent


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An article of the list. `state` is visible, redacted, hidden, removed or removed_legal; see `Answer`."""

    external_id: str
    url: str | None
    origin: str
    revision: int
    state: str
    category: str | None
    headline: str | None
    place: str | None
    published_on: date | None
    language: str | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Published:
    """What became of an article that was sent: created, changed or unchanged."""

    external_id: str
    revision: int
    outcome: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """A flag that is recorded; `links` has where its reader sees what becomes of it."""

    receipt: str
    status: str
    received_at: datetime
    links: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Standing(Receipt):
    """Where a flag stands, and since when the decision it led to is in force."""

    applied_at: datetime | None


class ReachResult(NamedTuple):
    """What became of a report of views: its status, and when it was refused, the problem."""

    status: int
    problem: Mapping[str, Any] | None


def article_of(body: Mapping[str, Any]) -> Visible:
    """The article in an answer."""
    parts = tuple(Part(part["id"], part["kind"], part.get("text")) for part in body["parts"])
    return Visible(**_face(body), parts=parts)


def listed_of(body: Mapping[str, Any]) -> Listed:
    """One article of a list."""
    return Listed(**_face(body), state=body["state"], changed_at=datetime.fromisoformat(body["changed_at"]))


def published_of(body: Mapping[str, Any]) -> Published:
    """What became of an article."""
    return Published(body["external_id"], body["revision"], body["outcome"])


def page_of(body: Mapping[str, Any]) -> tuple[list[Listed], str | None]:
    """The articles on one page of a list, and the cursor of the next."""
    return list(map(listed_of, body["articles"])), body["next_cursor"]


def results_of(body: Mapping[str, Any], *, names: Iterable[str]) -> dict[str, ReachResult]:
    """What became of each report of views; `names` are those of their articles, in the order of the reports."""
    results = (ReachResult(result["status"], result.get("problem")) for result in body["results"])
    return dict(zip(names, results, strict=True))


def receipt_of(body: Mapping[str, Any]) -> Receipt:
    """The receipt in an answer."""
    return Receipt(**_receipt(body))


def standing_of(body: Mapping[str, Any]) -> Standing:
    """The standing in an answer."""
    applied = body.get("applied_at")
    return Standing(**_receipt(body), applied_at=datetime.fromisoformat(applied) if applied else None)


def _face(body: Mapping[str, Any]) -> dict[str, Any]:
    dateline = body.get("dateline") or {}
    day = dateline.get("published_on")
    return {
        "external_id": body["external_id"],
        "url": body["url"],
        "origin": body["origin"],
        "revision": body["revision"],
        "category": body.get("category"),
        "headline": body.get("headline"),
        "place": dateline.get("place"),
        "published_on": date.fromisoformat(day) if day else None,
        "language": body.get("language"),
    }


def _receipt(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "receipt": body["receipt"],
        "status": body["status"],
        "received_at": datetime.fromisoformat(body["received_at"]),
        "links": body["links"],
    }
