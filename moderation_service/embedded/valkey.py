"""The embedded Valkey: wake-ups and rate limits on a unix socket."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path

import redis

from moderation_service.children import Account, Program
from moderation_service.embedded.binaries import find_valkey
from moderation_service.embedded.folder import make_folder, next_log, socket_dir
from moderation_service.embedded.left_over import stop_left_over


class Valkey:
    """A Valkey or Redis whose append-only file lies in `folder`."""

    def __init__(self, folder: Path, account: Account | None) -> None:
        self._folder = folder
        self._account = account
        self._socket = socket_dir(folder, account) / "valkey.sock"

    def url(self, database: int = 0) -> str:
        """The address of one of its numbered databases, in the form that Celery reads."""
        return f"redis+socket://{self._socket}?virtual_host={database}"

    def client(self, database: int = 0) -> redis.Redis:
        """A client of one of its numbered databases."""
        return redis.Redis(unix_socket_path=str(self._socket), db=database, socket_timeout=2)

    def answers(self) -> bool:
        """Whether it takes commands: it runs and has read its file."""
        try:
            with self.client() as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def prepare(self, choice: str, options: Mapping[str, str]) -> Program:
        """End a server left on the files, and say what to start with which `options`.

        Raises:
            EmbeddedError: no program fits.
        """
        pid_file = self._socket.with_suffix(".pid")
        stop_left_over(pid_file, marker=str(self._socket), stop_signal=signal.SIGTERM)
        binary = find_valkey(choice, self._account)
        path = binary.path_for(self._account, self._folder / "programs")
        # A file of one version may not load in another; nothing of record is in it, so each has its own.
        data = make_folder(self._folder / f"{path.name}-{binary.major}", self._account)
        settings = {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "pidfile": str(pid_file),
            "dir": str(data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
            **options,
        }
        return Program(
            name="valkey",
            command=[str(path), *(word for key, value in settings.items() for word in (f"--{key}", value))],
            folder=data,
            account=self._account,
            log=next_log(self._folder / "valkey.log"),
            ready=self.answers,
            ready_seconds=300,  # a long file takes its time to load
        )
