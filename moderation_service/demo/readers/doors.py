"""What each event of a plan is over HTTP, and what its answer means: done, refused, or to be tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from moderation_service.demo.readers.access import Access
from moderation_service.demo.readers.browser import Answer, AwayError, Browser
from moderation_service.demo.readers.events import Flag, LegalNotice, View, Withdrawal
from moderation_service.demo.readers.tally import Tally

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 15.0  # seconds before something is tried again
IN_PROGRESS = 409  # the same Idempotency-Key is being worked on


class AgainError(Exception):
    """It has to be sent again, in so many seconds."""

    def __init__(self, seconds: float, why: str) -> None:
        self.seconds = seconds
        super().__init__(why)


class Doors:
    """The service's and the newsroom's doors for readers. `run` makes the Idempotency-Keys of one play its own."""

    def __init__(self, access: Access, tally: Tally, *, run: str, began: datetime) -> None:
        bearer = {"Authorization": f"Bearer {access.publishable_key}", "Origin": access.origin}
        self._service = Browser(access.service, bearer)
        self._newsroom = Browser(access.newsroom)
        self._tally = tally
        self._run = run
        self._began = began

    def close(self) -> None:
        """Close the connections."""
        self._service.close()
        self._newsroom.close()

    def view(self, view: View) -> None:
        """Open the page of an article; one that does not come is not waited for."""
        try:
            answer = self._newsroom.ask("GET", f"/articles/{quote(view.article, safe='')}")
        except AwayError:
            self._tally.count("views failed")
            return
        # The newsroom shows that something is gone; a reader who sees that has seen nothing of it.
        self._tally.count("views" if answer.status == 200 else "views of what is gone")

    def flag(self, flag: Flag, attempt: int) -> None:
        """Flag; the answer's receipt is kept.

        Raises:
            AgainError: it may not have arrived.
        """
        answer = self._post("/v1/flags", _body(flag, self._began), f"{self._run}-{flag.number}", attempt)
        words = f"{flag.kind} flag on {flag.article}: {flag.reason}"
        if answer.status not in {200, 202}:
            self._tally.drop(flag.number)
            self._tally.count("refused", words=f"{words} - refused, {answer.body.get('detail') or answer.status}")
        elif not self._tally.keep_receipt(flag.number, answer.body["receipt"]):
            self._tally.count("repeats")
        elif answer.status == 200 and attempt == 0:
            self._tally.count("repeats", words=f"{words} - flagged before")
        else:
            about = "on bad" if flag.on_bad else "on fine"
            self._tally.count("flags", flag.kind, about, f"{flag.kind} {flag.article}", words=words)

    def withdraw(self, withdrawal: Withdrawal, attempt: int) -> None:
        """Take a flag back; twice is no harm.

        Raises:
            AgainError: it may not have arrived, or the flag has no receipt yet.
        """
        if not self._tally.is_settled(withdrawal.flag):
            raise AgainError(_pause(attempt), "a flag that is not sent yet cannot be taken back")
        receipt = self._tally.receipt_of(withdrawal.flag)
        if receipt is None:
            return
        answer = self._settled(self._asked("DELETE", f"/v1/flags/{receipt}", attempt=attempt), attempt)
        if answer.status == 200:
            self._tally.count("withdrawn", words="a reader took a flag back")
        else:
            self._tally.count("refused", words=f"a reader could not take a flag back: {answer.status}")

    def give_notice(self, notice: LegalNotice, attempt: int) -> None:
        """Say that something is illegal.

        Raises:
            AgainError: it may not have arrived.
        """
        body = {
            "items": [{"article": {"external_id": notice.article}}],
            "reason": notice.reason,
            "explanation": notice.explanation,
            "name": notice.name,
            "email": notice.email,
            "good_faith": True,
        }
        answer = self._post("/v1/legal-notices", body, f"{self._run}-{notice.number}", attempt)
        name = "notices" if answer.status == 202 else "refused"
        self._tally.count(name, words=f"legal notice on {notice.article}: {notice.reason} ({answer.status})")

    def _post(self, path: str, body: dict[str, Any], key: str, attempt: int) -> Answer:
        answer = self._asked("POST", path, body, {"Idempotency-Key": f'"{key}"'}, attempt=attempt)
        return self._settled(answer, attempt)

    def _asked(self, *request: Any, attempt: int) -> Answer:
        try:
            return self._service.ask(*request)
        except AwayError as error:
            raise AgainError(_pause(attempt), str(error)) from error

    @staticmethod
    def _settled(answer: Answer, attempt: int) -> Answer:
        """An answer that says yes or no, now and later."""
        if answer.status == 429:
            raise AgainError(answer.retry_after or LONGEST_PAUSE, "the service asks to come less often (429)")
        if answer.status >= 500 or answer.status == IN_PROGRESS:
            raise AgainError(answer.retry_after or _pause(attempt), f"the service answered {answer.status}")
        return answer


def _pause(attempt: int) -> float:
    return min(FIRST_PAUSE * 2.0**attempt, LONGEST_PAUSE)


def _body(flag: Flag, began: datetime) -> dict[str, Any]:
    """A flag as the widget sends it."""
    told = {
        "article": {"external_id": flag.article},
        "target": _target(flag),
        "reason": flag.reason,
        "comment": flag.comment,
        "email": flag.email,
        "reporter": {
            "id": flag.reader.id,
            "first_seen_at": (began - flag.reader.account).astimezone(UTC).isoformat(timespec="seconds"),
        },
    }
    return {name: value for name, value in told.items() if value is not None}


def _target(flag: Flag) -> dict[str, Any]:
    if flag.quote is not None:
        words = {"exact": flag.quote.exact, "prefix": flag.quote.prefix, "suffix": flag.quote.suffix}
        return {"kind": "quotation", "part": flag.part, "selector": {"type": "TextQuoteSelector", **words}}
    return {"kind": "part", "part": flag.part} if flag.part else {"kind": "article"}
