"""One PostgreSQL and one Valkey for a whole run of the tests, and a fresh database for each that asks."""

from __future__ import annotations

import contextlib
import itertools
import locale
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from moderation_service import embedded, migrations
from moderation_service.config import Settings
from moderation_service.db import driver_url
from moderation_service.embedded.postgres import OWNER, SUPERUSER

_numbers = itertools.count()
_TEMPLATE = "migrated"
_MEMORY = Path("/dev/shm")  # noqa: S108  mkdtemp makes a private folder in it
_ROOM = 2 * 2**30  # bytes
# What a power cut would take is no loss here, and the crash of a server alone loses nothing.
_POSTGRES_OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_wal_size": "128MB",
}
# Whoever reaches the socket, in a folder of the servers' own account, is let in: to check a password takes each side
# some milliseconds of work, and every test opens connections.
_EVERYBODY = "local all all trust\n"
_VALKEY_OPTIONS = {"appendfsync": "no", "databases": "256"}


def _has_locale(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, before)
    return True


# On tests of more letters than ASCII's, which the cluster then does not know either.
needs_letters = pytest.mark.skipif(not _has_locale("C.UTF-8"), reason="this machine has no C.UTF-8")


class TestServers:
    """Running servers, known by the folder of their data alone, so that any process can use them."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        servers = embedded.Servers.lacking_in(Settings(data_dir=str(folder), secret_key="t" * 32))
        assert servers.postgres is not None
        assert servers.valkey is not None
        self._settings, self._postgres, self._valkey = servers.settings, servers.postgres, servers.valkey
        self._admin = psycopg.connect(self._postgres.url(SUPERUSER, SUPERUSER), autocommit=True)
        self._done_with: list[str] = []

    def settings(self, database: str, redis_database: int = 0) -> Settings:
        """Settings that reach one database of each server."""
        return self._settings.replace(
            database_url=self._postgres.url(database=database),
            migration_database_url=self._postgres.url(OWNER, database),
            redis_url=self._valkey.url(redis_database),
        )

    @contextlib.contextmanager
    def database(self, kind: str, redis_database: int = 0, *, ascii_only: bool = False) -> Iterator[Settings]:
        """A database with all tables, and an empty Redis database, until the end of the block.

        Its name begins with what kind it is of, and no other has it.
        One that is `ascii_only` knows no other letters, as those of clusters that were made without a locale.
        """
        name = f"{kind}_{os.getpid()}_{next(_numbers)}"
        # Copying the files is faster than PostgreSQL's usual way through its log, as nothing is synced here.
        copy = f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} OWNER {OWNER} STRATEGY file_copy"
        self._admin.execute(copy.encode())
        if ascii_only:  # no other way leads there from a template that knows them
            self._admin.execute("UPDATE pg_database SET datctype = 'C' WHERE datname = %s", [name])
        self._drop_the_others()
        with self._valkey.client(redis_database) as client:
            client.flushdb()
        yield self.settings(name, redis_database)
        self._done_with.append(name)

    def make_template(self) -> None:
        """Migrate the database that the others are copies of; chance draws no decision for a senior in it."""
        self._admin.execute(f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}".encode())
        settings = self.settings(_TEMPLATE)
        migrations.upgrade(settings)
        with psycopg.connect(driver_url(settings.migration_database_url)) as connection:
            connection.execute("UPDATE policy_versions SET qa_percent = 0")

    def close(self) -> None:
        """Close the connection that makes databases; the servers stay up."""
        self._drop_the_others()
        self._admin.close()

    def _drop_the_others(self) -> None:
        """Drop what nobody needs any more.

        Not at once: a connection that was just closed has not ended yet, and PostgreSQL looks after it every 100 ms.
        """
        while self._done_with:
            self._admin.execute(f"DROP DATABASE {self._done_with.pop()} (FORCE)".encode())


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder for servers' data, with a short path and in reach of root's servers; removed at the end.

    In memory where there is room: a copy of the template takes 15 ms there, and 40 to 400 ms on disks seen.
    """
    in_memory = _MEMORY.exists() and shutil.disk_usage(_MEMORY).free > _ROOM
    folder = Path(tempfile.mkdtemp(prefix="moderation-test-", dir=_MEMORY if in_memory else None))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def started() -> Iterator[Path]:
    """Servers with a migrated template, stopped at the end; yields the folder of their data."""
    with scratch_folder() as folder:
        settings = Settings(data_dir=str(folder))
        doorkeeper = folder / "pg_hba.conf"
        doorkeeper.write_text(_EVERYBODY)
        postgres_options = _POSTGRES_OPTIONS | {"hba_file": str(doorkeeper)}
        with (
            embedded.running(settings, postgres_options=postgres_options, valkey_options=_VALKEY_OPTIONS),
            contextlib.closing(TestServers(folder)) as servers,
        ):
            servers.make_template()
            yield folder
