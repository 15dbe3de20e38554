"""The data folder: where it is, who may read it, the secrets kept in it, and one run at a time."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from moderation_service.children import Account
from moderation_service.config import Settings, checkout_dir
from moderation_service.embedded.errors import EmbeddedError

# sockaddr_un holds 104 bytes on macOS and 108 on Linux, the closing NUL included.
_LONGEST_SOCKET_PATH = 103
_LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432")
# The settings of a run that commands beside it need as well.
OF_A_RUN = ("public_url", "webhook_allow_private")
# What needs no quoting in a URL, in PostgreSQL's list of folders and in libpq's list of hosts.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")


def data_dir(settings: Settings) -> Path:
    """Where the embedded servers keep their data; an absolute path."""
    if settings.data_dir:
        return Path(settings.data_dir).expanduser().resolve()
    here = checkout_dir().resolve()
    if os.geteuid() == 0:
        # The server's account must reach it, and root's checkout may well be inside /root.
        return Path("/var/lib/moderation-service", hashlib.sha256(bytes(here)).hexdigest()[:12])
    return here / ".moderation"


def server_account() -> Account | None:
    """Who the servers run as: ourselves (None), or `nobody` when we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def make_folder(path: Path, account: Account | None = None, *, mode: int = 0o700) -> Path:
    """Make a folder and those above it, or check that it is one we own, and give it to `account`.

    Raises:
        EmbeddedError: it cannot be made, or somebody else owns it.
    """
    owners = {os.geteuid(), account.uid if account else os.geteuid()}
    try:
        for missing in reversed([one for one in (path, *path.parents) if not one.exists()]):
            missing.mkdir(exist_ok=True)
            missing.chmod(mode)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
            raise EmbeddedError(f"{path} is not a folder of ours: set MODERATION_DATA_DIR to another place")
        path.chmod(mode)
        if account:
            os.chown(path, *account)
    except OSError as error:
        raise EmbeddedError(f"{error}: set MODERATION_DATA_DIR to a folder that can be written") from error
    return path


def others_reach(path: Path) -> bool:
    """Whether an account without rights of its own can get to a path through each folder above it."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in path.resolve().parents)


def socket_dir(folder: Path, account: Account | None) -> Path:
    """A private folder for the sockets: in the data folder, or in /tmp if that is too long or not plain."""
    inside = folder / "sockets"
    room = _LONGEST_SOCKET_PATH - _LONGEST_SOCKET_NAME
    if len(os.fsencode(inside)) <= room and _PLAIN_PATH.fullmatch(str(inside)):
        return make_folder(inside, account)
    # Not the temporary folder of the environment: it may be long, and differ between two terminals.
    digest = hashlib.sha256(bytes(folder)).hexdigest()[:12]
    return make_folder(Path(f"/tmp/moderation-{os.geteuid()}-{digest}"), account)  # noqa: S108  owner and mode are checked


def next_log(path: Path) -> Path:
    """Where a server's output goes: a new file, the one before kept beside it."""
    with contextlib.suppress(FileNotFoundError):
        path.replace(path.with_name(path.name + ".1"))
    return path


def write_private(path: Path, text: str, account: Account | None = None) -> None:
    """Write a file that only we, or only `account`, can read; whole or not at all, durably."""
    new = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        new.unlink()
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        if account:
            os.fchown(file.fileno(), *account)
    new.replace(path)


def secret(path: Path) -> str:
    """The secret kept in a file, made on first use: 43 characters of the URL alphabet."""
    with contextlib.suppress(FileNotFoundError):
        return path.read_text(encoding="utf-8")
    write_private(path, secrets.token_urlsafe(32))
    return path.read_text(encoding="utf-8")


def secret_key(folder: Path) -> str:
    """The `SECRET_KEY` of a data folder, made on first use and kept for good."""
    return secret(folder / "secret_key")


def remember(folder: Path, settings: Settings) -> None:
    """Keep what commands in another terminal have to say as the run does."""
    write_private(folder / "run.json", json.dumps({name: getattr(settings, name) for name in OF_A_RUN}))


def recall(folder: Path, settings: Settings) -> Settings:
    """The settings with what the last run kept, as far as they do not say something of their own."""
    try:
        kept = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return settings  # of a version that kept nothing, or of an account that may not read it
    unsaid = [name for name in OF_A_RUN if name in kept and getattr(settings, name) == getattr(Settings(), name)]
    return settings.replace(**{name: kept[name] for name in unsaid})


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process alone; the claim ends with the process, however that ends.

    Raises:
        EmbeddedError: another run holds it.
    """
    with open(folder / "lock", "a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            raise EmbeddedError(
                f"{folder} is in use by the run with process id {lock.read().strip()}: "
                "stop that one, or set MODERATION_DATA_DIR to another folder"
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
