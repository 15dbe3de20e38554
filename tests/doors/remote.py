"""Other servers on this machine: one that shows documents, actors on it who sign, and accounts of the AT Protocol.

They sign with plain cryptography, by what the standards say, and with nothing of the service's own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ACTIVITY = "application/activity+json"
HOST = "127.0.0.1:8000"  # where the service says that it is, unless it is told otherwise
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

PrivateKey = rsa.RSAPrivateKey | Ed25519PrivateKey


class RemoteServer(ThreadingHTTPServer):
    """Shows `documents` by their paths as (status, media type, body), and writes down what it is asked for.

    `leads` are the paths from which it leads elsewhere. As long as `silent` is set it answers nothing.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Shown)
        self.documents: dict[str, tuple[int, str, bytes]] = {}
        self.leads: dict[str, str] = {}
        self.asked: list[str] = []
        self.silent = threading.Event()

    @property
    def host(self) -> str:
        """Its name, with its port."""
        return f"127.0.0.1:{self.server_address[1]}"

    def show(self, path: str, document: Any, *, status: int = 200, kind: str = ACTIVITY) -> None:
        """Show a document from now on."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.documents[path] = status, kind, body


class _Shown(BaseHTTPRequestHandler):
    server: RemoteServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        while self.server.silent.is_set():
            time.sleep(0.01)
        status, kind, body = self.server.documents.get(self.path, (404, "text/plain", b"no"))
        to = self.server.leads.get(self.path)
        self.send_response(302 if to else status)
        if to:
            self.send_header("Location", to)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(ConnectionError):  # whoever has read enough hangs up
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def remote_server() -> Iterator[RemoteServer]:
    """A server that runs until the end of the block."""
    server = RemoteServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@cache
def rsa_key(number: int = 0, bits: int = 2048) -> rsa.RSAPrivateKey:
    """An RSA key, made once; another number is another key."""
    assert number >= 0
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass
class Actor:
    """An actor on a server, with a key."""

    server: RemoteServer
    name: str
    key: PrivateKey = field(default_factory=rsa_key)

    @property
    def uri(self) -> str:
        """His name in the Fediverse."""
        return f"http://{self.server.host}/users/{self.name}"

    @property
    def key_id(self) -> str:
        """The name of his key."""
        return f"{self.uri}#main-key"

    def document(self, **changes: Any) -> dict[str, Any]:
        """What his server says of him."""
        pem = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        key = {"id": self.key_id, "owner": self.uri, "publicKeyPem": pem}
        return {"id": self.uri, "type": "Person", "inbox": f"{self.uri}/inbox", "publicKey": key} | changes

    def move_in(self, **changes: Any) -> Actor:
        """Be shown by his server."""
        self.server.show(f"/users/{self.name}", self.document(**changes))
        return self

    def made(self, text: bytes) -> str:
        """His signature of a text."""
        if isinstance(self.key, Ed25519PrivateKey):
            return base64.b64encode(self.key.sign(text)).decode()
        return base64.b64encode(self.key.sign(text, padding.PKCS1v15(), SHA256())).decode()

    def signed(self, path: str, body: bytes, **changes: Any) -> dict[str, str]:
        """The headers of a POST that is signed as Mastodon does it.

        `changes` are `host`, `age` in seconds, `digest`, `key_id`, `algorithm`, `covered` and `signer`.
        """
        headers = {
            "Host": changes.get("host", HOST),
            "Date": formatdate(time.time() - changes.get("age", 0), usegmt=True),
            "Digest": changes.get("digest", "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()),
            "Content-Type": ACTIVITY,
        }
        covered = changes.get("covered", "(request-target) host date digest content-type")
        values = {name.lower(): value for name, value in headers.items()} | {"(request-target)": f"post {path}"}
        text = "\n".join(f"{name}: {values[name]}" for name in covered.split())
        parts = {"keyId": changes.get("key_id", self.key_id), "algorithm": changes.get("algorithm", "rsa-sha256")}
        parts |= {"headers": covered, "signature": changes.get("signer", self).made(text.encode())}
        return headers | {"Signature": ",".join(f'{name}="{value}"' for name, value in parts.items() if value)}

    def signed_by_rfc_9421(self, path: str, body: bytes, *, age: int = 0, sent: bytes | None = None) -> dict[str, str]:
        """The headers of a POST that is signed by the standard; `sent` is the body that its digest is of."""
        digest = base64.b64encode(hashlib.sha256(body if sent is None else sent).digest()).decode()
        content = f"sha-256=:{digest}:"
        covered = f'("@method" "@target-uri" "content-digest");created={int(time.time()) - age};keyid="{self.key_id}"'
        text = f'"@method": POST\n"@target-uri": http://{HOST}{path}\n"content-digest": {content}\n'
        made = self.made(f'{text}"@signature-params": {covered}'.encode())
        headers = {"Host": HOST, "Content-Type": ACTIVITY, "Content-Digest": content}
        return headers | {"Signature-Input": f"sig1={covered}", "Signature": f"sig1=:{made}:"}


@dataclass
class Account:
    """An account of the AT Protocol: a DID, the key its server signs with, and a server that shows its document."""

    server: RemoteServer
    did: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256K1()))

    def document(self, **changes: Any) -> dict[str, Any]:
        """The DID's document."""
        method = {"id": f"{self.did}#atproto", "type": "Multikey", "controller": self.did}
        home = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example"}
        key = method | {"publicKeyMultibase": multikey(self.key)}
        return {"id": self.did, "verificationMethod": [key], "service": [home]} | changes

    def move_in(self, **changes: Any) -> Account:
        """Be shown: under the DID where that is of a directory, else where did:web looks."""
        path = f"/{self.did}" if self.did.startswith("did:plc:") else "/.well-known/did.json"
        self.server.show(path, self.document(**changes), kind="application/did+ld+json")
        return self

    def token(self, *, signer: Account | None = None, kind: str = "JWT", **claims: Any) -> str:
        """A service token for the Courier; a claim that is None is left out."""
        told = {"iss": self.did, "aud": "did:web:127.0.0.1%3A8000#courier", "exp": int(time.time()) + 60}
        told |= {"lxm": "com.atproto.moderation.createReport"} | claims
        key = (signer or self).key
        header = {"typ": kind, "alg": "ES256K" if isinstance(key.curve, ec.SECP256K1) else "ES256"}
        text = ".".join(_part({k: v for k, v in part.items() if v is not None}) for part in (header, told))
        r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(SHA256())))
        return f"{text}.{_unpadded(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


def multikey(key: ec.EllipticCurvePrivateKey) -> str:
    """A public key as DID documents write it."""
    prefix = b"\xe7\x01" if isinstance(key.curve, ec.SECP256K1) else b"\x80\x24"
    value = int.from_bytes(prefix + key.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint), "big")
    told = ""
    while value:
        value, rest = divmod(value, 58)
        told = LETTERS[rest] + told
    return "z" + told


def _part(told: Mapping[str, Any]) -> str:
    return _unpadded(json.dumps(told).encode())


def _unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
