"""Real receivers on this machine: a mail server and a web server, each of which can be made to misbehave."""

from __future__ import annotations

import email
import email.policy
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST = 10  # seconds; a test that hangs ends


@dataclass(frozen=True)
class Letter:
    """A mail as it was taken: the envelope and the words."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def mail(self) -> EmailMessage:
        """The mail, read."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    def text(self, kind: str = "plain") -> str:
        """The words of its plain or HTML part."""
        part = self.mail.get_body((kind,))
        assert part is not None
        return str(part.get_content())


class MailSink(socketserver.ThreadingTCPServer):
    """An SMTP server (RFC 5321) that keeps what it takes.

    `answers` replace what it says to a command, `END` being the end of DATA; `silent` are commands it never answers.
    With a `context` it offers STARTTLS, and with `tls` too speaks TLS from the first byte. `logins` are the AUTH lines.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, context: ssl.SSLContext | None = None, *, tls: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.context, self.tls = context, tls
        self.answers: dict[str, str] = {}
        self.silent: set[str] = set()
        self.letters: list[Letter] = []
        self.logins: list[str] = []
        self.encrypted: list[bool] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """It, as SMTP_URL."""
        return f"smtp://localhost:{self.port}"


class _Conversation(socketserver.StreamRequestHandler):
    server: MailSink
    timeout = LONGEST

    def handle(self) -> None:
        self.sender, self.recipients = "", list[str]()
        with suppress(OSError, ValueError):
            if self.server.tls:
                self._encrypt()
            self.say("CONNECT", "220 sink ESMTP")
            while line := self.rfile.readline():
                words = line.decode().strip()
                if not self.obey(words.split(" ")[0].upper(), words):
                    return

    def finish(self) -> None:
        super().finish()
        self.connection.close()  # with TLS another one than the server will close

    def say(self, command: str, usual: str) -> bool:
        """Answer a command; whether the usual was said."""
        if command in self.server.silent:
            self.server.closing.wait(LONGEST)
        answer = self.server.answers.get(command, usual)
        self.wfile.write(answer.encode() + b"\r\n")
        return answer == usual

    def obey(self, command: str, words: str) -> bool:
        """Do what a command asks; whether the conversation goes on."""
        if command in {"EHLO", "HELO"}:
            offers = ["AUTH PLAIN"] + (["STARTTLS"] if self.server.context and not self.server.tls else [])
            self.say(command, "250-sink\r\n" + "\r\n".join(f"250-{offer}" for offer in offers) + "\r\n250 8BITMIME")
        elif command == "STARTTLS":
            if self.say(command, "220 go on"):
                self._encrypt()
        elif command == "AUTH":
            self.server.logins.append(words)
            self.say(command, "235 welcome")
        elif command == "MAIL" and self.say(command, "250 yes"):
            self.sender, self.recipients = _in_brackets(words), []
        elif command == "RCPT" and self.say(command, "250 yes"):
            self.recipients.append(_in_brackets(words))
        elif command == "DATA" and self.say(command, "354 go on"):
            self._take()
        elif command == "RSET":
            self.say(command, "250 forgotten")
        elif command == "QUIT":
            self.say(command, "221 bye")
        return command != "QUIT"

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if "END" not in self.server.answers:
            self.server.letters.append(Letter(self.sender, self.recipients, b"".join(lines)))
            self.server.encrypted.append(isinstance(self.request, ssl.SSLSocket))
        self.say("END", "250 taken")

    def _encrypt(self) -> None:
        assert self.server.context is not None
        self.request = self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), socketserver._SocketWriter(self.connection)  # type: ignore[attr-defined]


def _in_brackets(words: str) -> str:
    return words.partition("<")[2].partition(">")[0]


@dataclass(frozen=True)
class Received:
    """A POST as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(ThreadingHTTPServer):
    """A receiver of webhooks that answers 204, or as its `mode` says."""

    daemon_threads = True

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Post)
        self.scheme = "https" if context else "http"
        if context:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        self.mode = "ok"
        self.received: list[Received] = []
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_port

    def url(self, host: str = "127.0.0.1", path: str = "/hook") -> str:
        """Its address, with the host written this way."""
        return f"{self.scheme}://{host}:{self.port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when the other side is gone: that is what some tests are about."""


class _Post(BaseHTTPRequestHandler):
    server: Receiver
    timeout = LONGEST

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append(Received(self.path, dict(self.headers.items()), body))
        getattr(self, f"_{self.server.mode}", self._status)()

    def _status(self, **headers: str) -> None:
        """Answer with the status that the mode is."""
        self.send_response(204 if self.server.mode == "ok" else int(self.server.mode))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _later(self) -> None:
        self.server.mode = "503"
        self._status(Retry_After="3600")

    def _never(self) -> None:
        self.server.mode = "503"
        self._status(Retry_After="Mon, 01 Jan 99999999999999999999 00:00:00 GMT")

    def _redirect(self) -> None:
        self.server.mode = "307"
        self._status(Location=self.server.url(path="/elsewhere"))

    def _teapot(self) -> None:
        """A refusal in words, among them some that would clear a terminal."""
        self.send_response(418)
        self.end_headers()
        self.wfile.write(b"short and stout\x1b[2J" + b"x" * 2000)

    def _slow(self) -> None:
        self.server.closing.wait(LONGEST)

    def _dripping(self) -> None:
        """A header of which a byte comes now and then."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.server.closing.wait(0.05):
            self.wfile.write(b"x")

    def _huge(self) -> None:
        """A body without an end."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not self.server.closing.is_set():
            self.wfile.write(b"x" * 65536)

    def _closed(self) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def _garbage(self) -> None:
        self.wfile.write(b"\x00\xff no HTTP at all\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def serving(server: MailSink | Receiver) -> Iterator[None]:
    """Let a server answer until the end of the block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(LONGEST)
