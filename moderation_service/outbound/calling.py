"""One HTTP request to an address that somebody else chose, to the very socket address that was checked."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from moderation_service.outbound.addresses import resolve
from moderation_service.outbound.errors import NotReached

TIMEOUT = 10.0  # seconds for getting through, and as many for the whole exchange
READ_MOST = 64 * 1024  # bytes of an answer; reading it lets the other side end in peace
CHUNK = 16 * 1024
PORTS = {"http": 80, "https": 443}
# Letters that may stand in an address as they are, its own escapes among them.
AS_IT_IS = "/%:=&?~+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the headers by their names in lower case, and the body or its beginning.

    Of a header that comes several times the values are joined by commas. `whole` says whether `body` is all of it.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True


@dataclass(frozen=True, slots=True)
class _Sent:
    method: str
    body: bytes | None
    headers: Mapping[str, str]
    read_most: int


def call(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str],
    allow_private: bool,
    read_most: int = READ_MOST,
) -> Answer:
    """Send a request to an http or https URL; a redirect is an answer like others, and not followed.

    Of the answer's body the first `read_most` bytes are read.

    Raises:
        NotReached: nobody answered in time.
        Refused: the address is one where nothing may be sent.
    """
    parts = urlsplit(url)
    port = parts.port or PORTS[parts.scheme]
    addresses = resolve(parts.hostname or "", port, allow_private=allow_private)
    try:
        with closing(_connected(addresses, port)) as raw, _cut_off(raw) as late:
            return _exchange(raw, late, parts, _Sent(method, body, headers, read_most))
    except (OSError, http.client.HTTPException) as error:
        raise NotReached(f"{parts.hostname} did not answer: {error or type(error).__name__}") from error


def require_callable(url: str, *, allow_private: bool) -> None:
    """Nothing, when `call` would now connect to this http or https URL.

    Raises:
        NotReached: the name of its host is not known.
        Refused: the address is one where nothing may be sent.
    """
    parts = urlsplit(url)
    resolve(parts.hostname or "", parts.port or PORTS[parts.scheme], allow_private=allow_private)


def _connected(addresses: Sequence[str], port: int) -> socket.socket:
    """A connection to the first of these that takes one, within `TIMEOUT` for all of them."""
    until = time.monotonic() + TIMEOUT
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=max(0.1, until - time.monotonic()))
    return socket.create_connection((addresses[-1], port), timeout=max(0.1, until - time.monotonic()))


@contextmanager
def _cut_off(raw: socket.socket) -> Iterator[threading.Event]:
    """Cut the connection when the block takes longer than `TIMEOUT`: each byte in time can still be an hour.

    The event is set when that has happened, since half an answer looks like a whole one.
    """
    raw.settimeout(TIMEOUT)
    late = threading.Event()
    handle = raw.dup()  # TLS takes the socket over, and must not be shut from another thread

    def cut() -> None:
        late.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(TIMEOUT, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _exchange(raw: socket.socket, late: threading.Event, parts: SplitResult, sent: _Sent) -> Answer:
    connection = http.client.HTTPConnection(_host_header(parts), timeout=TIMEOUT)
    connection.auto_open = 0  # to no other address than the one that was checked
    connection.sock = _encrypted(raw, parts.hostname) if parts.scheme == "https" else raw
    with closing(connection):
        told = {"Host": _host_header(parts), "Connection": "close", **sent.headers}
        connection.request(sent.method, _target(parts), body=sent.body, headers=told)
        with connection.getresponse() as response:
            if late.is_set():
                raise TimeoutError("it took too long")
            told = {name.lower(): response.getheader(name, "") for name in response.headers}
            return Answer(response.status, told, *_read(response, sent.read_most))


def _read(response: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
    """The beginning of the body, and whether that is all; the status has said what matters: half is no failure."""
    chunks = []
    with suppress(OSError, http.client.HTTPException):
        for _ in range(0, most, CHUNK):
            chunks.append(response.read(CHUNK))
            if not chunks[-1]:
                break
    # What was announced and did not come is still counted; nothing is left of what came to its end.
    return b"".join(chunks), response.isclosed() and not response.length


def _encrypted(raw: socket.socket, host: str | None) -> ssl.SSLSocket:
    """The socket with TLS, once the other side has shown a certificate for this host."""
    return ssl.create_default_context().wrap_socket(raw, server_hostname=host)


def _host_header(parts: SplitResult) -> str:
    """The host as the URL has it, in the form that travels."""
    host = parts.hostname or ""
    name = f"[{host}]" if ":" in host else host.encode("idna").decode()
    return f"{name}:{parts.port}" if parts.port else name


def _target(parts: SplitResult) -> str:
    """Path and query, with everything escaped that a request line cannot hold."""
    path = quote(parts.path or "/", safe=AS_IT_IS)
    return f"{path}?{quote(parts.query, safe=AS_IT_IS)}" if parts.query else path
