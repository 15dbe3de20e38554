"""Where flags come in: each is recorded before it is answered, together with those that arrive with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from moderation_service.config import Settings
from moderation_service.intake.combine import Combiner
from moderation_service.intake.lane import Lane, SlowWay
from moderation_service.intake.submission import Recorded, Submission


class Gate:
    """Records flags, durably, before it returns; `ring` tells triage that there are new ones."""

    def __init__(self, settings: Settings, slow_way: SlowWay, ring: Callable[[], None]) -> None:
        self._lanes = [Lane(settings.database_url, slow_way) for _ in range(settings.intake_lanes)]
        self._combiner: Combiner[Submission, Recorded] = Combiner(self._lanes)
        self._timeout = settings.intake_timeout
        self._ring = ring

    def submit(self, submission: Submission) -> Recorded:
        """Record one flag.

        Raises:
            Unavailable: the database does not answer, or not in time; nothing may have been recorded.
            DomainError: what `record.record_one` raises.
        """
        recorded = self._combiner.submit(submission, timeout=self._timeout)
        self._ring()
        return recorded

    def submit_all(self, submissions: Sequence[Submission]) -> list[Recorded | Exception]:
        """Record several flags, each answered on its own, an exception standing for one that was refused."""
        answers = self._combiner.submit_all(submissions, timeout=self._timeout)
        self._ring()
        return answers

    def close(self) -> None:
        """Close the lanes' connections."""
        for lane in self._lanes:
            lane.close()
