"""What an ActivityPub `Flag` says, in the shapes that are sent.

No profile of it exists. Mastodon names the account and its statuses in one list, with the comment as `content`; Lemmy
names one object, with the reason as `summary`. https://www.w3.org/TR/activitystreams-vocabulary/#dfn-flag
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from moderation_service.articles.content import url_fault
from moderation_service.doors.labels import reason_in
from moderation_service.doors.plain_text import plain_text
from moderation_service.doors.report import Named, Report, is_name
from moderation_service.errors import Invalid
from moderation_service.sites.models import Door

COMMENT_LONGEST = 5_000
OBJECTS_MOST = 100
ACCOUNTS = frozenset({"Application", "Group", "Organization", "Person", "Service"})
# What servers tell everybody they know of; it concerns nothing that is kept here.
HOUSEKEEPING = frozenset({"Delete", "Update"})


def kind_of(activity: Mapping[str, Any]) -> str:
    """The type of an activity, which may also be a list of one."""
    kind = activity.get("type")
    (kind,) = kind if isinstance(kind, list) and len(kind) == 1 else (kind,)
    return kind if isinstance(kind, str) else ""


def actor_of(activity: Mapping[str, Any]) -> str:
    """The URI of whoever did it.

    Raises:
        Invalid: it has none that can be asked.
    """
    actor = _uri(activity.get("actor"))
    if actor is None or url_fault(actor):
        raise Invalid("An activity has an actor with an http or https URI", field="actor")
    return actor


def report_of(activity: Mapping[str, Any], *, sent: bytes) -> Report:
    """What a `Flag` says, which came as these bytes; who sends it was checked before.

    Raises:
        Invalid: it is no `Flag`, or a member of it has no form that is known.
    """
    if kind_of(activity) != "Flag":
        raise Invalid("This inbox takes activities of the type Flag", field="type")
    actor, words = actor_of(activity), _words(activity)
    host = urlsplit(actor).netloc.lower()
    return Report(
        door=Door.ACTIVITYPUB,
        reporter=actor,
        objects=_objects(activity.get("object")),
        reason=reason_in(words),
        comment=words or None,
        host=host,
        # Activities may go without an id when they are not meant to last (ActivityPub, 3), and come twice all the same.
        uid=_own_id(activity, host) or f"sha-256:{sha256(sent).hexdigest()}",
    )


def _own_id(activity: Mapping[str, Any], host: str) -> str | None:
    """The activity's id, if it is from its sender's server: with another's, one could stand in for that one's."""
    uri = _uri(activity.get("id"))
    return uri if uri and not url_fault(uri) and urlsplit(uri).netloc.lower() == host else None


def _words(activity: Mapping[str, Any]) -> str:
    for name in ("content", "summary"):
        words = activity.get(name)
        if words is not None and not isinstance(words, str):
            raise Invalid(f"The {name} of a Flag is a text", field=name)
        if words:
            return plain_text(words, longest=COMMENT_LONGEST)
    return ""


def _objects(told: object) -> tuple[Named, ...]:
    """What is reported; the first of a list may be the account that wrote the others."""
    members = told if isinstance(told, list) else [told]
    if len(members) > OBJECTS_MOST:
        raise Invalid(f"A Flag names {OBJECTS_MOST} objects at most", field="object")
    found = [
        Named(uri, doubtful=isinstance(told, list) and place == 0)
        for place, member in enumerate(members)
        if not (isinstance(member, dict) and kind_of(member) in ACCOUNTS) and (uri := _uri(member)) is not None
    ]
    return tuple(found)


def _uri(told: object) -> str | None:
    """The URI of something, which is told by it or as an object that has it as its id."""
    uri = told.get("id") if isinstance(told, dict) else told
    return str(uri) if is_name(uri) else None
