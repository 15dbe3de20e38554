"""Mail, through the SMTP server of the settings."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from moderation_service.config import Settings
from moderation_service.mail_address import mailable
from moderation_service.notifications import wording
from moderation_service.notifications.channels.base import FatalChannelError, Message, RetryableChannelError

TIMEOUT = 10.0  # seconds that the server may be silent
PORTS = {"smtp": 25, "smtps": 465}
LONGEST_WORD = 60  # characters of a word that fits on the first line of a header after its name


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed in, and as whom."""

    host: str
    port: int
    tls: bool
    starttls: bool
    user: str
    password: str


class Whole(UnstructuredHeader):
    """A header of one long word, which stays as it is: folded, it would be encoded, and no program reads it then."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """The header as one line, which may have 998 characters (RFC 5322, 2.1.1)."""
        return f"{self.name}: {self}{policy.linesep}"


class Encoded(UnstructuredHeader):
    """A header of words, folded by the older of Python's two ways: the newer one loses and adds blanks among them."""

    name: str

    def fold(self, *, policy: Policy) -> str:
        """The header in encoded words (RFC 2047) where it needs them, in lines of 76 characters at most."""
        words = str(self)
        plain = words.isascii() and all(len(word) <= LONGEST_WORD for word in words.split(" "))
        line = Header(words, "us-ascii" if plain else "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {line}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("subject", Encoded)  # type: ignore[arg-type]
HEADERS.map_to_type("list-unsubscribe", Whole)  # type: ignore[arg-type]  # typeshed takes none of its own classes
FORM = SMTP.clone(header_factory=HEADERS)


def send(message: Message, settings: Settings) -> None:
    """Send a notice as mail, plain text and HTML.

    See `Channel`; what the server refuses with 4xx is tried again, with 5xx not.
    """
    server, sender = server_of(settings.smtp_url), sender_of(settings.mail_from)
    recipient = mailable(message.recipient)
    if recipient is None:
        raise FatalChannelError("The recipient is not a plain mail address")
    try:
        with _signed_in(server, sender.domain) as connection:
            connection.send_message(compose(message, sender, recipient), sender.addr_spec, [recipient])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = error.recipients[recipient]
        raise _refusal(code, words) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise FatalChannelError(str(error)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise RetryableChannelError(f"The mail server did not answer: {error or type(error).__name__}") from error


def server_of(url: str) -> Server:
    """The server that SMTP_URL names.

    Raises:
        FatalChannelError: it names none.
    """
    if not url:
        raise FatalChannelError("SMTP_URL is not set")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise FatalChannelError("SMTP_URL is not a URL") from error
    if parts.scheme not in PORTS or not host:
        raise FatalChannelError("SMTP_URL is not like smtp://host:587?starttls=1 or smtps://host")
    return Server(
        host=host,
        port=port or PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        starttls=parse_qs(parts.query).get("starttls") == ["1"],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def sender_of(mail_from: str) -> Address:
    """The sender that MAIL_FROM names.

    Raises:
        FatalChannelError: it names none.
    """
    if not mail_from:
        raise FatalChannelError("MAIL_FROM is not set")
    name, told = parseaddr(mail_from)
    address = mailable(told)
    if address is None:
        raise FatalChannelError("MAIL_FROM is not like Moderation <moderation@news.example>")
    return Address(wording.one_line(name), addr_spec=address)


def compose(message: Message, sender: Address, recipient: str) -> EmailMessage:
    """The mail; made anew for each try it has the same Message-ID, so that a repeat is known as one."""
    mail = EmailMessage(policy=FORM)
    mail["From"] = sender
    mail["To"] = recipient
    # A subject may come from a headline; a line end in it would start a header of its own, and so would one in an
    # encoded word (RFC 2047), which is decoded here.
    mail["Subject"] = wording.one_line(message.subject).replace("=?", "= ?")
    mail["Date"] = format_datetime(message.created_at)
    mail["Message-ID"] = f"<{message.uid.hex}@{sender.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer from robots, please
    if "unsubscribe" in message.facts:
        # RFC 8058: the reader's program ends such mail by itself, with a POST.
        mail["List-Unsubscribe"] = f"<{message.facts['unsubscribe']}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    paragraphs, language = wording.paragraphs(message.kind, message.facts), message.facts.get("language", "en")
    mail.set_content(wording.as_text(paragraphs))
    mail.add_alternative(wording.as_html(message.subject, paragraphs, language), subtype="html")
    mail["Content-Language"] = language
    return mail


@contextmanager
def _signed_in(server: Server, own_name: str) -> Iterator[smtplib.SMTP]:
    connection: smtplib.SMTP
    if server.tls:
        context = ssl.create_default_context()
        connection = smtplib.SMTP_SSL(server.host, server.port, own_name, timeout=TIMEOUT, context=context)
    else:
        connection = smtplib.SMTP(server.host, server.port, own_name, timeout=TIMEOUT)
    try:
        if server.starttls:
            connection.starttls(context=ssl.create_default_context())
        if server.user:
            connection.login(server.user, server.password)
        yield connection
    finally:
        # Once the mail was taken, however the farewell goes, it must not be sent again.
        with suppress(smtplib.SMTPException, OSError):
            connection.quit()
        connection.close()


def _refusal(code: int, words: bytes | str) -> RetryableChannelError | FatalChannelError:
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return (FatalChannelError if code >= 500 else RetryableChannelError)(f"The mail server answered {code} {said}")
