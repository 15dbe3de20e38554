"""How often each article was read: counted here, told to the service once a minute."""

from __future__ import annotations

import json
import logging
import threading
from collections import Counter
from pathlib import Path

from moderation_service.client import ClientError, ModerationService

REPORT_SECONDS = 60.0

log = logging.getLogger(__name__)


class Views:
    """All views so far, by article; kept in a file, since what is told may never become less."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._counted = Counter[str](json.loads(file.read_text(encoding="utf-8")) if file.exists() else {})
        self._untold = set(self._counted)
        self._lock = threading.Lock()

    def count(self, external_id: str) -> None:
        """An article was read."""
        with self._lock:
            self._counted[external_id] += 1
            self._untold.add(external_id)

    def of(self, external_id: str) -> int:
        """How often an article was read."""
        return self._counted[external_id]

    def report(self, service: ModerationService) -> None:
        """Tell the views of what was read since it was last told; what is not taken now is told the next time."""
        with self._lock:
            views = {external_id: self._counted[external_id] for external_id in self._untold}
            self._untold.clear()
            counted = json.dumps(self._counted)
        self._keep(counted)
        if not views:
            return
        try:
            results = service.report_reach(views)
        except ClientError as error:
            log.warning("The views could not be told: %s", error)
            refused = set(views)
        else:
            refused = {external_id for external_id, result in results.items() if result.status == 429}
        with self._lock:
            self._untold |= refused

    def _keep(self, counted: str) -> None:
        new = self._file.with_name(self._file.name + ".new")
        try:
            new.write_text(counted, encoding="utf-8")
            new.replace(self._file)
        except OSError as error:
            log.warning("The views could not be kept: %s", error)

    def keep_reporting(self, service: ModerationService, stop: threading.Event) -> None:
        """Report once a minute, and a last time when `stop` is set."""
        while not stop.wait(REPORT_SECONDS):
            self.report(service)
        self.report(service)
