"""What a report says, whichever network it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from moderation_service.policy.vocabulary import Reason
from moderation_service.sites.models import Door

URI_LONGEST = 1_000  # characters of a name that others give themselves or us; it becomes the key of a row


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a report names; `doubtful`, where it may be the account of whoever wrote what is reported."""

    uri: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report, as far as it concerns us.

    `reporter` is the URI that its network knows its sender by, `uid` what tells the report from his others, where
    several of them may be about the same, and `host` the server it came from, as far as that is known. `detail` is kept
    beside the flags.
    """

    door: Door
    reporter: str
    objects: tuple[Named, ...]
    reason: Reason
    comment: str | None
    host: str | None
    uid: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


_NAME = re.compile(rf"[\x21-\x7e]{{1,{URI_LONGEST}}}")


def is_name(value: object) -> TypeGuard[str]:
    """Whether this can name somebody or something: printable ASCII, without blanks, and not too long."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None
