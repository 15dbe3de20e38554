"""The test stand: servers of its own in a temporary folder, and the service's processes in front of them."""

from __future__ import annotations

import contextlib
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from moderation_service import embedded, migrations
from moderation_service.children import Child, Program
from moderation_service.config import Settings
from moderation_service.db import Database
from moderation_service.embedded.postgres import SUPERUSER
from workers.app import beat_command, worker_command

# As an operator would run it who expects a storm: the limits are on, and far away.
FAR_LIMIT = "100000000/minute"


@dataclass
class Stand:
    """Running servers with all tables, an open door to the database, and what was started in front of them."""

    folder: Path
    settings: Settings
    admin: psycopg.Connection
    children: dict[str, Child] = field(default_factory=dict)

    def database(self) -> Database:
        """The database as the service itself sees it."""
        return Database(self.settings)

    @contextlib.contextmanager
    def paused(self, *names: str) -> Iterator[None]:
        """Hold processes still for a while."""
        for name in names:
            self.children[name].process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            for name in names:
                self.children[name].process.send_signal(signal.SIGCONT)

    def pids(self, *names: str) -> dict[str, int]:
        """The process ids of what was started under these names."""
        return {name: self.children[name].pid for name in names}


@contextlib.contextmanager
def stand(postgres_options: Mapping[str, str] | None = None) -> Iterator[Stand]:
    """Servers with their default, durable settings (and `postgres_options`), gone at the end with all data."""
    folder = Path(tempfile.mkdtemp(prefix="moderation-bench-"))
    folder.chmod(0o711)  # root's servers run as another account, which must get through
    try:
        settings = Settings(
            data_dir=str(folder),
            rate_limit_site=FAR_LIMIT,
            rate_limit_network=FAR_LIMIT,
            rate_limit_reporter=FAR_LIMIT,
        )
        with embedded.running(settings, postgres_options=postgres_options) as running:
            postgres = running.servers.postgres
            assert postgres is not None
            settings = running.servers.settings
            migrations.upgrade(settings)
            with psycopg.connect(postgres.url(SUPERUSER), autocommit=True) as admin:
                yield Stand(folder, settings, admin, dict(running.children))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """End on SIGTERM as on Ctrl-C: everything that was started is stopped, and its data removed."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    except KeyboardInterrupt:
        sys.exit("\nStopped; nothing is left behind.")
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def serving(stand: Stand, name: str, module: str) -> Iterator[int]:
    """A web server of ours under `name`; yields its port."""
    port = _free_port()
    metrics = stand.folder / f"{name}-metrics"
    settings = stand.settings.replace(port=port, public_url=f"http://127.0.0.1:{port}", metrics_dir=str(metrics))
    with serving_at(stand, name, [sys.executable, "-m", module], settings, port):
        yield port


@contextlib.contextmanager
def serving_at(stand: Stand, name: str, command: list[str], settings: Settings, port: int) -> Iterator[None]:
    """A program under `name`, once it listens at `port`."""
    with _started(stand, name, command, settings, ready=lambda: _listens(port)):
        yield


@contextlib.contextmanager
def working(stand: Stand) -> Iterator[None]:
    """A worker and beat."""
    settings = stand.settings
    log = stand.folder / "worker.log"
    with (
        _started(stand, "worker", worker_command(settings), settings, ready=lambda: "ready" in log.read_text()),
        _started(stand, "beat", beat_command(settings), settings),
    ):
        yield


@contextlib.contextmanager
def _started(
    stand: Stand, name: str, command: list[str], settings: Settings, *, ready: Callable[[], bool] = lambda: True
) -> Iterator[None]:
    log = stand.folder / f"{name}.log"
    # The service never needs the role that owns the tables.
    env = settings.replace(migration_database_url="").as_env()
    child = Child(Program(name=name, command=command, env=env, log=log, ready=ready))
    child.start()
    try:
        while not child.is_ready():
            time.sleep(0.05)
        stand.children[name] = child
        yield
    finally:
        stand.children.pop(name, None)
        child.stop(10.0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
