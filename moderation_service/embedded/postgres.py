"""The embedded PostgreSQL: its cluster, its roles, and the addresses that reach it."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from moderation_service.children import Account, Program, process_options
from moderation_service.embedded.binaries import find_postgres
from moderation_service.embedded.errors import EmbeddedError
from moderation_service.embedded.folder import make_folder, next_log, secret, socket_dir, write_private
from moderation_service.embedded.left_over import stop_left_over

SUPERUSER = "postgres"
OWNER = "moderation_owner"
APP = "moderation_app"
DATABASE = "moderation"
_PORT = 5432
# A message is looked at below, and a collation of the machine's library could change under our indexes.
_ENVIRONMENT = {"LC_ALL": "C"}
# What is sorted goes by code points, but the letters of all languages are known as such: else lower() folds ASCII, and
# who looks for "über" does not find "Über". A machine without that locale makes do with the second.
_LOCALES = (("--lc-collate=C", "--lc-ctype=C.UTF-8"), ("--no-locale",))


class Postgres:
    """A PostgreSQL whose cluster lies in `folder`; it listens on a unix socket only."""

    def __init__(self, folder: Path, account: Account | None) -> None:
        self._folder = folder
        self._account = account
        self._data = folder / "postgresql"
        self._sockets = socket_dir(folder, account)

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The address of a database as one of the roles."""
        password = secret(self._folder / f"{role}.password")
        return f"postgresql://{role}:{password}@/{database}?host={self._sockets}&port={_PORT}"

    def answers(self) -> bool:
        """Whether it takes sessions.

        Raises:
            EmbeddedError: it takes none of ours, because its password was lost.
        """
        try:
            psycopg.connect(self.url(SUPERUSER, SUPERUSER), connect_timeout=2).close()
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                lost = self._folder / f"{SUPERUSER}.password"
                raise EmbeddedError(f"{lost} is not the password that {self._data} was made with") from error
            return False
        return True

    def prepare(self, choice: str, options: Mapping[str, str]) -> Program:
        """End a server left on the cluster, make the cluster if there is none, and say what to start.

        Raises:
            EmbeddedError: no program fits, or the cluster cannot be made.
        """
        stop_left_over(self._data / "postmaster.pid", marker=str(self._data), stop_signal=signal.SIGINT)
        binary = find_postgres(choice, self._account, major=self._major())
        path = binary.path_for(self._account, self._folder / "programs")
        if not self._data.exists():
            self._make_cluster(path.with_name("initdb"), durable=options.get("fsync") != "off")
        settings = {
            "listen_addresses": "",
            "port": str(_PORT),
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_checkpoints": "off",
            **options,
        }
        return Program(
            name="postgres",
            command=[
                str(path),
                "-D",
                str(self._data),
                *(f"--{key}={value}" for key, value in settings.items()),
            ],
            env=_ENVIRONMENT,
            folder=self._data,
            account=self._account,
            log=next_log(self._folder / "postgresql.log"),
            ready=self.answers,
            ready_seconds=300,  # after a crash it reads its log first
            stop_signal=signal.SIGINT,  # "fast": ends the sessions, writes a checkpoint
        )

    def provision(self) -> None:
        """Make the roles and the database that are missing; needs the running server."""
        with psycopg.connect(self.url(SUPERUSER, SUPERUSER), autocommit=True) as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in {OWNER, APP} - roles:
                password = secret(self._folder / f"{role}.password")
                create = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                connection.execute(create.format(sql.Identifier(role), sql.Literal(password)))
            databases = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            if DATABASE not in databases:
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                connection.execute(create.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))

    def _major(self) -> int | None:
        """The version of PostgreSQL that made the cluster, None before there is one."""
        try:
            return int((self._data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _make_cluster(self, initdb: Path, *, durable: bool) -> None:
        """Make the cluster beside its place and move it there: a broken try leaves nothing half made."""
        new, password = self._data.with_name("postgresql.new"), self._folder / "initdb.password"
        shutil.rmtree(new, ignore_errors=True)
        make_folder(new, self._account)
        write_private(password, secret(self._folder / f"{SUPERUSER}.password"), self._account)
        command = [
            *(str(initdb), f"--pgdata={new}", f"--username={SUPERUSER}", f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
            *([] if durable else ["--no-sync"]),
        ]
        for locale in _LOCALES:
            made = self._run([*command, *locale], new)
            if "invalid locale name" not in made.stderr:
                break
        password.unlink()
        if made.returncode:
            raise EmbeddedError(f"initdb could not make {self._data}:\n{made.stderr.strip()}")
        new.rename(self._data)

    def _run(self, command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=_ENVIRONMENT,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **process_options(self._account, signal.SIGKILL),
        )
