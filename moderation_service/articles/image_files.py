"""Images fetched from where a site says that they are, for people who have to look at them.

Neither the site nor its article is believed: an image is what begins like one, of a kind that holds nothing but pixels.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urljoin

from moderation_service.articles.content import url_fault
from moderation_service.outbound import Answer, NotReached, Refused, call

SIZE_MOST = 5 * 1024 * 1024  # bytes
REDIRECTS_MOST = 3
SECONDS_MOST = 10.0  # after which no further redirect is followed; each call has a limit of its own
KINDS = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
    # A box of brands; the one that counts may stand behind others.
    "image/avif": re.compile(rb".{4}ftyp(?:.{4}){0,8}?avi[fs]", re.DOTALL),
}
HEADERS = {"Accept": ", ".join(KINDS), "User-Agent": "moderation-service"}


class Lack(StrEnum):
    """Why an image cannot be had."""

    NOT_REACHED = "not_reached"
    REFUSED = "refused"
    NOT_GIVEN = "not_given"
    LED_ASTRAY = "led_astray"
    NOT_WHOLE = "not_whole"
    TOO_LARGE = "too_large"
    NO_IMAGE = "no_image"


class NoImage(Exception):
    """There is no image to show; `lack` says why."""

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack.value)
        self.lack = lack


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image as it came, and its media type."""

    kind: str
    body: bytes


def fetch(url: str, *, allow_private: bool) -> ImageFile:
    """The image at an address, or where that leads to; each address on the way is checked like the first.

    Raises:
        NoImage: it cannot be had, is too large, or is no image of a kind that we show.
    """
    until = time.monotonic() + SECONDS_MOST
    for _ in range(REDIRECTS_MOST + 1):
        answer = _asked(url, allow_private=allow_private)
        if not 300 <= answer.status < 400 or "location" not in answer.headers:
            return _image(answer)
        if time.monotonic() > until:
            raise NoImage(Lack.NOT_REACHED)
        url = _led_to(url, answer.headers["location"])
    raise NoImage(Lack.LED_ASTRAY)


def kind_of(body: bytes) -> str | None:
    """The media type of what begins like an image; None where it does not."""
    return next((kind for kind, beginning in KINDS.items() if beginning.match(body)), None)


def _asked(url: str, *, allow_private: bool) -> Answer:
    try:
        return call("GET", url, headers=HEADERS, allow_private=allow_private, read_most=SIZE_MOST)
    except NotReached as error:
        raise NoImage(Lack.NOT_REACHED) from error
    except Refused as error:
        raise NoImage(Lack.REFUSED) from error


def _led_to(url: str, location: str) -> str:
    try:
        found = urljoin(url, location)
    except ValueError as error:
        raise NoImage(Lack.LED_ASTRAY) from error
    if url_fault(found):
        raise NoImage(Lack.LED_ASTRAY)
    return found


def _image(answer: Answer) -> ImageFile:
    if answer.status != 200:
        raise NoImage(Lack.NOT_GIVEN)
    kind = kind_of(answer.body)
    if kind is None:
        raise NoImage(Lack.NO_IMAGE)
    if not answer.whole:
        raise NoImage(Lack.TOO_LARGE if len(answer.body) >= SIZE_MOST else Lack.NOT_WHOLE)
    return ImageFile(kind, answer.body)
