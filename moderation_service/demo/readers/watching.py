"""What the service says meanwhile: its queue, as a moderator sees it, and what readers may see of each article."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from moderation_service.client import ClientError
from moderation_service.demo.readers.access import Access
from moderation_service.demo.readers.browser import AwayError, Browser
from moderation_service.demo.readers.events import Flag, Kind
from moderation_service.demo.readers.judging import GONE, Waiting, may_flag, on_top, waiting
from moderation_service.demo.readers.tally import Clock, Tally
from moderation_service.demo.world import world

EVERY = 1.5  # seconds
OVERLAP = timedelta(minutes=1)  # see `ModerationService.list_articles`


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen last. `risen` and `gone` say after how many seconds of the play.

    `looked` is false before the first answer; `queue` is None where the demo's moderator is not let in; `away` says why
    the service does not answer, if so.
    """

    looked: bool = False
    queue: Sequence[Waiting] | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    risen: Mapping[str, float] = field(default_factory=dict)
    gone: Mapping[str, float] = field(default_factory=dict)
    away: str | None = None


class Watch:
    """Asks again and again, in a thread of its own; `besieged` are the articles that a brigade is after."""

    def __init__(self, access: Access, tally: Tally, *, now: Clock, besieged: Collection[str]) -> None:
        self._access = access
        self._tally = tally
        self._now = now
        self._besieged = besieged
        self._site = access.site_client(tries=1)
        self._desk = Desk(access)
        self._since: datetime | None = None
        self._states: dict[str, str] = {}
        self._risen: dict[str, float] = {}
        self._gone: dict[str, float] = {}
        self.seen = Seen()

    def look(self) -> None:
        """Ask once."""
        try:
            self._look_at_articles()
            rows = self._desk.queue()
        except (ClientError, AwayError) as error:
            self.seen = Seen(**{**self._told(self.seen.queue), "looked": self.seen.looked, "away": str(error)})
            return
        queue = None if rows is None else waiting(rows, world(), self._besieged)
        for case in on_top(queue or []):
            self._risen.setdefault(case.article, self._now())
        self.seen = Seen(**self._told(queue))

    def keep_looking(self, stop: threading.Event) -> None:
        """Ask until `stop`, and a last time then."""
        while not stop.wait(EVERY):
            self.look()
        self.look()
        self.leave()

    def leave(self) -> None:
        """Look no more."""
        self._desk.leave()

    def may_flag(self, flag: Flag) -> bool:
        """Whether there is still to be seen what somebody wants to flag."""
        return may_flag(self._states.get(flag.article), harm=flag.kind is Kind.HONEST)

    def _look_at_articles(self) -> None:
        for row in self._site.list_articles(changed_since=self._since and self._since - OVERLAP):
            before = self._states.get(row.external_id)
            self._states[row.external_id] = row.state
            self._since = max(self._since or row.changed_at, row.changed_at)
            if row.state != (before or "visible") and row.external_id in world():
                self._changed(row.external_id, row.state)

    def _changed(self, article: str, state: str) -> None:
        if state in GONE | {"redacted"}:
            self._gone.setdefault(article, self._now())
        else:
            self._gone.pop(article, None)
        self._tally.count(words=f"readers see of {article} now: {state}")

    def _told(self, queue: Sequence[Waiting] | None) -> dict[str, Any]:
        return {
            "looked": True,
            "queue": queue,
            "states": {**self._states},
            "risen": {**self._risen},
            "gone": {**self._gone},
        }


class Desk:
    """The queue, as the demo's moderator sees it; signs in with what the run keeps of him, and out at the end."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._browser: Browser | None = None
        self._let_in = access.password is not None

    def queue(self) -> Sequence[Mapping[str, Any]] | None:
        """The first hundred open cases; None when he is not let in.

        Raises:
            AwayError: the service does not answer, or is ill.
        """
        if not self._let_in:
            return None
        desk = self._browser = self._browser or self._sign_in()
        answer = desk.ask("GET", f"/v1/cases?site={self._access.site}&limit=100") if desk else None
        if answer is None or answer.status in {401, 403}:
            self._let_in = False  # his password is another by now, or it takes more than that
            return None
        if answer.status != 200:
            raise AwayError(f"the queue is answered with {answer.status}")
        cases: list[Mapping[str, Any]] = answer.body["cases"]
        return cases

    def leave(self) -> None:
        """End the session; where the service is away it ends by itself."""
        if self._browser is not None:
            with contextlib.closing(self._browser), contextlib.suppress(AwayError):
                self._browser.ask("DELETE", "/v1/sessions/current")

    def _sign_in(self) -> Browser | None:
        who = {"username": self._access.moderator, "password": self._access.password}
        with contextlib.closing(Browser(self._access.service)) as browser:
            answer = browser.ask("POST", "/v1/sessions", who)
        if answer.status >= 500 or answer.status == 429:
            raise AwayError(f"signing in is answered with {answer.status}")
        if answer.status != 201:
            return None
        return Browser(self._access.service, {"Authorization": f"Bearer {answer.body['token']}"})
