"""The PostgreSQL and the Valkey that a run without URLs brings along; nothing else knows of them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from moderation_service.children import Child, Program
from moderation_service.config import Settings
from moderation_service.embedded.errors import EmbeddedError
from moderation_service.embedded.folder import (
    claimed,
    data_dir,
    make_folder,
    others_reach,
    recall,
    remember,
    secret_key,
    server_account,
    write_private,
)
from moderation_service.embedded.postgres import OWNER, Postgres
from moderation_service.embedded.valkey import Valkey

__all__ = [
    "EmbeddedError",
    "Running",
    "Servers",
    "attached",
    "data_dir",
    "prepared",
    "running",
    "secret_key",
    "write_private",
]

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers that `settings` lacked, and the settings that now reach everything."""

    folder: Path
    settings: Settings
    postgres: Postgres | None
    valkey: Valkey | None

    @classmethod
    def lacking_in(cls, settings: Settings) -> Servers:
        """Those for which the settings have no URL; makes the data folder and the secrets, starts nothing.

        Raises:
            EmbeddedError: the data folder cannot be had.
        """
        account = server_account()
        # Root's servers run as another account, which must get through this folder to its own.
        folder = make_folder(data_dir(settings), mode=0o711 if account else 0o700)
        if account and not others_reach(folder):
            raise EmbeddedError(
                f"Root's servers run as another account, which cannot get to {folder}: "
                "set MODERATION_DATA_DIR to a folder that everyone can get to"
            )
        postgres = None if settings.database_url else Postgres(folder, account)
        valkey = None if settings.redis_url else Valkey(folder, account)
        changes: dict[str, str] = {}
        if postgres is not None:
            changes |= {"database_url": postgres.url(), "migration_database_url": postgres.url(OWNER)}
        if valkey is not None:
            changes |= {"redis_url": valkey.url()}
        if not settings.secret_key:
            changes |= {"secret_key": secret_key(folder)}
        return cls(folder, settings.replace(**changes), postgres, valkey)

    def programs(self, postgres_options: Options | None = None, valkey_options: Options | None = None) -> list[Program]:
        """What to start, in order; ends servers that a killed run has left.

        Raises:
            EmbeddedError: a server cannot be had on this machine.
        """
        choice = self.settings.embedded_binaries
        programs = []
        if self.postgres is not None:
            programs.append(self.postgres.prepare(choice, postgres_options or {}))
        if self.valkey is not None:
            programs.append(self.valkey.prepare(choice, valkey_options or {}))
        return programs

    def provision(self) -> None:
        """Make the roles and the database that a new PostgreSQL lacks; the programs must be up."""
        if self.postgres is not None:
            self.postgres.provision()


@contextlib.contextmanager
def prepared(settings: Settings) -> Iterator[Servers]:
    """The servers that `settings` lack, for one run at a time: the data folder is ours until the end.

    Raises:
        EmbeddedError: another run has the folder, or it cannot be had.
    """
    servers = Servers.lacking_in(settings)
    with contextlib.ExitStack() as stack:
        if servers.postgres or servers.valkey:
            stack.enter_context(claimed(servers.folder))
            remember(servers.folder, servers.settings)
        yield servers


@dataclass(frozen=True, slots=True)
class Running:
    """Servers that are up, and their processes by name: `postgres`, `valkey`."""

    servers: Servers
    children: dict[str, Child]


@contextlib.contextmanager
def running(
    settings: Settings, *, postgres_options: Options | None = None, valkey_options: Options | None = None
) -> Iterator[Running]:
    """Start the servers that `settings` lack without a supervisor, and stop them at the end.

    Raises:
        EmbeddedError: a server cannot be had, or another run has the data folder.
        NotReadyError: a server ended, or took too long to start.
    """
    with prepared(settings) as servers, contextlib.ExitStack() as stack:
        children = {}
        for program in servers.programs(postgres_options, valkey_options):
            children[program.name] = child = Child(program)
            child.start()
            stack.callback(child.stop, 30.0)
        for child in children.values():
            while not child.is_ready():
                time.sleep(0.01)
        servers.provision()
        yield Running(servers, children)


def attached(settings: Settings) -> Settings:
    """Settings that reach the servers of a run in another terminal, where they have no URLs of their own.

    Where the run says something that they do not, such as its address, it is said by these too.

    Raises:
        EmbeddedError: no such run is there.
    """
    if settings.database_url and settings.redis_url:
        return settings
    folder = data_dir(settings)
    if (folder / "lock").exists():
        servers = Servers.lacking_in(settings)
        if all(server.answers() for server in (servers.postgres, servers.valkey) if server):
            return recall(servers.folder, servers.settings)
    raise EmbeddedError(
        "There is no database: start `moderation-service run` in another terminal, or set DATABASE_URL and REDIS_URL. "
        f"No run was found in {folder}; if it keeps its data elsewhere, set MODERATION_DATA_DIR here as it is there"
    )
