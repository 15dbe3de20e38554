"""Bytes on the wire that no HTTP library would send: the server in front of us refuses them and goes on."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

from tests.live import Service

HOSTILE = [
    b"GET /healthz%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\x00b\r\n\r\n",
    b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Request-Id: a\r b\r\n\r\n",
    b"GET /v1/me HTTP/1.1\r\nHost: x\r\nOrigin: \xff\xfe\r\nAuthorization: Bearer \xff\r\n\r\n",
    b"GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n Set-Cookie: b\r\n\r\n",
    b"POST /v1/flags HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /v1/flags HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n{}",
    b"POST /v1/flags HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /v1/flags HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /v1/flags HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET http://elsewhere.example/healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X-Many: y\r\n" * 500 + b"\r\n",
    b"\x16\x03\x01\x02\x00",
]


def first_line(live: Service, sent: bytes) -> bytes:
    """The first line of the answer to these bytes; empty when the connection is just closed, or nothing comes."""
    parts = urlsplit(live.address)
    with socket.create_connection((parts.hostname, parts.port), timeout=1) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
            return connection.recv(200).partition(b"\r\n")[0]
        except OSError:
            return b""


@pytest.mark.parametrize("sent", HOSTILE)
def test_hostile_bytes_are_no_server_error(live: Service, sent: bytes) -> None:
    line = first_line(live, sent)
    assert line == b"" or line.split()[1][:1] in b"24", line
    assert live.reader.get("/healthz").status_code == 200
