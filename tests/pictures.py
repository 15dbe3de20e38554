"""Images to look at, made of a few bytes, and the beginnings of other kinds."""

from __future__ import annotations

import struct
import zlib

from tests.doors.remote import RemoteServer

JPEG, GIF = b"\xff\xd8\xff\xe0\x00\x10JFIF", b"GIF89a\x01\x00\x01\x00"
WEBP, AVIF = b"RIFF\x24\x00\x00\x00WEBPVP8 ", b"\x00\x00\x00\x1cftypmif1\x00\x00\x00\x00mif1avifmiaf"


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture of a red sun over a sea that grows darker."""
    rows = b"".join(b"\0" + b"".join(_pixel(x, y, width, height) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def shown_at(server: RemoteServer, path: str, body: bytes, kind: str = "image/png") -> str:
    """The address at which a server shows this from now on."""
    server.show(path, body, kind=kind)
    return f"http://{server.host}{path}"


def _pixel(x: int, y: int, width: int, height: int) -> bytes:
    if (x - width // 2) ** 2 + (y - height // 2) ** 2 < (height // 4) ** 2:
        return bytes((220, 40, 30))
    return bytes((40, 130, 200)) if y < height // 2 else bytes((10, 90 - 60 * y // height, 120))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
