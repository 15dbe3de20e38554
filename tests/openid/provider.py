"""A real OpenID Connect provider for the tests: fetched from npm once, into the user's cache, and started here."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import playwright
import requests

from moderation_service.sites.provider import RETURN_PATH

NO_PROVIDER = (
    "NO PROVIDER of OpenID Connect could be had, so no sign-in through one was tried. It comes from npm: "
    "install that (Debian: apt install npm), and let it reach its registry"
)
HERE = Path(__file__).parent
# Playwright brings a Node of its own, which is newer than many a machine's.
NODE = Path(playwright.__file__).parent / "driver" / "node"
PUBLIC_URL = "http://127.0.0.1"
RETURN_ADDRESS = PUBLIC_URL + RETURN_PATH
CLIENT = {
    "oidc_client_id": "moderation",
    "oidc_client_secret": "a secret of 24 letters +%",
    "oidc_label": "Newsroom ID",
}


def installed() -> Path | None:
    """The folder that holds the provider's program; None where it cannot be had."""
    lock = HERE / "package-lock.json"
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "moderation-service"
    folder = caches / f"oidc-provider-{hashlib.sha256(lock.read_bytes()).hexdigest()[:16]}"
    if (folder / "complete").exists():
        return folder
    npm = shutil.which("npm")
    if npm is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)  # several processes of one run come at once
            return folder if (folder / "complete").exists() or _install(npm, folder) else None
    except OSError as error:
        print(f"there is no room for the provider: {error}")
        return None


def _install(npm: str, folder: Path) -> bool:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        print("npm has not fetched the provider within 120 s")
        return False
    if done.returncode != 0:
        print(f"npm does not fetch the provider: {done.stderr}")
        return False
    (folder / "complete").touch()
    return True


@contextlib.contextmanager
def running(folder: Path, issuer: str) -> Iterator[None]:
    """The provider, answering at its own address until the end of the block."""
    command = [str(NODE), str(HERE / "provider.mjs"), str(folder), str(urlsplit(issuer).port), RETURN_ADDRESS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.kill()


def free_issuer() -> str:
    """An address for a provider. Another site than the service's 127.0.0.1 is, as browsers see it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return f"http://localhost:{found.getsockname()[1]}"


def openid(issuer: str, **changes: Any) -> dict[str, Any]:
    """The settings of a service that this provider knows."""
    return {"oidc_issuer": issuer, "public_url": PUBLIC_URL, **CLIENT, **changes}


def sign_in_there(address: str, subject: str) -> str:
    """Sign in at the provider as this subject; the path and the query that it sends the browser back to."""
    with requests.Session() as browser:
        browser.trust_env = False
        patiently: dict[str, Any] = {"allow_redirects": False, "timeout": 10}
        answer = browser.get(address, **patiently)
        while not answer.headers["Location"].startswith(RETURN_ADDRESS):
            page = browser.get(urljoin(answer.url, answer.headers["Location"]), **patiently)
            form = '<form method="post">' in page.text
            answer = browser.post(page.url, {"subject": subject}, **patiently) if form else page
            assert answer.is_redirect, answer.text
        return answer.headers["Location"].removeprefix(PUBLIC_URL)
