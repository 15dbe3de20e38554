"""A mailbox for everybody: where no mail server is set, letters to the newspaper's readers end here and can be read."""

from __future__ import annotations

import email
import email.policy
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LETTERS_MOST = 100
HOST = "127.0.0.1"  # whoever can reach it can write letters to it


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as its reader sees it, its plain text."""

    to: str
    subject: str
    text: str
    came_at: datetime


class Mailbox:
    """The last letters, the newest first; kept in memory, and gone with the process."""

    def __init__(self) -> None:
        self.letters: deque[Letter] = deque(maxlen=LETTERS_MOST)

    def open(self, port: int) -> Controller:
        """Take letters in by SMTP on this machine from now on, until the controller is stopped."""
        controller = Controller(self, hostname=HOST, port=port)
        controller.start()
        return controller

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802  aiosmtpd's
        """Keep a letter."""
        content = envelope.content
        mail = email.message_from_bytes(content if isinstance(content, bytes) else b"", policy=email.policy.default)
        words = mail.get_body(("plain",))
        text = str(words.get_content()) if words else ""
        to = ", ".join(envelope.rcpt_tos)
        self.letters.appendleft(Letter(to, str(mail["Subject"] or ""), text, datetime.now(UTC)))
        return "250 taken"
